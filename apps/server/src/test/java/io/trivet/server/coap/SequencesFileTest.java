package io.trivet.server.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SequencesFileTest {
  @TempDir Path dir;

  private final ExecutorService writer = Executors.newSingleThreadExecutor();

  @AfterEach
  void stop() {
    writer.shutdownNow();
  }

  private SequencesFile open() throws IOException {
    return new SequencesFile(dir, writer);
  }

  @Test
  void startsAboveAllNumbersThatWereKeptUnderShorterNames() throws IOException {
    Files.writeString(dir.resolve("sequences"),
        "{\"version\": 1, \"floor\": 7, \"contexts\": {\"aa\": 1000, \"bb/01\": 3000}}");
    assertThat(open().unreserved("whatever it is called now")).isEqualTo(3000);
    assertThat(Files.readString(dir.resolve("sequences"))).contains("\"version\" : 2", "3000");
    assertThat(open().unreserved("aa")).isEqualTo(3000);
  }

  @Test
  void forgetsTheRenewedContextsOfAnAssociationWithItAndNeverGoesBelowThem() throws IOException {
    Files.writeString(dir.resolve("sequences"),
        "{\"version\": 2, \"floor\": 0, \"contexts\": {\"aa\": 10, \"aa/01\": 30, \"ab\": 5}}");
    SequencesFile file = open();
    file.forget("aa");
    assertThat(file.unreserved("aa/01")).isEqualTo(30);
    writer.close(); // what is to be written is
    assertThat(Files.readString(dir.resolve("sequences"))).doesNotContain("\"aa").contains("\"ab\"");
  }

  @Test
  void refusesAFileThatItCannotHaveWritten() throws IOException {
    Path file = dir.resolve("sequences");
    Files.writeString(file, "{\"version\": 2, \"floor\": 0, \"contexts\": {\"aa\": -1}}");
    assertThatThrownBy(this::open).hasMessageContaining("aa = -1");
    Files.writeString(file, "{\"version\": 2, \"floor\": \"many\", \"contexts\": {}}");
    assertThatThrownBy(this::open).hasMessageContaining("floor");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength((64L << 20) + 1);
    }
    assertThatThrownBy(this::open).hasMessageContaining("at most 67108864 are read");
  }
}

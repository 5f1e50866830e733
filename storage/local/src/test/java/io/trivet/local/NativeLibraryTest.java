package io.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {
  @TempDir Path directory;

  @Test
  void isUnpackedOnceAndAgainWhereItWasDamaged() throws IOException {
    Path file = NativeLibrary.unpack(directory.resolve("native"));
    byte[] whole = Files.readAllBytes(file);
    assertThat(whole.length).isGreaterThan(1 << 20);
    FileTime old = FileTime.fromMillis(1_000_000_000L);
    Files.setLastModifiedTime(file, old);

    assertThat(NativeLibrary.unpack(directory.resolve("native"))).isEqualTo(file);
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(old);

    byte[] damaged = whole.clone();
    damaged[5000] ^= 1;
    Files.write(file, damaged);
    NativeLibrary.unpack(directory.resolve("native"));
    assertThat(file).hasBinaryContent(whole);
    try (var files = Files.list(directory.resolve("native"))) {
      assertThat(files).containsExactly(file);
    }
  }
}

package io.trivet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.server.ServerSetup;
import io.trivet.server.TrivetServer;
import io.trivet.server.config.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What people type and read about what a server keeps.
@NullMarked
class StoreCommandTest {
  @TempDir private Path dir = Path.of("");

  private ServerSetup setup() {
    return ServerSetup.in(dir.resolve("data")).with(Option.LISTEN_MQTTS, "127.0.0.1:0");
  }

  @Test
  void backsUpAndLooksAtARunningServer() throws IOException {
    Cli cli = new Cli(dir.resolve("data"));
    Path backup = dir.resolve("backup");
    try (TrivetServer server = TrivetServer.start(setup())) {
      assertThat(server.report().warnings()).isEmpty();
      assertThat(cli.ok("backup", backup.toString())).matches(".*backup: [0-9,]+ bytes in [0-9.]+ s\\n");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup))).isEqualTo("rw-------");
      assertThat(cli.refused("backup", backup.toString())).contains("exists already").contains("--force");
      assertThat(cli.ok("backup", "--force", backup.toString())).contains("bytes in");
      assertThat(cli.ok("store", "check")).isEqualTo("the store is whole\n");
      assertThat(cli.ok("store", "stats")).contains("store-messages").contains("disk-bytes").contains("records of");
      assertThat(cli.ok("store", "stats", "--json")).startsWith("{").contains("\"store-groups\"");
      assertThat(cli.ok("status")).contains("durability     fsync").contains("store          well");
    }
    assertThat(cli.ok("restore", backup.toString())).contains("restored").contains("before-restore-");
    assertThat(cli.ok("store", "check")).isEqualTo("the store is whole\n");
    Files.write(backup, new byte[] {1, 2, 3});
    assertThat(cli.refused("restore", backup.toString())).contains("all is as it was");
  }

  @Test
  void namesWhatIsDamaged() throws IOException {
    Cli cli = new Cli(dir.resolve("data"));
    TrivetServer.start(setup()).close();
    assertThat(cli.ok("restore", backedUp().toString())).contains("restored");
    try (Stream<Path> files = Files.list(dir.resolve("data/store"))) {
      List<Path> manifests = files.filter(f -> f.getFileName().toString().startsWith("MANIFEST-")).toList();
      assertThat(manifests).hasSize(1);
      byte[] bytes = Files.readAllBytes(manifests.getFirst());
      bytes[20] ^= 1;
      Files.write(manifests.getFirst(), bytes);
    }
    Cli.Said said = cli.run("store", "check");
    assertThat(said.code()).isEqualTo(Trivet.FAILED);
    assertThat(said.out()).contains("MANIFEST").endsWith("1 damaged\n");
  }

  private Path backedUp() {
    Path backup = dir.resolve("backup");
    try (TrivetServer server = TrivetServer.start(setup())) {
      server.reload();
      new Cli(dir.resolve("data")).ok("backup", backup.toString());
    }
    return backup;
  }

  @Test
  void saysWhereNothingIsOnDisk() {
    Cli cli = new Cli(dir.resolve("data"));
    try (TrivetServer server = TrivetServer.start(setup().with(Option.DURABILITY, "memory"))) {
      assertThat(server.report().warnings()).hasSize(1);
      assertThat(cli.refused("backup", dir.resolve("backup").toString())).contains("store.durability is memory");
      assertThat(cli.refused("store", "check")).contains("store.durability is memory");
    }
  }
}

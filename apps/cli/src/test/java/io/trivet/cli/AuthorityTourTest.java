package io.trivet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.server.DataDirectory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The examples of docs/authority.md, in their order, as somebody pastes them; only the port is another.
@NullMarked
@Tag("slow")
class AuthorityTourTest {
  private static final Pattern EXAMPLE = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final Path TOUR = Path.of("../../docs/authority.md").toAbsolutePath().normalize();

  @TempDir private Path dir = Path.of("");

  @Test
  void runsAsWritten() throws IOException, InterruptedException {
    DataDirectory.openOrCreate(dir.resolve("data"));
    launcher();
    StringBuilder script = new StringBuilder();
    Matcher m = EXAMPLE.matcher(Files.readString(TOUR));
    int examples = 0;
    while (m.find()) {
      script.append(m.group(1));
      examples++;
    }
    assertThat(examples).isEqualTo(8);
    String said = run(script.toString().replace("8446", Integer.toString(freePort())));
    assertThat(said)
        .contains("nurse-7 has a key of epoch 1 for device:nurse-7, role:nurse, ward:7: ")
        .contains("nurse-7 reads epoch 1 of authority ")
        .contains("nurse-7: revoked.")
        .contains("Epoch 2 has begun: 0 devices have new keys, 1 are revoked and have none.")
        .contains("5 lines, each whole and in its place")
        .contains("Public key of ");
  }

  private static int freePort() throws IOException {
    try (ServerSocket s = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return s.getLocalPort();
    }
  }

  /// `./trivet` as the launcher would run it, on the classes this test runs on.
  private void launcher() throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Path script = Files.writeString(dir.resolve("trivet"), "#!/bin/sh\nexec " + java
        + " -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED"
        + " --sun-misc-unsafe-memory-access=allow -cp '" + System.getProperty("java.class.path")
        + "' io.trivet.cli.Trivet \"$@\"\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
  }

  private String run(String script) throws IOException, InterruptedException {
    Path out = dir.resolve("out");
    Process p = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
        .directory(dir.toFile()).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    boolean ended = p.waitFor(150, TimeUnit.SECONDS);
    if (!ended) {
      p.descendants().forEach(ProcessHandle::destroyForcibly);
      p.destroyForcibly().waitFor();
    }
    String said = Files.readString(out, StandardCharsets.UTF_8);
    assertThat(ended ? p.exitValue() : -1).as(said).isZero();
    return said;
  }
}

package io.trivet.lab.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.server.Report;
import io.trivet.server.ServerSetup;
import io.trivet.server.TrivetServer;
import io.trivet.server.config.Option;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The README's examples run, in their order, as a newcomer would paste them; only the port is another.
class ReadmeTest {
  private static final Pattern EXAMPLE = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final Path README = Path.of("../README.md").toAbsolutePath().normalize();

  @TempDir Path dir;

  @Test
  void runsAsWritten() throws IOException, InterruptedException {
    launcher();
    ServerSetup setup = ServerSetup.in(dir.resolve("data"))
        .with(Option.LISTEN_MQTTS, "127.0.0.1:0").with(Option.LISTEN_PSK, "127.0.0.1:0")
        .with(Option.LISTEN_COAPS, "127.0.0.1:0");
    try (TrivetServer server = TrivetServer.start(setup)) {
      Report.Listening mqtts = server.report().listening().getFirst();
      Report.Listening coaps =
          server.report().listening().stream().filter(l -> l.kind().equals("coaps")).findFirst().orElseThrow();
      List<String> examples = new ArrayList<>();
      Matcher m = EXAMPLE.matcher(Files.readString(README));
      while (m.find()) {
        examples.add(m.group(1).replace("8883", Integer.toString(mqtts.address().getPort()))
            .replace("5684", Integer.toString(coaps.address().getPort())));
      }
      assertThat(examples).hasSizeGreaterThanOrEqualTo(8);
      StringBuilder said = new StringBuilder();
      for (String example : examples) {
        said.append(run(example));
      }
      assertThat(said.toString())
          .contains("devices/lamp-1/hello hello")
          .contains("\"topic\":\"devices/lamp-1/set\"")
          .contains("devices/lamp-1/jobs clean")
          .contains("devices/sensor-1/hello warm")
          .contains("the store is whole")
          .contains("trivet_connects_accepted_total");
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

  private String run(String example) throws IOException, InterruptedException {
    Path out = dir.resolve("out");
    Process p = new ProcessBuilder("bash", "-euo", "pipefail", "-c", example)
        .directory(dir.toFile()).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    boolean ended = p.waitFor(90, TimeUnit.SECONDS);
    if (!ended) {
      p.descendants().forEach(ProcessHandle::destroyForcibly);
      p.destroyForcibly().waitFor();
    }
    String said = Files.readString(out, StandardCharsets.UTF_8);
    assertThat(ended ? p.exitValue() : -1).as("%s\nsaid\n%s", example, said).isZero();
    return said;
  }
}

package io.trivet.lab.coap;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.clients.Command;
import io.trivet.lab.clients.LabServer;
import io.trivet.server.config.Option;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What `trivet device add` prints, given to a shell as it stands: each line works.
@Tag("slow")
class PrintedCommandsTest {
  private static final LabServer SERVER = new LabServer(Map.of(Option.LISTEN_COAPS, "127.0.0.1:0"));
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @BeforeAll
  static void start() {
    SERVER.start();
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private static String trivet() {
    return Path.of(System.getProperty("java.home"), "bin", "java")
        + " -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp " + System.getProperty("java.class.path")
        + " io.trivet.cli.Trivet";
  }

  private static List<String> shell(String line) {
    try (Command c = Command.start("bash", "-c", line.replace("./trivet", trivet()))) {
      assertThat(c.awaitExit(PATIENCE)).as("%s%n%s", line, String.join("\n", c.output())).isZero();
      return c.output();
    }
  }

  /// @param libcoap the programs that must be among those printed, or none
  @ParameterizedTest(name = "{0}")
  @CsvSource({"--psk, coap-client-openssl", "--cert, coap-client-openssl", "--rpk, coap-client-gnutls", "--oscore, none",
    "--edhoc, none"})
  void eachLineThatIsPrintedWorks(String credential, String libcoap) {
    String id = "printed" + credential;
    List<String> printed = shell("./trivet device add " + id + " " + credential + " --data " + SERVER.data());
    List<String> lines = new ArrayList<>();
    for (String line : printed) {
      if (line.matches("  (coap-client|\\./trivet coap).*")) {
        lines.add(line.strip());
      }
    }
    assertThat(lines).as("%s", String.join("\n", printed)).anyMatch(l -> l.startsWith("./trivet coap put"))
        .anyMatch(l -> l.startsWith("./trivet coap get"));
    if (!libcoap.equals("none")) {
      assertThat(lines).anyMatch(l -> l.startsWith(libcoap));
    }
    for (String line : lines) {
      List<String> said = shell(line);
      if (line.contains(" get ")) {
        assertThat(String.join("\n", said)).as(line).contains("hello");
      }
      assertThat(said).as(line).noneMatch(l -> l.matches("[45]\\.\\d\\d.*"));
    }
  }
}

package io.trivet.lab.coap;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.clients.Command;
import io.trivet.lab.clients.LabServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// tshark reads what went over the wire: every packet is CoAP, and none is malformed.
@Tag("slow")
class WireTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static void coap(String... arguments) {
    List<String> all = new ArrayList<>(List.of("coap-client-notls", "-B", "10"));
    all.addAll(List.of(arguments));
    try (Command c = Command.start(all.toArray(String[]::new))) {
      c.awaitExit(PATIENCE);
    }
  }

  private static List<String> read(Path capture, int port, String filter) {
    try (Command c = Command.start("tshark", "-r", capture.toString(), "-d", "udp.port==" + port + ",coap", "-Y", filter,
        "-T", "fields", "-e", "coap.code", "-e", "coap.type")) {
      return c.awaitSuccess(PATIENCE).stream().filter(l -> !l.isBlank() && Character.isDigit(l.charAt(0))).toList();
    }
  }

  @Test
  void holdsNoMalformedPacket(@TempDir Path work) throws IOException {
    Path capture = work.resolve("coap.pcap");
    Path large = Files.write(work.resolve("large"), new byte[20_000]);
    try (LabServer server = new LabServer()) {
      server.start();
      int port = server.port("coap");
      String uri = "coap://127.0.0.1:" + port + "/";
      try (Command tshark = Command.start(
          "tshark", "-i", "lo", "-f", "udp port " + port, "-w", capture.toString(), "-F", "pcap")) {
        tshark.awaitLine(l -> l.contains("Capturing on"), PATIENCE);
        coap("-m", "put", "-t", "50", "-e", "{}", uri + "ps/wire/1?up.room=7&expiry=60");
        coap("-m", "get", uri + "ps/wire/1");
        coap("-N", "-m", "post", "-e", "x", uri + "ps/wire/2");
        coap("-m", "put", "-b", "256", "-f", large.toString(), uri + "ps/wire/large");
        coap("-m", "get", "-b", "512", uri + "ps/wire/large");
        coap("-m", "get", uri + ".well-known/core");
        coap("-m", "get", uri + "nothing/here");
        coap("-m", "get", "-O", "65001,x", uri + "ps/wire/1");
        coap("-m", "delete", uri + "ps/wire/1");
        coap("-s", "2", "-m", "get", uri + "ps/wire/2");
        tshark.kill();
      }
      assertThat(read(capture, port, "coap")).hasSizeGreaterThan(100);
      // Options younger than this tshark, such as Echo and Request-Tag (RFC 9175), are marked as malformed too.
      assertThat(read(capture, port, "_ws.malformed && !coap.invalid_option_number")).isEmpty();
      assertThat(read(capture, port, "coap.code == 69")).as("2.05 Content").isNotEmpty();
    }
  }
}

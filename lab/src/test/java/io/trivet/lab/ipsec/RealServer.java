package io.trivet.lab.ipsec;

import io.trivet.server.ServerSetup;
import io.trivet.server.TrivetServer;
import io.trivet.server.config.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The whole server on CoAP's and MQTT's ports without security of their own, at the address given. Prints `ready`.
/// With `firewall` or `socket` in place of `none` its listeners require IPsec; then there is no port without.
final class RealServer {
  private static final String RULES = """
      version: 1
      rules:
        - allow: [publish, subscribe, retain]
          anonymous: true
          topic: "#"
      """;

  private RealServer() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path dir = Path.of(System.getenv("SITE"), "served");
    Path rules = Files.writeString(Files.createDirectory(dir).resolve("rules.yaml"), RULES);
    String address = args[0] + ":";
    boolean udp = !args[1].equals("none");
    boolean tcp = !args[2].equals("none");
    String open = udp ? "" : " " + address + GuardedEcho.OPEN_PORT;
    try (TrivetServer server = TrivetServer.start(ServerSetup.in(dir.resolve("data"))
        .with(Option.RULES, rules.toString())
        .with(Option.LISTEN_MQTTS, "")
        .with(Option.INSECURE_ANONYMOUS, "true")
        .with(Option.INSECURE_PLAINTEXT, address + GuardedEcho.TCP_PORT)
        .with(Option.INSECURE_COAP, address + GuardedEcho.UDP_PORT + open)
        .with(Option.COAP_REQUIRE_IPSEC, Boolean.toString(udp))
        .with(Option.TCP_REQUIRE_IPSEC, Boolean.toString(tcp))
        .with(Option.INSECURE_COAP_WRITES, "true"))) {
      System.out.println("ready: " + server.report().listening());
      Thread.currentThread().join();
    }
  }
}

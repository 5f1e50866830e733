package io.trivet.lab.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trivet.lab.clients.Command;
import io.trivet.server.ServerSetup;
import io.trivet.server.TrivetServer;
import io.trivet.server.config.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two servers and a client, each in a network namespace of its own, on one wire: requests to groups of IPv4 and IPv6
/// as libcoap and our own client send them (RFC 7252, section 8; draft-ietf-core-groupcomm-bis).
@Tag("slow")
class GroupsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String NAME = "tg" + ProcessHandle.current().pid();
  private static final List<String> HOSTS = List.of(NAME + "a", NAME + "b", NAME + "c");
  private static final String WIRE = NAME + "w";
  private static final List<Command> SERVERS = new ArrayList<>();

  @TempDir private static Path dir = Path.of("");

  /// A server that answers at the groups. Arguments: its directory. Prints `ready`.
  static final class Host {
    private Host() {}

    public static void main(String[] args) throws IOException, InterruptedException {
      Path home = Files.createDirectory(Path.of(args[0]));
      Path rules = Files.writeString(home.resolve("rules.yaml"), """
          version: 1
          rules:
            - allow: [subscribe]
              anonymous: true
              topic: "#"
          """);
      try (TrivetServer server = TrivetServer.start(ServerSetup.in(home.resolve("data"))
          .with(Option.RULES, rules.toString())
          .with(Option.LISTEN_MQTTS, "")
          .with(Option.INSECURE_ANONYMOUS, "true")
          .with(Option.INSECURE_COAP, "*:5683")
          .with(Option.COAP_LEISURE, "500ms")
          .with(Option.COAP_GROUPS, "224.0.1.187 ff02::fd ff05::fd"))) {
        System.out.println("ready " + server.report().listening().size());
        Thread.currentThread().join();
      }
    }
  }

  private static void ip(String... arguments) {
    List<String> all = new ArrayList<>(List.of("ip"));
    all.addAll(List.of(arguments));
    try (Command c = Command.start(all.toArray(String[]::new))) {
      c.awaitSuccess(PATIENCE);
    }
  }

  private static List<String> inHost(String host, List<String> command) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", host));
    all.addAll(command);
    return all;
  }

  private static List<String> java(String main, String... arguments) {
    List<String> all = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), main));
    all.addAll(List.of(arguments));
    return all;
  }

  @BeforeAll
  static void start() {
    try (Command c = Command.start("ip", "netns", "add", WIRE)) {
      assumeTrue(c.awaitExit(PATIENCE) == 0, () -> "no network namespaces here: " + c.output());
    }
    ip("-n", WIRE, "link", "add", "bridge", "type", "bridge", "mcast_snooping", "0");
    ip("-n", WIRE, "link", "set", "bridge", "up");
    int number = 1;
    for (String host : HOSTS) {
      ip("netns", "add", host);
      ip("-n", host, "link", "set", "lo", "up");
      ip("-n", WIRE, "link", "add", "port" + number, "type", "veth", "peer", "name", "eth0", "netns", host);
      ip("-n", WIRE, "link", "set", "port" + number, "master", "bridge", "up");
      ip("-n", host, "addr", "add", "10.98.0." + number + "/24", "dev", "eth0");
      ip("-n", host, "addr", "add", "fd98::" + number + "/64", "dev", "eth0", "nodad");
      ip("-n", host, "link", "set", "eth0", "up");
      ip("-n", host, "route", "add", "224.0.0.0/4", "dev", "eth0");
      number++;
    }
    for (String host : HOSTS.subList(0, 2)) {
      Command c = Command.start(inHost(host, java(Host.class.getName(), dir.resolve(host).toString()))
          .toArray(String[]::new));
      SERVERS.add(c);
      c.awaitLine(l -> l.equals("ready 1"), PATIENCE);
    }
  }

  @AfterAll
  static void stop() {
    SERVERS.forEach(Command::close);
    for (String host : HOSTS) {
      try (Command c = Command.start("ip", "netns", "del", host)) {
        c.awaitExit(PATIENCE);
      }
    }
    try (Command c = Command.start("ip", "netns", "del", WIRE)) {
      c.awaitExit(PATIENCE);
    }
  }

  private static List<String> fromClient(List<String> command) {
    try (Command c = Command.start(inHost(HOSTS.getLast(), command).toArray(String[]::new))) {
      c.awaitExit(PATIENCE);
      return c.output();
    }
  }

  @ParameterizedTest(name = "coap://{0}")
  @ValueSource(strings = {"224.0.1.187", "[ff02::fd%eth0]", "[ff05::fd]"})
  void eachServerAnswersALibcoapClientOnce(String group) {
    List<String> heard = fromClient(List.of("coap-client-notls", "-v", "7", "-N", "-B", "4", "-m", "get",
        "coap://" + group + "/.well-known/core?rt=core.ps.data"));

    assertThat(heard.stream().filter(l -> l.contains("t:NON c:2.05") || l.contains("t:NON, c:2.05")))
        .as("%s", String.join("\n", heard)).hasSize(2);
    assertThat(String.join("\n", heard)).contains("</ps>");
  }

  @Test
  void nobodyAnswersWhereThereIsNothingToSay() {
    List<String> heard = fromClient(List.of("coap-client-notls", "-v", "7", "-N", "-B", "3", "-m", "get",
        "coap://224.0.1.187/.well-known/core?rt=nothing-of-that-kind"));
    assertThat(heard.stream().filter(l -> l.contains("c:2.05") || l.contains("c:4.") || l.contains("t:RST")))
        .as("%s", String.join("\n", heard)).isEmpty();

    List<String> refused = fromClient(List.of("coap-client-notls", "-v", "7", "-N", "-B", "3", "-m", "put", "-e", "x",
        "coap://224.0.1.187/ps/lamp"));
    assertThat(refused.stream().filter(l -> l.contains("c:2.") || l.contains("c:4.") || l.contains("t:RST")))
        .as("%s", String.join("\n", refused)).isEmpty();
  }

  @Test
  void ourClientFindsBothServersByBothFamilies() {
    List<String> found = fromClient(java("io.trivet.cli.Trivet", "coap", "discover", "--interface", "eth0", "-W", "4"));

    String all = String.join("\n", found);
    assertThat(all).contains("10.98.0.1", "10.98.0.2", "/ps");
    assertThat(found.stream().filter(l -> l.contains("fe80") || l.contains("fd98")).count())
        .as(all).isGreaterThanOrEqualTo(2);
  }
}

package io.trivet.lab.ipsec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trivet.cli.ipsec.Plan.Proof;
import io.trivet.lab.clients.Command;
import io.trivet.lab.ipsec.Site.Listener;
import io.trivet.net.ipsec.EspMode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two hosts with strongSwan on each, configured by what `trivet ipsec init` wrote and by nothing else, and a server
/// whose listeners require IPsec: without a tunnel it gets nothing, with one it answers, and the wire carries ESP.
@Tag("slow")
class IpsecTest {
  @TempDir private Path dir = Path.of("");

  /// A kernel that has ESP: this machine's, or else one that runs as a program.
  private static EspKernel kernelWithEsp() {
    Optional<String> own = EspKernel.OWN.hindrance();
    Optional<String> program = EspKernel.PROGRAM.hindrance();
    assumeTrue(own.isEmpty() || program.isEmpty(), () -> own.orElse("") + "; " + program.orElse(""));
    return own.isEmpty() ? EspKernel.OWN : EspKernel.PROGRAM;
  }

  @Tag("kernel")
  @Test
  void takesOnlyWhatEspProtectedByThePolicyOfItsSockets() throws IOException {
    Site site = new Site(dir, kernelWithEsp()).prepare(Proof.PSK, EspMode.TRANSPORT).run(
        new Listener("socket", true), new Listener("socket", true));
    String policy = "socket policy: the kernel drops every IPv4 packet that did not come through ESP in transport "
        + "mode, tried on the loopback interface";
    assertThat(site.said("echo")).as("%s", site.report()).startsWith("udp: " + policy + "\ntcp: " + policy + "\nready");
    refusedInTheClear(site);
    throughEsp(site, "answered", "udp", "tcp");
    assertThat(site.said("sas")).contains("INSTALLED, TRANSPORT, ESP:AES_GCM_16-256",
        "AES_GCM_16-256/PRF_HMAC_SHA2_384/ECP_384");
    assertThat(site.said("server-kernel")).as("what is not in the tunnel stays off the wire")
        .contains("proto udp sport 5683 \n\tdir out action block", "proto tcp sport 1883 \n\tdir out action block");
  }

  /// One listener for each mode, and each takes its own.
  @Tag("kernel")
  @Test
  void takesTheModeOfEspThatItWasToldOf() throws IOException {
    Site site = new Site(dir, kernelWithEsp()).prepare(Proof.CERTIFICATE, EspMode.TUNNEL).run(
        new Listener("tunnel", true), new Listener("socket", false));
    refusedInTheClear(site);
    throughEsp(site, "answered", "udp");
    assertThat(site.said("esp-tcp")).isEqualTo("silent");
    assertThat(site.said("sas")).contains("'CN=lamp-1'", "'CN=trivet ipsec server'",
        "INSTALLED, TUNNEL, ESP:AES_GCM_16-256");
  }

  /// The kernel that runs as a program has no nftables for IP; what the rule lets through is shown where this machine's
  /// own has ESP.
  @Test
  void takesOnlyWhatEspProtectedByTheRuleOfTheFirewall() throws IOException {
    EspKernel kernel = EspKernel.OWN.hindrance().isEmpty() ? EspKernel.OWN : EspKernel.USERLAND;
    boolean answers = kernel == EspKernel.OWN;
    Optional<String> hindrance = kernel.hindrance();
    assumeTrue(hindrance.isEmpty(), () -> hindrance.orElse(""));
    Site site = new Site(dir, kernel).prepare(Proof.PSK, answers ? EspMode.TRANSPORT : EspMode.TUNNEL).run(
        new Listener("firewall", answers), new Listener("firewall", answers));
    assertThat(site.said("echo")).as("%s", site.report()).startsWith("""
        udp: firewall rule: udp port 5683 without IPsec is dropped by nftables in inet trivet_ipsec udp_5683, as it \
        was at the start
        tcp: firewall rule: tcp port 1883 without IPsec is dropped by nftables in inet trivet_ipsec tcp_1883, as it \
        was at the start
        ready""");
    refusedInTheClear(site);
    if (answers) {
      throughEsp(site, "answered", "udp", "tcp");
    } else {
      assertThat(site.said("esp-udp")).as("nothing the kernel calls ESP").isEqualTo("silent");
    }
  }

  /// Where strongSwan does ESP itself, what leaves the TUN device looks to the kernel like any other packet: it flows
  /// protected on the wire, and a listener that requires a proof refuses it all the same.
  @Test
  void carriesNoCoapOnTheWireWithEspInUserland() throws IOException {
    Optional<String> hindrance = EspKernel.USERLAND.hindrance();
    assumeTrue(hindrance.isEmpty(), () -> hindrance.orElse(""));
    Site site = new Site(dir, EspKernel.USERLAND).prepare(Proof.CERTIFICATE, EspMode.TUNNEL).run(
        new Listener("none", true), new Listener("tunnel", false));
    assertThat(site.said("clear-udp")).as("%s", site.report()).isEqualTo("answered");
    throughEsp(site, "answered", "udp");
    assertThat(site.said("esp-tcp")).isEqualTo("silent");
    assertThat(site.said("sas")).contains("INSTALLED, TUNNEL-in-UDP, ESP:AES_GCM_16-256");
  }

  @Test
  void servesCoapAndMqttThroughEspAsAnyOther() throws IOException {
    Optional<String> hindrance = EspKernel.USERLAND.hindrance();
    assumeTrue(hindrance.isEmpty(), () -> hindrance.orElse(""));
    Site site = new Site(dir, EspKernel.USERLAND).prepare(Proof.PSK, EspMode.TUNNEL).run(
        RealServer.class, new Listener("none", true), new Listener("none", true));
    assertThat(site.said("clear-udp")).as("%s", site.report()).isEqualTo("stored");
    assertThat(tshark(site.capture("clear"), "mqtt && ip.dst == 10.99.0.1")).isNotEmpty();
    throughEsp(site, "stored", "udp", "tcp");
  }

  /// The options of the server ask for what the tests above ask of [io.trivet.net.ipsec.IpsecProof] itself.
  @Test
  void opensTheServersOwnListenersOnlyBehindTheRuleOfTheFirewall() throws IOException {
    Optional<String> hindrance = EspKernel.USERLAND.hindrance();
    assumeTrue(hindrance.isEmpty(), () -> hindrance.orElse(""));
    Site site = new Site(dir, EspKernel.USERLAND).prepare(Proof.PSK, EspMode.TUNNEL).run(
        RealServer.class, new Listener("firewall", false), new Listener("firewall", false));
    assertThat(site.said("echo")).as("%s", site.report()).contains("ready", "kind=coap,", "kind=plaintext,")
        .contains("IPsec: only what ESP protected");
    for (String attempt : List.of("clear-udp", "clear-tcp")) {
      assertThat(site.said(attempt)).as("%s%n%s", attempt, site.report()).isEqualTo("silent");
    }
    assertThat(tshark(site.capture("clear"), "coap && ip.dst == 10.99.0.1")).isNotEmpty();
  }

  private static void refusedInTheClear(Site site) throws IOException {
    assertThat(site.said("clear-control")).as("%s", site.report()).isEqualTo("answered");
    for (String attempt : List.of("clear-udp", "clear-tcp", "down-udp", "down-tcp")) {
      assertThat(site.said(attempt)).as("%s%n%s", attempt, site.report()).isEqualTo("silent");
    }
    // It was on the wire, and the capture would have shown it.
    assertThat(tshark(site.capture("clear"), "coap && ip.dst == 10.99.0.1")).isNotEmpty();
    assertThat(bytes(site.capture("clear"))).contains("measured-clear");
  }

  private static void throughEsp(Site site, String said, String... protocols) throws IOException {
    for (String p : protocols) {
      assertThat(site.said("esp-" + p)).as("%s%n%s", p, site.report()).isEqualTo(said);
    }
    Path wire = site.capture("esp");
    assertThat(tshark(wire, "esp && ip.src == 10.99.0.2")).hasSizeGreaterThanOrEqualTo(protocols.length);
    assertThat(tshark(wire, "esp && ip.src == 10.99.0.1")).hasSizeGreaterThanOrEqualTo(protocols.length);
    assertThat(tshark(wire, "coap || mqtt || udp.port == 5683 || tcp.port == 1883")).as("in the clear").isEmpty();
    assertThat(bytes(wire)).doesNotContain("measured-esp");
  }

  private static String bytes(Path capture) throws IOException {
    return new String(Files.readAllBytes(capture), StandardCharsets.ISO_8859_1);
  }

  /// The frames of a capture that a filter lets through, a line each.
  private static List<String> tshark(Path capture, String filter) {
    try (Command c = Command.start("tshark", "-n", "-r", capture.toString(), "-Y", filter)) {
      return c.awaitSuccess(Duration.ofSeconds(60)).stream().filter(l -> l.matches("\\s*\\d+ .*")).toList();
    }
  }
}

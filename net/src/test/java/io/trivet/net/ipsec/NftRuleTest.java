package io.trivet.net.ipsec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.net.ipsec.IpsecProof.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How nft is asked, with scripts in its place; the lab asks the real one in a network namespace.
@NullMarked
class NftRuleTest {
  private static final InetSocketAddress LOCAL = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 5683);
  private static final String EMPTY = "{\"nftables\": []}";

  @TempDir Path dir;

  private String script(String body) throws IOException {
    Path script = dir.resolve("nft");
    Files.writeString(script, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script.toString();
  }

  private static String prove(IpsecProof proof) throws IpsecUnavailable {
    return proof.prove(0, LOCAL, Protocol.UDP);
  }

  @Test
  void printsTheRuleThatIsMissing() throws Exception {
    NftRule rule = NftRule.of(script("echo '" + EMPTY + "'"), false);
    assertThatThrownBy(() -> prove(rule)).isInstanceOf(IpsecUnavailable.class).hasMessage("""
        no rule of nftables drops udp to port 5683 where 'meta ipsec' is missing; add what follows with 'nft -f', or \
        save it to /etc/nftables.conf:
        table inet trivet_ipsec {
          chain udp_5683 {
            type filter hook input priority -1; policy accept;
            udp dport 5683 meta ipsec missing drop
          }
        }""");
  }

  @Test
  void addsTheRuleOnlyWhenTold() throws Exception {
    Path added = dir.resolve("added");
    String listed = """
        {"nftables": [{"chain": {"family": "inet", "table": "t", "name": "c", "type": "filter", "hook": "input"}},
        {"rule": {"family": "inet", "table": "t", "chain": "c", "expr": [
        {"match": {"op": "==", "left": {"payload": {"protocol": "udp", "field": "dport"}}, "right": 5683}},
        {"match": {"op": "==", "left": {"meta": {"key": "ipsec"}}, "right": false}}, {"drop": null}]}}]}""";
    String program = script("if [ \"$1\" = -f ]; then cat >" + added + "; elif [ -s " + added + " ]; then echo '"
        + listed + "'; else echo '" + EMPTY + "'; fi");
    assertThatThrownBy(() -> prove(NftRule.of(program, false))).isInstanceOf(IpsecUnavailable.class);
    assertThat(added).doesNotExist();
    assertThat(prove(NftRule.of(program, true))).isEqualTo(
        "firewall rule: udp port 5683 without IPsec is dropped by nftables in inet t c, as it was at the start");
    assertThat(added).hasContent(NftRule.ruleset(Protocol.UDP, 5683));
  }

  @Test
  void saysWhyItCannotAsk() throws Exception {
    assertThatThrownBy(() -> prove(NftRule.of(dir.resolve("absent").toString(), false)))
        .isInstanceOf(IpsecUnavailable.class).hasMessageContaining("does not start")
        .hasMessageEndingWith("install nftables");
    String denied = script("echo 'Operation not permitted (you must be root)'; exit 1");
    assertThatThrownBy(() -> prove(NftRule.of(denied, false)))
        .isInstanceOf(IpsecUnavailable.class).hasMessageEndingWith("fails: Operation not permitted (you must be root) "
            + "(listing the ruleset takes CAP_NET_ADMIN)");
    assertThatThrownBy(() -> prove(NftRule.of(script("echo nonsense"), false)))
        .isInstanceOf(IpsecUnavailable.class).hasMessageContaining("cannot be read");
    assertThatThrownBy(() -> prove(NftRule.of(script("exec cat /dev/zero"), false)))
        .isInstanceOf(IpsecUnavailable.class).hasMessageContaining("larger than 16 MiB");
  }

  @Test
  void namesAllThatWasTried() {
    IpsecProof one = failing("one", "no luck");
    IpsecProof two = failing("two", "none either");
    assertThatThrownBy(() -> prove(IpsecProof.firstOf(List.of(one, two)))).isInstanceOf(IpsecUnavailable.class)
        .hasMessage("nothing here proves that ESP protects what reaches UDP 127.0.0.1 port 5683, which its listener "
            + "requires. Tried one: no luck; two: none either");
  }

  @Test
  void isContentWithTheFirstProof() throws Exception {
    IpsecProof good = new IpsecProof() {
      @Override
      public String name() {
        return "good";
      }

      @Override
      public String prove(int fd, InetSocketAddress local, Protocol protocol) {
        return "proved";
      }
    };
    assertThat(prove(IpsecProof.firstOf(List.of(failing("one", "no luck"), good)))).isEqualTo("proved");
  }

  private static IpsecProof failing(String name, String why) {
    return new IpsecProof() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public String prove(int fd, InetSocketAddress local, Protocol protocol) throws IpsecUnavailable {
        throw new IpsecUnavailable(why);
      }
    };
  }
}

package io.trivet.net.ipsec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.net.ipsec.IpsecProof.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What of a ruleset is a proof, and what only looks like one. The listings are what nft 1.0.6 prints.
@NullMarked
class NftRulesetTest {
  private static final InetSocketAddress IPV4 = new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 5683);
  private static final InetSocketAddress IPV6 = new InetSocketAddress(InetAddress.ofLiteral("::"), 5683);

  private static final String DPORT = match("{\"payload\":{\"protocol\":\"udp\",\"field\":\"dport\"}}", "5683");
  private static final String MISSING = match("{\"meta\":{\"key\":\"ipsec\"}}", "false");
  private static final String DROP = "{\"drop\":null}";

  private static String match(String left, String right) {
    return "{\"match\":{\"op\":\"==\",\"left\":" + left + ",\"right\":" + right + "}}";
  }

  private static String ruleset(String family, String hook, String tableMore, String... rules) {
    StringBuilder s = new StringBuilder("{\"nftables\":[{\"metainfo\":{\"version\":\"1.0.6\"}}")
        .append(",{\"table\":{\"family\":\"").append(family).append("\",\"name\":\"t\"").append(tableMore)
        .append("}},{\"chain\":{\"family\":\"").append(family)
        .append("\",\"table\":\"t\",\"name\":\"c\",\"type\":\"filter\",\"hook\":\"").append(hook)
        .append("\",\"prio\":-1,\"policy\":\"accept\"}}");
    for (String r : rules) {
      s.append(",{\"rule\":{\"family\":\"").append(family).append("\",\"table\":\"t\",\"chain\":\"c\",\"expr\":[")
          .append(r).append("]}}");
    }
    return s.append("]}").toString();
  }

  private static NftVerdict judge(String json, InetSocketAddress local) {
    try {
      return NftRuleset.parse(json.getBytes(StandardCharsets.UTF_8)).judge(local, Protocol.UDP);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String rule(String... statements) {
    return String.join(",", statements);
  }

  @Test
  void findsTheRuleThatItPrints() {
    assertThat(judge(ruleset("inet", "input", "", rule(DPORT, MISSING, DROP)), IPV4))
        .isEqualTo(new NftVerdict.Guarded("inet t c"));
    assertThat(judge(ruleset("inet", "input", "", rule(DPORT, MISSING, DROP)), IPV6))
        .isEqualTo(new NftVerdict.Guarded("inet t c"));
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "5683", "{\"set\":[1883,5683]}", "{\"range\":[5683,5684]}", "{\"set\":[1883,{\"range\":[5000,6000]}]}"})
  void readsPortsInAllTheirForms(String port) {
    String ports = match("{\"payload\":{\"protocol\":\"udp\",\"field\":\"dport\"}}", port);
    assertThat(judge(ruleset("inet", "input", "", rule(ports, MISSING, "{\"counter\":{\"packets\":0}}", DROP)), IPV4))
        .isInstanceOf(NftVerdict.Guarded.class);
  }

  @Test
  void readsAPortOfEitherProtocol() {
    String both = match("{\"meta\":{\"key\":\"l4proto\"}}", "{\"set\":[\"tcp\",\"udp\"]}");
    String port = match("{\"payload\":{\"protocol\":\"th\",\"field\":\"dport\"}}", "5683");
    String reject = "{\"reject\":{\"type\":\"icmpx\",\"expr\":\"port-unreachable\"}}";
    assertThat(judge(ruleset("inet", "input", "", rule(both, port, MISSING, reject)), IPV4))
        .isInstanceOf(NftVerdict.Guarded.class);
    assertThat(judge(ruleset("inet", "input", "", rule(port, MISSING, reject)), IPV4))
        .isInstanceOf(NftVerdict.Open.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {
      // another port, another protocol, the opposite question, no drop, drop before the questions count
      "dport:5684", "tcp", "present", "accept", "saddr", "iifname", "not", "limit", "empty"})
  void takesNothingElseForIt(String what) {
    String rule = switch (what) {
      case "dport:5684" -> rule(DPORT.replace("5683", "5684"), MISSING, DROP);
      case "tcp" -> rule(match("{\"payload\":{\"protocol\":\"tcp\",\"field\":\"dport\"}}", "5683"), MISSING, DROP);
      case "present" -> rule(DPORT, match("{\"meta\":{\"key\":\"ipsec\"}}", "true"), DROP);
      case "accept" -> rule(DPORT, MISSING, "{\"accept\":null}");
      case "saddr" -> rule(match("{\"payload\":{\"protocol\":\"ip\",\"field\":\"saddr\"}}", "\"10.0.0.1\""), DPORT,
          MISSING, DROP);
      case "iifname" -> rule(match("{\"meta\":{\"key\":\"iifname\"}}", "\"eth0\""), DPORT, MISSING, DROP);
      case "not" -> rule(DPORT.replace("==", "!="), MISSING, DROP);
      case "limit" -> rule(DPORT, MISSING, "{\"limit\":{\"rate\":1,\"per\":\"second\"}}", DROP);
      default -> "";
    };
    assertThat(judge(ruleset("inet", "input", "", rule), IPV4)).isEqualTo(new NftVerdict.Open(
        "no rule of nftables drops udp to port 5683 where 'meta ipsec' is missing"));
  }

  @Test
  void takesNoRuleThatAnEarlierOneForestalls() {
    String earlier = rule(match("{\"meta\":{\"key\":\"iifname\"}}", "\"lo\""), "{\"accept\":null}");
    assertThat(judge(ruleset("inet", "input", "", earlier, rule(DPORT, MISSING, DROP)), IPV4))
        .isEqualTo(new NftVerdict.Open(
            "in inet t c a rule before 'meta ipsec missing' says 'accept', so that it may never be asked"));
    String jump = "{\"jump\":{\"target\":\"elsewhere\"}}";
    assertThat(judge(ruleset("inet", "input", "", jump, rule(DPORT, MISSING, DROP)), IPV4))
        .isInstanceOf(NftVerdict.Open.class);
    String drops = rule(match("{\"meta\":{\"key\":\"iifname\"}}", "\"lo\""), DROP);
    assertThat(judge(ruleset("inet", "input", "", drops, rule(DPORT, MISSING, DROP)), IPV4))
        .isInstanceOf(NftVerdict.Guarded.class);
  }

  @Test
  void takesNoRuleThatIsNeverAsked() {
    String rule = rule(DPORT, MISSING, DROP);
    assertThat(judge(ruleset("inet", "forward", "", rule), IPV4)).isInstanceOf(NftVerdict.Open.class);
    for (String flags : List.of(",\"flags\":[\"dormant\"]", ",\"flags\":\"dormant\"")) {
      assertThat(judge(ruleset("inet", "input", flags, rule), IPV4)).isInstanceOf(NftVerdict.Open.class);
    }
    assertThat(judge(ruleset("ip", "input", "", rule), IPV4)).isInstanceOf(NftVerdict.Guarded.class);
    assertThat(judge(ruleset("ip", "input", "", rule), IPV6)).isInstanceOf(NftVerdict.Open.class);
    assertThat(judge(ruleset("ip6", "input", "", rule), IPV4)).isInstanceOf(NftVerdict.Open.class);
    assertThat(judge(ruleset("ip6", "input", "", rule), IPV6)).as("may take IPv4 too")
        .isInstanceOf(NftVerdict.Open.class);
    assertThat(judge(ruleset("ip6", "input", "", rule), new InetSocketAddress(InetAddress.ofLiteral("::1"), 5683)))
        .isInstanceOf(NftVerdict.Guarded.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "{}", "{\"nftables\":{}}", "{\"nftables\":", "\u0000", "7"})
  void refusesWhatIsNoRuleset(String json) {
    assertThatThrownBy(() -> NftRuleset.parse(json.getBytes(StandardCharsets.UTF_8))).isInstanceOf(IOException.class);
  }

  @Test
  void refusesNestingBeyondItsLimit() {
    String deep = "{\"nftables\":" + "[".repeat(100_000);
    assertThatThrownBy(() -> NftRuleset.parse(deep.getBytes(StandardCharsets.UTF_8))).isInstanceOf(IOException.class);
  }
}

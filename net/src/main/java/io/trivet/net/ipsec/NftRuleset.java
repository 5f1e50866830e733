package io.trivet.net.ipsec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.trivet.net.ipsec.IpsecProof.Protocol;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What `nft -j list ruleset` prints (libnftables-json(5)), read for one question.
///
/// It is understood narrowly, so that what is not understood counts as no protection: a rule guards a port where it
/// says nothing but protocol, port, `meta ipsec missing` and `drop` or `reject`, in a chain at the hook `input` of a
/// table that is awake and of the right family, and no rule before it in that chain can end the chain sooner for the
/// same packet. Other chains do not matter: a packet that one chain drops is gone, whatever another accepts.
final class NftRuleset {
  private static final int NESTING_MAX = 64;
  private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
      .streamReadConstraints(
          StreamReadConstraints.builder().maxNestingDepth(NESTING_MAX).maxStringLength(1 << 20).build())
      .build()).build();
  /// Statements after which the next rule is asked all the same, or none need be: what is dropped is gone.
  private static final Set<String> PASSING = Set.of("match", "counter", "log", "limit", "quota", "drop", "reject");

  private final List<JsonNode> entries;

  private NftRuleset(List<JsonNode> entries) {
    this.entries = entries;
  }

  static NftRuleset parse(byte[] json) throws IOException {
    List<JsonNode> entries = new ArrayList<>();
    JsonNode root = MAPPER.readTree(json);
    if (root == null || !root.path("nftables").isArray()) {
      throw new IOException("not a ruleset of nftables");
    }
    root.path("nftables").forEach(entries::add);
    return new NftRuleset(entries);
  }

  /// @param local what the listener will be bound to; its address decides which families of tables count
  NftVerdict judge(InetSocketAddress local, Protocol protocol) {
    Set<String> asleep = asleep();
    String why = "no rule of nftables drops " + NftRule.word(protocol) + " to port " + local.getPort()
        + " where 'meta ipsec' is missing";
    for (JsonNode e : entries) {
      JsonNode chain = e.path("chain");
      if (!isInput(chain) || !covers(chain.path("family").asText(), local) || asleep.contains(table(chain))) {
        continue;
      }
      String name = name(chain, "name");
      Optional<String> obstacle = Optional.empty();
      for (JsonNode rule : rules(name)) {
        boolean guards = guards(rule, protocol, local.getPort());
        if (guards && obstacle.isEmpty()) {
          return new NftVerdict.Guarded(name);
        }
        if (guards) {
          why = "in " + name + " a rule before 'meta ipsec missing' says '" + obstacle.get()
              + "', so that it may never be asked";
          break;
        }
        obstacle = obstacle.or(() -> obstacle(rule));
      }
    }
    return new NftVerdict.Open(why);
  }

  private static boolean isInput(JsonNode chain) {
    return chain.path("hook").asText().equals("input") && chain.path("type").asText().equals("filter");
  }

  private static boolean covers(String family, InetSocketAddress local) {
    return switch (family) {
      case "inet" -> true;
      case "ip" -> local.getAddress() instanceof Inet4Address;
      // A wildcard for IPv6 may be a socket that takes IPv4 as well.
      case "ip6" -> !(local.getAddress() instanceof Inet4Address) && !local.getAddress().isAnyLocalAddress();
      default -> false;
    };
  }

  /// Tables that are switched off by `flags dormant`.
  private Set<String> asleep() {
    Set<String> asleep = new HashSet<>();
    for (JsonNode e : entries) {
      JsonNode table = e.path("table");
      if (table.path("flags").toString().contains("dormant")) {
        asleep.add(table.path("family").asText() + " " + table.path("name").asText());
      }
    }
    return asleep;
  }

  private static String table(JsonNode node) {
    return node.path("family").asText() + " " + node.path("table").asText();
  }

  private static String name(JsonNode node, String field) {
    return table(node) + " " + node.path(field).asText();
  }

  private List<JsonNode> rules(String chain) {
    return entries.stream().map(e -> e.path("rule")).filter(r -> r.isObject() && name(r, "chain").equals(chain))
        .map(r -> r.path("expr")).toList();
  }

  /// The statement of a rule that may end its chain for a packet, or that this does not know.
  private static Optional<String> obstacle(JsonNode rule) {
    return rule.valueStream()
        .flatMap(s -> s.propertyStream())
        .map(Map.Entry::getKey)
        .filter(s -> !PASSING.contains(s))
        .findFirst();
  }

  private static boolean guards(JsonNode rule, Protocol protocol, int port) {
    boolean portAsked = false;
    boolean protocolAsked = false;
    boolean ipsecAsked = false;
    boolean dropped = false;
    for (JsonNode statement : rule) {
      if (statement.size() != 1) {
        return false;
      }
      String kind = statement.fieldNames().next();
      if (!kind.equals("match")) {
        dropped |= kind.equals("drop") || kind.equals("reject");
        if (!dropped && !kind.equals("counter") && !kind.equals("log")) {
          return false;
        }
        continue;
      }
      JsonNode match = statement.path("match");
      if (!match.path("op").asText().equals("==")) {
        return false;
      }
      JsonNode payload = match.path("left").path("payload");
      String meta = match.path("left").path("meta").path("key").asText();
      JsonNode right = match.path("right");
      if (payload.path("field").asText().equals("dport") && contains(right, port)) {
        String of = payload.path("protocol").asText();
        portAsked = true;
        protocolAsked |= of.equals(NftRule.word(protocol));
        if (!of.equals("th") && !of.equals(NftRule.word(protocol))) {
          return false;
        }
      } else if (meta.equals("l4proto") && names(right, NftRule.word(protocol))) {
        protocolAsked = true;
      } else if ((meta.equals("ipsec") || meta.equals("secpath")) && right.isBoolean() && !right.booleanValue()) {
        ipsecAsked = true;
      } else {
        return false; // asks for something else as well, and lets packets pass where it does not hold
      }
    }
    return portAsked && protocolAsked && ipsecAsked && dropped;
  }

  private static boolean contains(JsonNode right, int port) {
    if (right.isInt()) {
      return right.intValue() == port;
    }
    JsonNode range = right.path("range");
    if (range.isArray()) {
      return range.path(0).isInt() && range.path(1).isInt()
          && range.path(0).intValue() <= port && port <= range.path(1).intValue();
    }
    for (JsonNode member : right.path("set")) {
      if (contains(member, port)) {
        return true;
      }
    }
    return false;
  }

  private static boolean names(JsonNode right, String word) {
    if (right.isTextual()) {
      return right.asText().equals(word);
    }
    for (JsonNode member : right.path("set")) {
      if (member.isTextual() && member.asText().equals(word)) {
        return true;
      }
    }
    return false;
  }
}

package io.trivet.lab.house;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// The rules of the house about who may know whom, judged on class files: a module declaration says what a room may
/// read, but not that a pure room reads no clock, and nothing is said where a dependency is no module.
///
/// A class belongs to the room named by its package: `io.trivet.broker.TopicName` to `broker`.
final class HouseRules {
  private static final String HOUSE = "io.trivet.";
  private static final String BROKER = HOUSE + "broker.";

  /// Rule 1: the rooms below each room, nearest first. Rooms that share a tier never know each other, so protocols meet
  /// in `broker`. Rule 4 is the absence of `server` from the lines of `audit`, `bench` and `smqtt`.
  private static final Map<String, Set<String>> MAY_KNOW =
      Map.ofEntries(
          Map.entry("base", Set.of()),
          Map.entry("broker", Set.of("base")),
          Map.entry("mqtt", Set.of("base", "broker")),
          Map.entry("coap", Set.of("base", "broker")),
          Map.entry("identity", Set.of("base", "broker")),
          Map.entry("local", Set.of("base", "broker")),
          Map.entry("net", Set.of("base", "broker", "mqtt", "coap", "identity")),
          Map.entry("server", Set.of("base", "broker", "mqtt", "coap", "identity", "local", "net", "abe", "smqtt")),
          Map.entry("cli", Set.of("base", "broker", "mqtt", "coap", "identity", "local", "net", "server", "abe", "smqtt", "authority")),
          Map.entry("audit", Set.of("base", "broker", "mqtt", "net")),
          Map.entry("bench", Set.of("base", "broker", "mqtt", "net")),
          Map.entry("policy", Set.of("base", "broker")),
          Map.entry("abe", Set.of("base")),
          Map.entry("smqtt", Set.of("base", "abe")),
          // Rule 6: the broker never holds what the authority holds, so nothing that the server is made of is named here,
          // and the server's line does not name the authority.
          Map.entry("authority", Set.of("base", "abe")));

  private static final Set<String> PURE = Set.of("base", "broker", "mqtt", "coap");
  private static final Set<String> WIRING = Set.of("server", "lab");
  private static final Set<String> PORTS = Set.of(BROKER + "Authenticator", BROKER + "Decider", BROKER + "Store");

  private record Ban(Pattern reference, String rule) {
    Ban(String regex, String rule) {
      this(Pattern.compile(regex), rule);
    }
  }

  private static final String SOCKETS =
      "java\\.net\\.(Server|Datagram|Multicast)?Socket(|Impl.*)|java\\.net\\.(URLConnection|HttpURLConnection)"
          + "|java\\.net\\.http\\..*|javax\\.net\\..*|java\\.nio\\.channels\\..*|io\\.netty\\..*";

  /// Rule 2 for classes.
  private static final List<Ban> PURE_CLASSES =
      List.of(
          new Ban(SOCKETS, "rule 2: a pure room opens no socket"),
          new Ban("java\\.net\\.(?!InetSocketAddress|Inet[46]?Address).*", "rule 2: a pure room knows no network"),
          new Ban("java\\.io\\.(?!Serializable$|(Unchecked)?IOException$|ByteArray(In|Out)putStream$|(In|Out)putStream$).*|java\\.nio\\.file\\..*",
              "rule 2: a pure room opens no file"),
          new Ban("java\\.lang\\.Thread(\\$.*|Group|Local)?|java\\.util\\.Timer(Task)?"
                  + "|java\\.util\\.concurrent\\.(Executor.*|ForkJoin.*|ScheduledExecutor.*|ThreadFactory"
                  + "|ThreadPoolExecutor|CompletableFuture|StructuredTaskScope.*)"
                  + "|java\\.util\\.concurrent\\.locks\\..*",
              "rule 2: a pure room has no thread, lock or executor"),
          new Ban("java\\.util\\.(Random|SplittableRandom)|java\\.util\\.random\\..*|java\\.security\\.SecureRandom"
                  + "|java\\.util\\.concurrent\\.ThreadLocalRandom",
              "rule 2: a pure room draws no randomness"),
          new Ban("org\\.slf4j\\..*|java\\.util\\.logging\\..*|java\\.lang\\.System\\$Logger.*|ch\\.qos\\..*",
              "rule 2: a pure room logs nothing"));

  /// Rule 2 for members of classes that are otherwise welcome.
  private static final List<Ban> PURE_MEMBERS =
      List.of(
          new Ban("java\\.lang\\.System\\.(currentTimeMillis|nanoTime)\\(.*|java\\.time\\.\\w+\\.now\\(.*"
                  + "|java\\.time\\.(InstantSource|Clock)\\.(system|tick).*|java\\.util\\.Date\\.<init>\\(\\)V",
              "rule 2: a pure room reads no system clock"),
          new Ban("java\\.lang\\.(Strict)?Math\\.random\\(.*|java\\.util\\.UUID\\.randomUUID\\(.*"
                  + "|java\\.util\\.Collections\\.shuffle\\(Ljava/util/List;\\)V",
              "rule 2: a pure room draws no randomness"),
          new Ban("java\\.lang\\.System\\.(out|err|in)Ljava.*|java\\.lang\\..*\\.printStackTrace\\(.*",
              "rule 2: a pure room logs nothing"),
          new Ban("java\\.net\\.Inet[46]?Address\\.(getByName|getAllByName|getLocalHost|getHostName"
                  + "|getCanonicalHostName|isReachable)\\(.*|java\\.net\\.InetSocketAddress\\.getHostName\\(.*"
                  + "|java\\.net\\.InetSocketAddress\\.<init>\\(Ljava/lang/String;I\\)V",
              "rule 2: a pure room asks no resolver"));

  private static final List<Ban> SOCKETS_OUTSIDE_NET =
      // A file channel opens no socket; a trust manager is what identity hands to the sockets of others.
      List.of(
          new Ban("(?!java\\.nio\\.channels\\.FileChannel$|javax\\.net\\.ssl\\.X509TrustManager$)(" + SOCKETS + ")",
              "rule 1: only net and the apps know a socket"));

  private static final List<Ban> INJECTION =
      List.of(
          new Ban("java\\.util\\.ServiceLoader.*", "rule 5: no service lookup"),
          new Ban("(jakarta|javax)\\.inject\\..*|com\\.google\\.inject\\..*|dagger\\..*|org\\.springframework\\..*",
              "rule 5: no dependency-injection framework"));

  private HouseRules() {}

  /// Judges all classes of the house together, since who implements a port shows only in the whole.
  ///
  /// @return each violation as `class -> reference: rule`, sorted; empty where the rules hold
  static List<String> violations(Collection<References> house) {
    Map<String, String> implementations = portImplementations(house);
    Set<String> found = new HashSet<>();
    for (References r : house) {
      String room = room(r.name());
      if (!MAY_KNOW.containsKey(room)) {
        found.add(r.name() + " -> " + room + ": rule 1: a room that the rules do not name");
        continue;
      }
      for (String c : r.classes()) {
        judgeClass(r.name(), room, c, implementations, found);
      }
      if (PURE.contains(room)) {
        r.members().forEach(m -> match(PURE_MEMBERS, r.name(), m, found));
      }
    }
    return found.stream().sorted().toList();
  }

  private static void judgeClass(
      String from, String room, String to, Map<String, String> implementations, Set<String> found) {
    match(INJECTION, from, to, found);
    if (PURE.contains(room)) {
      match(PURE_CLASSES, from, to, found);
    } else if (room.equals("identity")) {
      match(SOCKETS_OUTSIDE_NET, from, to, found);
    }
    if (!to.startsWith(HOUSE)) {
      return;
    }
    String other = room(to);
    if (other.equals(room)) {
      return;
    }
    if (!MAY_KNOW.getOrDefault(room, Set.of()).contains(other)) {
      found.add(from + " -> " + to + ": rule 1: " + room + " may not know " + other);
    }
    String port = implementations.get(to);
    if (port != null && !WIRING.contains(room)) {
      found.add(from + " -> " + to + ": rule 5: only server chooses who fills the port " + port);
    }
  }

  /// Classes outside `broker` that are an Authenticator, a Decider or a Store, directly or by inheritance, each with
  /// the port it fills.
  private static Map<String, String> portImplementations(Collection<References> house) {
    Map<String, String> fills = new HashMap<>();
    PORTS.forEach(p -> fills.put(p, p.substring(BROKER.length())));
    List<References> rest = new ArrayList<>(house);
    boolean grew = true;
    while (grew) {
      grew = rest.removeIf(r -> {
        String port = r.supertypes().stream().map(fills::get).filter(p -> p != null).findFirst().orElse(null);
        if (port != null) {
          fills.put(r.name(), port);
        }
        return port != null;
      });
    }
    fills.keySet().removeIf(name -> name.startsWith(BROKER));
    return fills;
  }

  private static void match(List<Ban> bans, String from, String reference, Set<String> found) {
    for (Ban ban : bans) {
      if (ban.reference().matcher(reference).matches()) {
        found.add(from + " -> " + reference + ": " + ban.rule());
        return;
      }
    }
  }

  /// `broker` for `io.trivet.broker.topic.Node`.
  static String room(String className) {
    String inside = className.substring(HOUSE.length());
    int dot = inside.indexOf('.');
    return dot < 0 ? inside : inside.substring(0, dot);
  }
}

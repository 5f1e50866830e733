package io.trivet.lab.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.memory.MemoryServer;
import io.trivet.lab.wire.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Clients on bad lines and a server that takes its time: nothing is lost, nothing comes twice that must not, nothing
/// overtakes. A failure names its seed; to see it again:
/// `./mvnw test -pl lab -am -Dtest=SimulationTest -Dtrivet.seed=SEED -Dsurefire.failIfNoSpecifiedTests=false`
class SimulationTest {
  private static final int SEEDS = 300;
  private static final int STEPS = 1_500;
  private static final int MEMBERS = 3;
  private static final List<String> TOPICS = List.of("a", "a/b", "a/c", "b", "b/c/d");
  private static final List<String> FILTERS = List.of("#", "a/+", "a/#", "b", "b/#", "+/c/+", "a", "a/b");

  /// What somebody published.
  private record Said(String publisher, String topic, String payload, int qos) {}

  private final List<Said> said = new ArrayList<>();

  static LongStream seeds() {
    Long one = Long.getLong("trivet.seed");
    return one == null ? LongStream.range(0, Long.getLong("trivet.seeds", SEEDS)) : LongStream.of(one);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void keepsItsPromisesOnBadLines(long seed) {
    Random random = new Random(seed);
    try (MemoryServer server = new MemoryServer(1 + random.nextInt(3), seed)) {
      List<SimulatedClient> clients = clients(server, random);
      settleSubscriptions(server, clients);
      for (int step = 0; step < STEPS; step++) {
        act(clients.get(random.nextInt(clients.size())), random, step);
        if (random.nextInt(50) == 0) {
          server.advance(Duration.ofMillis(random.nextInt(2_000)));
        }
      }
      server.calm();
      assertThat(said).as("enough was said").hasSizeGreaterThan(100);
      comeToRest(server, clients);
      clients.stream().skip(MEMBERS).forEach(this::heardAllItWasOwed);
      clients.stream().skip(MEMBERS).forEach(this::heardInOrder);
      sharedOneByOne(clients.subList(0, MEMBERS));
    }
  }

  private static List<SimulatedClient> clients(MemoryServer server, Random random) {
    List<SimulatedClient> clients = new ArrayList<>();
    for (int i = 0; i < MEMBERS; i++) {
      List<SimulatedClient.Wish> wishes = List.of(new SimulatedClient.Wish("$share/g/a/#", 2));
      clients.add(new SimulatedClient(server, "member-" + i, Version.V5, wishes, random));
    }
    for (int i = 2 + random.nextInt(3); i > 0; i--) {
      List<SimulatedClient.Wish> wishes = new ArrayList<>();
      for (int n = random.nextInt(3); n >= 0; n--) {
        wishes.add(new SimulatedClient.Wish(FILTERS.get(random.nextInt(FILTERS.size())), random.nextInt(3)));
      }
      Version version = random.nextBoolean() ? Version.V5 : Version.V3_1_1;
      clients.add(new SimulatedClient(server, "client-" + i, version, wishes, random));
    }
    return clients;
  }

  /// Subscriptions stand before the first message, so that it is known who is owed what.
  private static void settleSubscriptions(MemoryServer server, List<SimulatedClient> clients) {
    for (int round = 0; !clients.stream().allMatch(SimulatedClient::isSubscribed); round++) {
      assertThat(round).isLessThan(10_000);
      for (SimulatedClient c : clients) {
        if (round == 0) {
          c.connect();
        }
        c.listen();
      }
      server.advance(Duration.ofMillis(1));
    }
  }

  private void act(SimulatedClient c, Random random, int step) {
    int dice = random.nextInt(100);
    if (!c.isOnline() && dice < 30 || dice < 1) {
      c.connect();
    } else if (dice < 4) {
      c.cut();
    } else if (dice < 40) {
      String topic = TOPICS.get(random.nextInt(TOPICS.size()));
      String payload = c.id + " " + step;
      int qos = random.nextInt(3);
      if (c.publish(topic, payload, qos)) {
        said.add(new Said(c.id, topic, payload, qos));
      }
    } else if (dice < 75) {
      c.listen();
    } else {
      c.answer(1 + random.nextInt(5));
    }
  }

  private static void comeToRest(MemoryServer server, List<SimulatedClient> clients) {
    for (int round = 0; round < 500; round++) {
      for (SimulatedClient c : clients) {
        c.listen();
        if (!c.isOnline()) {
          c.connect();
        }
        c.answer(1_000);
      }
      server.advance(Duration.ofMillis(1));
    }
    assertThat(clients).allMatch(SimulatedClient::isIdle);
  }

  /// The QoS that a message reaches this client with by its own, unshared subscriptions; -1 for not at all.
  private static int owed(SimulatedClient c, Said m) {
    int granted = -1;
    for (SimulatedClient.Wish w : c.wishes) {
      if (matches(w.filter(), m.topic())) {
        // A filter asked for again replaces what it was granted before.
        int last = c.wishes.stream()
            .filter(other -> other.filter().equals(w.filter()))
            .reduce((_, later) -> later)
            .orElseThrow()
            .qos();
        granted = Math.max(granted, last);
      }
    }
    return Math.min(granted, m.qos());
  }

  private void heardAllItWasOwed(SimulatedClient c) {
    Map<String, Integer> times = new HashMap<>();
    c.heard.forEach(h -> times.merge(h.payload(), 1, Integer::sum));
    for (Said m : said) {
      int n = times.getOrDefault(m.payload(), 0);
      switch (owed(c, m)) {
        case -1 -> assertThat(n).as("%s heard %s", c.id, m).isZero();
        case 0 -> { } // may be lost, and comes as often as its publisher had to say it
        case 1 -> assertThat(n).as("%s heard %s", c.id, m).isPositive();
        default -> assertThat(n).as("%s heard %s", c.id, m).isEqualTo(1);
      }
    }
  }

  /// For each publisher, topic and QoS the first hearings follow the order of saying (MQTT-4.6.0-6).
  private void heardInOrder(SimulatedClient c) {
    Map<String, Said> byPayload = new HashMap<>();
    said.forEach(m -> byPayload.put(m.payload(), m));
    Map<String, Integer> last = new HashMap<>();
    Map<String, Boolean> seen = new HashMap<>();
    for (SimulatedClient.Heard h : c.heard) {
      Said m = Objects.requireNonNull(byPayload.get(h.payload()), "nobody said " + h);
      assertThat(h.topic()).isEqualTo(m.topic());
      if (h.qos() == 0 || seen.put(h.payload(), true) != null) {
        continue;
      }
      int number = Integer.parseInt(h.payload().substring(h.payload().indexOf(' ') + 1));
      String stream = m.publisher() + " " + m.topic() + " " + m.qos();
      Integer before = last.put(stream, number);
      assertThat(before == null || before < number).as("%s heard %s after %s", c.id, m, before).isTrue();
    }
  }

  /// Messages to a share come to one of its members (MQTT 5.0, section 4.8.2).
  private void sharedOneByOne(List<SimulatedClient> members) {
    Map<String, Integer> times = new HashMap<>();
    members.forEach(c -> c.heard.forEach(h -> times.merge(h.payload(), 1, Integer::sum)));
    for (Said m : said) {
      int n = times.getOrDefault(m.payload(), 0);
      if (!matches("a/#", m.topic())) {
        assertThat(n).as("the share heard %s", m).isZero();
      } else if (m.qos() == 2) {
        assertThat(n).as("the share heard %s", m).isEqualTo(1);
      } else if (m.qos() == 1) {
        assertThat(n).as("the share heard %s", m).isPositive();
      }
    }
  }

  private static boolean matches(String filter, String topic) {
    String[] f = filter.split("/", -1);
    String[] t = topic.split("/", -1);
    for (int i = 0; i < f.length; i++) {
      if (f[i].equals("#")) {
        return true;
      }
      if (i >= t.length || !f[i].equals("+") && !f[i].equals(t[i])) {
        return false;
      }
    }
    return f.length == t.length;
  }
}

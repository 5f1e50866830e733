package io.trivet.lab.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.memory.MemoryServer;
import io.trivet.lab.wire.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

  private final Promises promises = new Promises();

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
      assertThat(promises.count()).as("enough was said").isGreaterThan(100);
      comeToRest(server, clients);
      clients.stream().skip(MEMBERS).forEach(promises::heardAllItWasOwed);
      clients.stream().skip(MEMBERS).forEach(promises::heardInOrder);
      promises.sharedOneByOne(clients.subList(0, MEMBERS));
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
        promises.said(c.id, topic, payload, qos);
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
}

package io.trivet.lab.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.memory.MemoryServer;
import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import io.trivet.local.Durability;
import io.trivet.local.SimulatedEngine;
import io.trivet.local.SimulatedEngine.Fault;
import io.trivet.local.SimulatedStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Clients on bad lines, a server that is killed or loses its power at any point, and a disk that fails, fills up or
/// answers late: what was acknowledged is delivered, QoS 2 exactly once, in order, and the retained message is the last one
/// acknowledged or one after it. A failure names its seed; to see it again:
/// `./mvnw test -pl lab -am -Dtest=CrashSimulationTest -Dtrivet.seed=SEED -Dsurefire.failIfNoSpecifiedTests=false`
class CrashSimulationTest {
  private static final int SEEDS = 2_000;
  private static final int STEPS = 800;
  private static final int MEMBERS = 2;
  private static final List<String> TOPICS = List.of("a", "a/b", "b");
  private static final List<String> FILTERS = List.of("#", "a/+", "a/#", "b", "+/b", "a");

  private final Promises promises = new Promises();
  private final List<SimulatedClient> clients = new ArrayList<>();
  private final Map<SimulatedClient, List<String>> retained = new HashMap<>();
  private final SimulatedEngine disk = new SimulatedEngine();
  private Durability durability = Durability.FSYNC;
  private SimulatedStore store = new SimulatedStore(disk, durability);
  private int crashes;
  private int failures;
  private int refusals;

  static LongStream seeds() {
    Long one = Long.getLong("trivet.seed");
    return one == null ? LongStream.range(0, Long.getLong("trivet.seeds", SEEDS)) : LongStream.of(one);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void keepsItsPromisesOverCrashesAndFaults(long seed) {
    Random random = new Random(seed);
    boolean faults = random.nextBoolean();
    MemoryServer server = new MemoryServer(
        1 + random.nextInt(3), random, store, Duration.ofDays(1).toNanos(), 1_700_000_000_000L);
    meet(server, random);
    for (int step = 0; step < STEPS; step++) {
      act(clients.get(random.nextInt(clients.size())), random, step);
      if (random.nextInt(30) == 0) {
        server.advance(Duration.ofMillis(random.nextInt(500)));
      }
      if (faults && random.nextInt(40) == 0) {
        fault(random);
      }
      if (random.nextInt(100) == 0) {
        server = crashed(server, random);
      }
    }
    disk.dead(false);
    disk.usable(Long.MAX_VALUE);
    server.advance(Duration.ofSeconds(3));
    server.calm();
    comeToRest(server);
    assertThat(promises.count()).as("enough was said").isGreaterThan(30);
    clients.forEach(c -> promises.refused(c.refused));
    clients.stream().skip(MEMBERS).forEach(promises::heardAllItWasOwed);
    if (refusals + store.refusals() == 0) {
      // A message that was refused and said again rightly comes after those that were not.
      clients.stream().skip(MEMBERS).forEach(promises::heardInOrder);
    }
    promises.sharedOneByOne(clients.subList(0, MEMBERS));
    retainedIsTheLatest(server);
    assertThat(store.damaged()).isEmpty();
    server.close();
  }

  /// A check that cannot fail shows nothing: where nothing is synced, a loss of power loses what was acknowledged.
  @Test
  void findsWhatIsLostWhereNothingIsSynced() {
    int found = 0;
    for (long seed = 0; seed < 20; seed++) {
      CrashSimulationTest unsafe = new CrashSimulationTest();
      unsafe.durability = Durability.OS;
      unsafe.store = new SimulatedStore(unsafe.disk, Durability.OS);
      try {
        unsafe.keepsItsPromisesOverCrashesAndFaults(seed);
      } catch (AssertionError _) {
        found++;
      }
    }
    assertThat(found).isGreaterThan(10);
  }

  private void meet(MemoryServer server, Random random) {
    for (int i = 0; i < MEMBERS; i++) {
      clients.add(new SimulatedClient(server, "member-" + i, Version.V5,
          List.of(new SimulatedClient.Wish("$share/g/a/#", 2)), random));
    }
    for (int i = 0; i < 2 + random.nextInt(2); i++) {
      List<SimulatedClient.Wish> wishes = new ArrayList<>();
      for (int n = random.nextInt(3); n >= 0; n--) {
        wishes.add(new SimulatedClient.Wish(FILTERS.get(random.nextInt(FILTERS.size())), random.nextInt(3)));
      }
      Version version = random.nextBoolean() ? Version.V5 : Version.V3_1_1;
      clients.add(new SimulatedClient(server, "client-" + i, version, wishes, random));
    }
    clients.forEach(SimulatedClient::connect);
    for (int round = 0; !clients.stream().allMatch(SimulatedClient::isSubscribed); round++) {
      assertThat(round).isLessThan(10_000);
      clients.forEach(SimulatedClient::listen);
      server.advance(Duration.ofMillis(1));
    }
  }

  private void act(SimulatedClient c, Random random, int step) {
    int dice = random.nextInt(100);
    if (!c.isOnline() && dice < 40 || dice < 1) {
      c.connect();
    } else if (dice < 3) {
      c.cut();
    } else if (dice < 45) {
      boolean retain = random.nextInt(8) == 0;
      String topic = retain ? "r/" + c.id : TOPICS.get(random.nextInt(TOPICS.size()));
      String payload = c.id + " " + step;
      // One QoS for each topic: a repeated QoS 1 may rightly follow a QoS 2 that is not.
      int qos = retain ? 1 + clients.indexOf(c) % 2 : random.nextInt(3);
      if (c.publish(topic, payload, qos, retain)) {
        promises.said(c.id, topic, payload, qos);
        if (retain) {
          retained.computeIfAbsent(c, _ -> new ArrayList<>()).add(payload);
        }
      }
    } else if (dice < 75) {
      c.listen();
    } else {
      c.answer(1 + random.nextInt(5));
    }
  }

  private void fault(Random random) {
    switch (random.nextInt(6)) {
      case 0 -> disk.fault(Fault.FAILS_BEFORE);
      case 1 -> disk.fault(Fault.FAILS_AFTER);
      case 2 -> disk.fault(Fault.FULL);
      case 3 -> disk.dead(true);
      case 4 -> disk.usable(random.nextInt(2_000));
      default -> {
        disk.dead(false);
        disk.usable(Long.MAX_VALUE);
      }
    }
  }

  /// The server is gone, with all it had in memory, and another starts on what the disk has.
  private MemoryServer crashed(MemoryServer server, Random random) {
    crashes++;
    failures += store.failures();
    refusals += store.refusals();
    if (random.nextBoolean()) {
      disk.crash(random);
    } else {
      disk.kill();
    }
    disk.dead(false);
    store = new SimulatedStore(disk, durability);
    MemoryServer next =
        new MemoryServer(1 + random.nextInt(3), random, store, server.nanos(), server.wallMillis());
    clients.forEach(c -> c.serverIs(next));
    return next;
  }

  private void comeToRest(MemoryServer server) {
    for (int round = 0; round < 3_000 && !(round > 300 && clients.stream().allMatch(SimulatedClient::isIdle)); round++) {
      for (SimulatedClient c : clients) {
        c.listen();
        if (!c.isOnline()) {
          c.connect();
        }
        c.answer(1_000);
      }
      server.advance(Duration.ofMillis(1));
    }
    assertThat(clients).as("after %d crashes and %d failures", crashes, failures).allMatch(SimulatedClient::isIdle);
  }

  private void retainedIsTheLatest(MemoryServer server) {
    TestClient late = server.client(Version.V5);
    late.send(Out.connect("late"));
    late.send(Out.subscribe(1).to("r/#", 0));
    server.advance(Duration.ofMillis(10));
    Map<String, String> found = new HashMap<>();
    for (In p : late.drain()) {
      if (p instanceof In.Publish m) {
        found.put(m.topic(), m.text());
      }
    }
    for (SimulatedClient c : clients) {
      List<String> said = retained.getOrDefault(c, List.of());
      int latest = -1;
      for (int i = 0; i < said.size(); i++) {
        latest = c.acknowledged.contains(said.get(i)) ? i : latest;
      }
      // One that was refused and said again may rightly come after a later one.
      boolean strict = refusals + store.refusals() == 0;
      Set<String> allowed = new HashSet<>(said.subList(strict ? Math.max(latest, 0) : 0, said.size()));
      String there = found.get("r/" + c.id);
      if (latest >= 0 || there != null) {
        assertThat(there).as("retained of %s: %s, acknowledged %s", c.id, said, c.acknowledged).isIn(allowed);
      }
    }
  }
}

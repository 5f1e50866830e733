package io.trivet.lab.durability;

import io.trivet.lab.durability.Subscriber.Habit;
import io.trivet.lab.durability.Subscriber.Plan;
import io.trivet.lab.wire.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Publishers and durable subscribers at a server that is killed again and again. At the end everything
/// acknowledged has to have arrived.
///
/// The schedule (moments of the kills, who publishes what, who is away when) comes from the seed; what the
/// operating system makes of it does not, so a seed repeats the pressure of a run, not its every step.
public final class DurabilityHarness {
  private static final int PUBLISHERS = 8;
  private static final int PER_SECOND = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  /// A drain that has brought nothing for so long is over.
  private static final Duration SILENCE = Duration.ofSeconds(8);

  private static final List<Plan> PLANS = List.of(
      new Plan("all-2", Version.V5, "load/#", 2, Habit.CONNECTED),
      new Plan("all-1", Version.V3_1_1, "load/#", 1, Habit.OFTEN_AWAY),
      new Plan("a-2", Version.V3_1_1, "load/+/a", 2, Habit.OFTEN_AWAY),
      new Plan("b-1", Version.V5, "load/+/b", 1, Habit.CONNECTED),
      new Plan("slow-2", Version.V5, "load/3/b", 2, Habit.SLOW),
      new Plan("slow-1", Version.V3_1_1, "load/4/a", 1, Habit.SLOW),
      new Plan("exact-2", Version.V5, "load/5/kept", 2, Habit.OFTEN_AWAY),
      new Plan("group-1", Version.V5, "$share/group/load/+/b", 2, Habit.CONNECTED),
      new Plan("group-2", Version.V5, "$share/group/load/+/b", 2, Habit.OFTEN_AWAY),
      new Plan("group-3", Version.V5, "$share/group/load/+/b", 2, Habit.CONNECTED));

  private final BrokerProcess broker;
  private final Catastrophe catastrophe;
  private final long seed;
  private final Random random;
  private final Course course = new Course();
  private final Ledger ledger = new Ledger();
  private final Witness witness = new Witness(ledger);
  private final List<Thread> subscribers = new ArrayList<>();
  private final List<Thread> publishers = new ArrayList<>();
  private int lives;
  private int stillborn;

  private DurabilityHarness(BrokerProcess broker, Catastrophe catastrophe, long seed) {
    this.broker = broker;
    this.catastrophe = catastrophe;
    this.seed = seed;
    this.random = new Random(seed);
  }

  /// Runs to the end and closes the broker.
  ///
  /// @param kills how often the server is killed under traffic; about every eighth time it is killed once
  ///     more while it starts again
  static Outcome run(BrokerProcess broker, Catastrophe catastrophe, int kills, long seed) {
    DurabilityHarness harness = new DurabilityHarness(broker, catastrophe, seed);
    long began = System.nanoTime();
    try (broker) {
      harness.lead(kills);
    } finally {
      harness.course.end();
      harness.join(harness.publishers);
      harness.join(harness.subscribers);
    }
    return Outcome.of(broker.name() + ", " + catastrophe.name(), seed, kills, harness.stillborn,
        Duration.ofNanos(System.nanoTime() - began), harness.ledger.evidence(receivers()));
  }

  private void lead(int kills) {
    start();
    CountDownLatch subscribed = new CountDownLatch(PLANS.size());
    for (Plan plan : PLANS) {
      subscribers.add(begin(plan.name(),
          new Subscriber(plan, course, ledger, new Random(random.nextLong()), subscribed)));
    }
    awaitTrue("every subscription stands", () -> subscribed.getCount() == 0);
    for (int i = 0; i < PUBLISHERS; i++) {
      Publisher p = new Publisher(i, i % 2 == 0 ? Version.V5 : Version.V3_1_1, course, ledger,
          new Random(random.nextLong()), PER_SECOND);
      publishers.add(begin(p.name(), p));
    }
    course.publish();
    for (int i = 0; i < kills; i++) {
      int before = ledger.acknowledgedCount();
      // Only a server that has acknowledged something since its start has something to lose.
      awaitTrue("something is acknowledged", () -> ledger.acknowledgedCount() > before);
      pause(50 + random.nextInt(350));
      kill();
      if (random.nextInt(8) == 0) {
        dieWhileStarting();
      }
      start();
    }
    course.drain();
    awaitTrue("everything sent is acknowledged", () -> publishers.stream().noneMatch(Thread::isAlive));
    awaitDeliveries();
  }

  private void start() {
    catastrophe.prepare(broker);
    broker.start();
    lives++;
    witness.look(broker.port(), PUBLISHERS, lives);
    course.serverIsUp(broker.port());
  }

  private void kill() {
    // In full traffic: the clients learn it from their sockets.
    broker.kill();
    course.serverGoesDown();
    catastrophe.strike(broker, random);
  }

  /// Recovery too may be interrupted.
  private void dieWhileStarting() {
    stillborn++;
    catastrophe.prepare(broker);
    broker.startAndKill(Duration.ofMillis(random.nextInt(2_500)));
    catastrophe.strike(broker, random);
  }

  private Thread begin(String name, Runnable client) {
    return Thread.ofVirtual().name(name).start(() -> {
      try {
        client.run();
      } catch (RuntimeException | AssertionError e) {
        ledger.fault(name, e);
      }
    });
  }

  /// Until all that is owed has come, or nothing has come for a while.
  private void awaitDeliveries() {
    long silentSince = System.nanoTime();
    int last = -1;
    while (System.nanoTime() - silentSince < SILENCE.toNanos()) {
      Evidence evidence = ledger.evidence(receivers());
      if (evidence.receivers().stream().allMatch(r -> NothingLost.missing(evidence, r).isEmpty())) {
        // What comes twice may come a little later.
        pause(500);
        return;
      }
      int now = evidence.deliveries().values().stream().mapToInt(List::size).sum();
      if (now != last) {
        last = now;
        silentSince = System.nanoTime();
      }
      pause(200);
    }
  }

  private void awaitTrue(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean() && !ledger.hasFaults()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("after " + PATIENCE + " it still does not hold that " + what + "; seed " + seed
            + ", life " + lives + " of " + broker.name() + ", which said:\n" + broker.said());
      }
      pause(5);
    }
  }

  /// Everyone a message may be for; those who share a subscription are one.
  private static List<Receiver> receivers() {
    List<Receiver> receivers = new ArrayList<>();
    List<Plan> sharing = new ArrayList<>();
    for (Plan p : PLANS) {
      if (p.filter().startsWith("$share/")) {
        sharing.add(p);
      } else {
        receivers.add(new Receiver(p.name(), new Filter(p.filter()), p.qos(), List.of(p.name())));
      }
    }
    Plan first = sharing.getFirst();
    receivers.add(new Receiver("group", new Filter(first.filter().split("/", 3)[2]), first.qos(),
        sharing.stream().map(Plan::name).toList()));
    return receivers;
  }

  private void join(List<Thread> threads) {
    try {
      for (Thread t : threads) {
        if (!t.join(PATIENCE)) {
          throw new AssertionError(t.getName() + " does not end");
        }
      }
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  private static void pause(int millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }
}

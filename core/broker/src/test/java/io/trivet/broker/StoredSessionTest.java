package io.trivet.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.broker.Stage.LateStore;
import io.trivet.broker.Stage.Phone;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// Sessions that outlive their connections, and the server: what the store keeps, and what of it is in memory.
@NullMarked
class StoredSessionTest {
  private final MemoryStore store = new MemoryStore();

  /// The server stops without a word and starts again on what it stored.
  private Stage restarted(int loops) {
    Stage stage = new Stage(loops, Limits.DEFAULT, store);
    stage.broker.recover(stage.nanos, stage.nanos / 1_000_000);
    stage.settle();
    return stage;
  }

  private static Limits full(Limits.WhenFull policy, int messages) {
    Limits d = Limits.DEFAULT;
    return new Limits(d.topic(), d.sessionsMax(), d.subscriptionsPerSessionMax(), d.inflightMax(), messages,
        d.queueBytesMax(), d.queueBytesTotalMax(), d.storedMessagesMax(), d.storedBytesMax(), d.outputBytesMax(),
        d.outputBytesTotalMax(), d.retainedMax(), d.retainedBytesMax(), d.sessionExpiryMax(), policy);
  }

  private static void publish(Stage stage, Phone pub, int from, int to) {
    for (int i = from; i <= to; i++) {
      pub.publish("t", "" + i, QoS.AT_LEAST_ONCE, i);
      if (i % 7 == 0) {
        stage.settle();
      }
    }
    stage.settle();
  }

  @Test
  void givesBackAfterARestartWhatWasAcknowledged() {
    Stage before = new Stage(2, Limits.DEFAULT, store);
    Phone sub = before.phone("sub", 0).connectDurably();
    sub.subscribe("t", QoS.EXACTLY_ONCE);
    Phone pub = before.phone("pub", 1).connectDurably();
    publish(before, pub, 1, 3);
    pub.publish("t", "4", QoS.EXACTLY_ONCE, 4);
    before.settle();
    assertThat(pub.answers).hasSize(4).allMatch(a -> a.endsWith("ACCEPTED"));
    sub.session().acknowledged(2);
    sub.session().receivedByPeer(4, true);
    before.settle();
    assertThat(sub.got).endsWith("pubrel #4");

    Stage after = restarted(3);
    assertThat(after.broker.subscriptionCount()).isEqualTo(1);
    Phone again = after.phone("sub", 1).connectDurably();
    assertThat(again.present).isTrue();
    assertThat(again.got).as("with the ids they had before, and marked as sent before")
        .containsExactly("t=1 q1 dup #1", "t=3 q1 dup #3", "pubrel #4");
    Phone publisher = after.phone("pub", 2).connectDurably();
    assertThat(publisher.session().hasReceived(4)).as("a resend is known").isTrue();
    publisher.publish("t", "5", QoS.AT_LEAST_ONCE, 5);
    after.settle();
    assertThat(again.got).endsWith("t=5 q1 #5");
  }

  @Test
  void holdsInMemoryOnlyTheHeadOfWhatWaits() {
    Stage stage = new Stage(1, full(Limits.WhenFull.DROP_OLDEST, 1_000_000), store);
    Phone sub = stage.phone("sub", 0).connectDurably();
    sub.subscribe("t", QoS.AT_LEAST_ONCE);
    sub.drop(false);
    Phone pub = stage.phone("pub", 0).connect();
    publish(stage, pub, 1, 20_000);
    assertThat(stage.broker.queuedBytes()).isZero();
    Phone back = stage.phone("sub", 0).connect(false, 3_600, 10, Optional.empty());
    int next = 1;
    while (next <= 20_000) {
      assertThat(back.got.get(next - 1)).isEqualTo("t=" + next + " q1 #" + next);
      assertThat(stage.broker.queuedBytes()).isLessThan(2 << 20);
      back.session().acknowledged(next++);
      stage.settle();
    }
    assertThat(back.got).hasSize(20_000);
    assertThat(stage.broker.queuedBytes()).isZero();
  }

  @Test
  void keepsOrderBetweenWhatArrivesAndWhatIsRead() {
    for (int seed = 0; seed < 200; seed++) {
      Random r = new Random(seed);
      Stage stage = new Stage(3, full(Limits.WhenFull.DROP_OLDEST, 1_000_000), new MemoryStore());
      Phone sub = stage.phone("sub", 0).connectDurably();
      sub.subscribe("t", QoS.AT_LEAST_ONCE);
      List<Phone> pubs = List.of(stage.phone("p0", 0).connect(), stage.phone("p1", 1).connect(),
          stage.phone("p2", 2).connect());
      int[] said = new int[3];
      List<String> heard = new ArrayList<>();
      for (int step = 0; step < 3_000; step++) {
        int p = r.nextInt(3);
        pubs.get(p).publish("t", p + "-" + said[p]++, QoS.AT_LEAST_ONCE, step % 60_000 + 1);
        if (r.nextInt(4) == 0) {
          stage.step(r.nextInt(3));
        }
        if (r.nextInt(300) == 0) {
          sub.drop(false);
          sub = stage.phone("sub", r.nextInt(3)).connect(false, 3_600, 1 + r.nextInt(1_000), Optional.empty());
        }
        for (int n = r.nextInt(6); n > 0; n--) {
          hear(sub, heard);
        }
      }
      do {
        stage.settle();
      } while (hear(sub, heard));
      for (int p = 0; p < 3; p++) {
        String of = p + "-";
        assertThat(heard.stream().filter(h -> h.startsWith(of)).toList())
            .as("seed %d", seed).isEqualTo(IntStream.range(0, said[p]).mapToObj(i -> of + i).toList());
      }
    }
  }

  /// Takes and acknowledges the next message.
  private static boolean hear(Phone sub, List<String> heard) {
    if (sub.got.isEmpty()) {
      return false;
    }
    String next = sub.got.removeFirst();
    heard.add(next.substring(2, next.indexOf(' ')));
    assertThat(sub.session().acknowledged(Integer.parseInt(next.substring(next.indexOf('#') + 1)))).isTrue();
    return true;
  }

  @Test
  void firesWillsAndEndsSessionsByTheirTimesAfterARestart() {
    Stage before = new Stage(1, Limits.DEFAULT, store);
    Will later = new Will(Stage.message("will/later", "x", QoS.AT_LEAST_ONCE, false, new ClientId("a")), 20, -1);
    before.phone("watcher", 0).connectDurably().subscribe("will/#", QoS.AT_LEAST_ONCE);
    before.phone("resting", 0).connect(false, 60, 10, Optional.of(later)).drop(true);
    before.phone("connected", 0).connect(false, 60, 10, Optional.of(later));
    before.phone("without", 0).connect(false, 60, 10, Optional.of(later)).drop(false);
    before.advance(10);

    Stage after = new Stage(1, Limits.DEFAULT, store);
    after.nanos = before.nanos;
    after.broker.recover(after.nanos, after.nanos / 1_000_000);
    after.settle();
    Phone watcher = after.phone("watcher", 0).connectDurably();
    after.advance(9);
    assertThat(watcher.got).isEmpty();
    after.advance(2);
    assertThat(watcher.got).as("20 s after its connection ended").hasSize(1);
    after.advance(10);
    assertThat(watcher.got).as("20 s after the restart, for the one that was connected").hasSize(2);
    after.advance(30);
    assertThat(after.broker.sessionCount()).as("60 s after its end; the watcher and the connected one stay").isEqualTo(2);
    after.advance(10);
    assertThat(after.broker.sessionCount()).isEqualTo(1);
    assertThat(restarted(1).broker.sessionCount()).as("gone for good").isEqualTo(1);
  }

  @Test
  void keepsRetainedMessagesAndForgetsClearedOnes() {
    Stage before = new Stage(2, Limits.DEFAULT, store);
    Phone pub = before.phone("pub", 0).connect();
    for (int i = 0; i < 3; i++) {
      pub.loop.router().publish(pub.session(),
          Stage.message("r/" + i, "v" + i, QoS.AT_MOST_ONCE, true, pub.id), pub, 0);
    }
    pub.loop.router().publish(pub.session(), Stage.message("r/1", "", QoS.AT_LEAST_ONCE, true, pub.id), pub, 1);
    before.settle();
    Stage after = restarted(2);
    assertThat(after.broker.retainedCount()).isEqualTo(2);
    Phone sub = after.phone("sub", 1).connectDurably();
    sub.subscribe("r/#", QoS.AT_LEAST_ONCE);
    assertThat(sub.got).containsExactlyInAnyOrder("r/0=v0 q0 retain", "r/2=v2 q0 retain");
  }

  @Test
  void storesRetainedMessagesOnTheirWayToADurableSession() {
    Stage before = new Stage(1, Limits.DEFAULT, store);
    Phone pub = before.phone("pub", 0).connect();
    for (int i = 1; i <= 200; i++) {
      pub.loop.router().publish(pub.session(),
          Stage.message("r/" + i, "v", QoS.AT_LEAST_ONCE, true, pub.id), pub, i);
    }
    before.settle();
    Phone sub = before.phone("sub", 0).connect(false, 600, 5, Optional.empty());
    sub.subscribe("r/#", QoS.AT_LEAST_ONCE);
    assertThat(sub.got).hasSize(5).allMatch(g -> g.contains("retain"));
    Stage after = restarted(1);
    Phone again = after.phone("sub", 0).connect(false, 600, 300, Optional.empty());
    assertThat(again.got).hasSizeGreaterThanOrEqualTo(5).allMatch(g -> g.contains("q1 dup retain #"));
  }

  @Test
  void refusesForTheWholeMessageWhereThePolicySaysSo() {
    Stage stage = new Stage(1, full(Limits.WhenFull.REFUSE, 2), store);
    Phone slow = stage.phone("slow", 0).connectDurably();
    slow.subscribe("t", QoS.AT_LEAST_ONCE);
    slow.drop(false);
    Phone fast = stage.phone("fast", 0).connect();
    fast.subscribe("t", QoS.AT_LEAST_ONCE);
    Phone pub = stage.phone("pub", 0).connect();
    publish(stage, pub, 1, 3);
    assertThat(pub.answers).containsExactly("#1 ACCEPTED", "#2 ACCEPTED", "#3 QUOTA_EXCEEDED");
    assertThat(fast.got).as("all or nobody").hasSize(2);
    assertThat(stage.broker.total(Counter.REFUSED_QUEUE_FULL)).isEqualTo(1);
    pub.loop.router().publish(pub.session(), Stage.message("t", "4", QoS.AT_LEAST_ONCE, true, pub.id), pub, 4);
    stage.settle();
    assertThat(stage.broker.retainedCount()).as("nor is it retained").isZero();
  }

  @Test
  void dropsByThePolicyForOneSessionAlone() {
    Stage stage = new Stage(1, full(Limits.WhenFull.DROP_OLDEST, 2), store);
    Phone slow = stage.phone("slow", 0).connectDurably();
    slow.subscribe("t", QoS.AT_LEAST_ONCE);
    slow.drop(false);
    Phone pub = stage.phone("pub", 0).connect();
    publish(stage, pub, 1, 5);
    assertThat(pub.answers).hasSize(5).allMatch(a -> a.endsWith("ACCEPTED"));
    assertThat(stage.broker.total(Counter.DROPPED_QUEUE_FULL)).isEqualTo(3);
    assertThat(stage.phone("slow", 0).connectDurably().got).containsExactly("t=4 q1 #4", "t=5 q1 #5");
  }

  @Test
  void tellsThePublisherWhyNothingWasStored() {
    LateStore late = new LateStore();
    Stage stage = new Stage(1, Limits.DEFAULT, late);
    Phone sub = stage.phone("sub", 0).connectDurably();
    late.answer(true);
    sub.subscribe("t", QoS.AT_LEAST_ONCE);
    late.answer(true);
    Phone pub = stage.phone("pub", 0).connect();
    Phone plain = stage.phone("plain", 0).connect();
    plain.subscribe("t", QoS.AT_LEAST_ONCE);
    pub.loop.router().publish(pub.session(), Stage.message("t", "1", QoS.AT_LEAST_ONCE, true, pub.id), pub, 1);
    stage.settle();
    late.answer(StoreBatch.Outcome.FULL);
    stage.settle();
    assertThat(pub.answers).containsExactly("#1 QUOTA_EXCEEDED");
    assertThat(plain.got).isEmpty();
    assertThat(stage.broker.retainedCount()).as("taken back").isZero();
    sub.subscribe("u", QoS.AT_LEAST_ONCE);
    late.answer(StoreBatch.Outcome.FAILED);
    stage.settle();
    assertThat(sub.session().subscriptions()).as("taken back").hasSize(1);
    assertThat(stage.broker.subscriptionCount()).isEqualTo(2);
  }

  @Test
  void readsItsInboxAgainWhenTheStoreWorksAgain() {
    LateStore late = new LateStore();
    Stage stage = new Stage(1, Limits.DEFAULT, late);
    stage.broker.recover(stage.nanos, 0);
    Phone sub = stage.phone("sub", 0).connectDurably();
    late.answer(true);
    sub.subscribe("t", QoS.EXACTLY_ONCE);
    late.answer(true);
    Phone pub = stage.phone("pub", 0).connect();
    pub.publish("t", "1", QoS.EXACTLY_ONCE, 1);
    stage.settle();
    late.answer(true);
    stage.settle();
    assertThat(sub.got).containsExactly("t=1 q2 #1");
    sub.session().receivedByPeer(1, true);
    stage.settle();
    late.answer(false);
    stage.settle();
    assertThat(sub.got).as("not told before the store knows").hasSize(1);
    sub.session().receivedByPeer(1, true);
    assertThat(sub.got).as("nor by a second PUBREC").hasSize(1);
    late.reopen();
    stage.settle();
    while (!late.pending.isEmpty()) {
      late.answer(true);
      stage.settle();
    }
    assertThat(sub.got).containsExactly("t=1 q2 #1", "pubrel #1");
    assertThat(sub.session().completed(1)).isTrue();
  }

  @Test
  void triesAgainWhenAnInboxCouldNotBeRead() {
    LateStore late = new LateStore();
    Stage stage = new Stage(1, Limits.DEFAULT, late);
    Phone sub = stage.phone("sub", 0).connectDurably();
    late.answer(true);
    sub.subscribe("t", QoS.AT_LEAST_ONCE);
    late.answer(true);
    sub.drop(false);
    late.answer(true);
    Phone pub = stage.phone("pub", 0).connect();
    pub.publish("t", "1", QoS.AT_LEAST_ONCE, 1);
    stage.settle();
    late.answer(true);
    stage.settle();
    Phone back = stage.phone("sub", 0).connectDurably();
    late.answer(false);
    stage.settle();
    assertThat(back.got).isEmpty();
    stage.advance(2);
    late.answer(true);
    stage.settle();
    assertThat(back.got).containsExactly("t=1 q1 #1");
  }

  @Test
  void keepsTheLaterOfTwoSessionsUnderOneIdentifier() {
    store.commit(batch(new StoreOp.PutSession(3, new ClientId("c"), "c", 600, 0),
        new StoreOp.PutSession(7, new ClientId("c"), "c", 600, 0),
        new StoreOp.PutSubscription(3, SubscriptionFilter.of("old"), QoS.AT_LEAST_ONCE, false, false, 0),
        new StoreOp.PutSubscription(7, SubscriptionFilter.of("new"), QoS.AT_LEAST_ONCE, false, false, 0)), _ -> {});
    Stage stage = restarted(2);
    assertThat(stage.broker.sessionCount()).isEqualTo(1);
    assertThat(stage.broker.subscriptionCount()).isEqualTo(1);
    Phone c = stage.phone("c", 0).connectDurably();
    assertThat(c.session().number()).isEqualTo(7);
    assertThat(c.session().subscriptions()).extracting(s -> s.filter().toString()).containsExactly("new");
    assertThat(stage.phone("d", 0).connectDurably().session().number()).as("never used before").isGreaterThan(7);
    assertThat(restarted(1).broker.sessionCount()).as("the other is gone").isEqualTo(2);
  }

  private static StoreBatch batch(StoreOp... ops) {
    StoreBatch b = new StoreBatch();
    for (StoreOp op : ops) {
      b.add(op);
    }
    return b;
  }
}

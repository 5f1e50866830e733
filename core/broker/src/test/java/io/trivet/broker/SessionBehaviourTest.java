package io.trivet.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.trivet.base.Bytes;
import io.trivet.broker.Stage.Phone;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// Sessions, delivery and the store, on loops without threads.
@NullMarked
class SessionBehaviourTest {
  private static Limits limits(int inflight, int queue, Limits.WhenFull whenFull) {
    Limits d = Limits.DEFAULT;
    return new Limits(d.topic(), d.sessionsMax(), d.subscriptionsPerSessionMax(), inflight, queue, d.queueBytesMax(),
        d.queueBytesTotalMax(), d.storedMessagesMax(), d.storedBytesMax(), d.outputBytesMax(), d.outputBytesTotalMax(), d.retainedMax(), d.retainedBytesMax(), d.sessionExpiryMax(), whenFull);
  }

  @Test
  void waitsInTheQueueWhileTheWindowIsFull() {
    Stage stage = new Stage(1);
    Phone sub = stage.phone("sub", 0).connect(true, 0, 2, Optional.empty());
    sub.subscribe("t", QoS.AT_LEAST_ONCE);
    Phone pub = stage.phone("pub", 0).connect();
    for (int i = 1; i <= 4; i++) {
      assertThat(pub.publish("t", "" + i, QoS.AT_LEAST_ONCE, i)).isEqualTo(PublishResult.ACCEPTED);
    }
    assertThat(sub.got).containsExactly("t=1 q1 #1", "t=2 q1 #2");
    assertThat(sub.session().acknowledged(2)).isTrue();
    assertThat(sub.session().acknowledged(2)).as("again").isFalse();
    assertThat(sub.got).endsWith("t=3 q1 #3");
    sub.session().acknowledged(1);
    assertThat(sub.got).endsWith("t=4 q1 #4");
  }

  @Test
  void dropsByTheStatedPolicyWhenTheQueueIsFull() {
    for (Limits.WhenFull policy : Limits.WhenFull.values()) {
      Stage stage = new Stage(1, limits(1, 2, policy), new MemoryStore());
      Phone sub = stage.phone("sub", 0).connect();
      sub.subscribe("t", QoS.AT_LEAST_ONCE);
      Phone pub = stage.phone("pub", 0).connect();
      for (int i = 1; i <= 5; i++) {
        pub.publish("t", "" + i, QoS.AT_LEAST_ONCE, i);
      }
      for (int i = 1; i <= 3; i++) {
        sub.session().acknowledged(i);
      }
      String second = policy == Limits.WhenFull.DROP_OLDEST ? "t=4" : "t=2";
      String third = policy == Limits.WhenFull.DROP_OLDEST ? "t=5" : "t=3";
      assertThat(sub.got).containsExactly("t=1 q1 #1", second + " q1 #2", third + " q1 #3");
      assertThat(stage.broker.total(Counter.DROPPED_QUEUE_FULL)).isEqualTo(2);
    }
  }

  @Test
  void boundsWhatWaitsForAllSessionsTogether() {
    Limits d = Limits.DEFAULT;
    Limits tight = new Limits(d.topic(), d.sessionsMax(), d.subscriptionsPerSessionMax(), 1, 1_000, d.queueBytesMax(),
        4_000, d.storedMessagesMax(), d.storedBytesMax(), d.outputBytesMax(), d.outputBytesTotalMax(), d.retainedMax(), d.retainedBytesMax(),
        d.sessionExpiryMax(), Limits.WhenFull.DROP_OLDEST);
    Stage stage = new Stage(1, tight, new MemoryStore());
    for (int i = 0; i < 5; i++) {
      stage.phone("sub" + i, 0).connect().subscribe("t", QoS.AT_LEAST_ONCE);
    }
    Phone pub = stage.phone("pub", 0).connect();
    for (int i = 1; i <= 100; i++) {
      pub.publish("t", "payload", QoS.AT_LEAST_ONCE, i);
      assertThat(stage.broker.queuedBytes()).isLessThanOrEqualTo(4_000);
    }
    assertThat(stage.broker.total(Counter.DROPPED_QUEUE_FULL)).isPositive();
    stage.loop(0).sessions().disconnect(_ -> true, SessionEnd.ADMINISTRATIVE, true);
    assertThat(stage.broker.queuedBytes()).as("all is given back").isZero();
  }

  @Test
  void holdsBackFromASlowSocketAndDropsOnlyQos0() {
    Stage stage = new Stage(1);
    Phone sub = stage.phone("sub", 0).connect();
    sub.subscribe("#", QoS.AT_LEAST_ONCE);
    Phone pub = stage.phone("pub", 0).connect();
    sub.unsent = 1 << 20;
    pub.publish("a", "kept", QoS.AT_LEAST_ONCE, 1);
    sub.unsent = 8 << 20;
    pub.publish("b", "dropped", QoS.AT_MOST_ONCE, 0);
    assertThat(sub.got).isEmpty();
    assertThat(stage.broker.total(Counter.DROPPED_SLOW)).isEqualTo(1);
    sub.unsent = 0;
    sub.session().roomAgain();
    assertThat(sub.got).containsExactly("a=kept q1 #1");
  }

  @Test
  void acknowledgesOnlyWhatTheStoreHasKept() {
    Stage.LateStore store = new Stage.LateStore();
    Stage stage = new Stage(1, Limits.DEFAULT, store);
    Phone sub = stage.phone("sub", 0).connectDurably();
    stage.settle();
    store.answer(true);
    sub.subscribe("t", QoS.AT_LEAST_ONCE);
    store.answer(true);
    stage.settle();
    Phone pub = stage.phone("pub", 0).connect();
    assertThat(pub.publish("t", "1", QoS.AT_LEAST_ONCE, 1)).isEqualTo(PublishResult.PENDING);
    stage.settle();
    assertThat(pub.publish("t", "2", QoS.AT_LEAST_ONCE, 2)).isEqualTo(PublishResult.PENDING);
    stage.settle();
    assertThat(pub.answers).isEmpty();
    assertThat(sub.got).as("nothing is delivered before it is stored").isEmpty();
    store.answer(true);
    store.answer(false);
    stage.settle();
    assertThat(pub.answers).containsExactly("#1 ACCEPTED", "#2 STORE_FAILED");
    assertThat(sub.got).containsExactly("t=1 q1 #1");
    assertThat(stage.broker.total(Counter.DROPPED_STORE_FAILED)).isEqualTo(1);
  }

  @Test
  void letsNoMessageOvertakeOneThatWaitsForTheStore() {
    Stage stage = new Stage(1);
    Phone sub = stage.phone("sub", 0).connect();
    sub.subscribe("t", QoS.AT_LEAST_ONCE);
    Phone pub = stage.phone("pub", 0).connect();
    pub.loop.router().publish(pub.session(), Stage.message("t", "1", QoS.AT_LEAST_ONCE, true, pub.id), pub, 1);
    pub.loop.router().publish(pub.session(), Stage.message("t", "2", QoS.AT_LEAST_ONCE, false, pub.id), pub, 2);
    stage.settle();
    assertThat(sub.got).extracting(g -> g.substring(0, 3)).containsExactly("t=1", "t=2");
    assertThat(pub.answers).containsExactly("#1 ACCEPTED", "#2 ACCEPTED");
    assertThat(pub.publish("t", "3", QoS.AT_LEAST_ONCE, 3)).as("nothing waits any more").isEqualTo(PublishResult.ACCEPTED);
  }

  @Test
  void saysSoWhereASubscriptionCouldNotBeStored() {
    Stage.LateStore store = new Stage.LateStore();
    Stage stage = new Stage(1, Limits.DEFAULT, store);
    Phone sub = stage.phone("sub", 0).connectDurably();
    stage.settle();
    store.answer(true);
    List<SubscribeResult> results = sub.subscribe("t", QoS.AT_LEAST_ONCE);
    assertThat(results).isEmpty();
    store.answer(false);
    stage.settle();
    assertThat(results).containsExactly(SubscribeResult.STORE_FAILED);
  }

  @Test
  void stopsReadingWhenTheStoreIsTooFarBehind() {
    Stage stage = new Stage(1, Limits.DEFAULT, new Stage.LateStore());
    Phone pub = stage.phone("pub", 0).connect();
    stage.phone("sub", 0).connectDurably();
    boolean mayRead = true;
    String large = "x".repeat(1 << 20);
    for (int i = 1; i <= 200 && mayRead; i++) {
      pub.loop.router().publish(pub.session(), Stage.message("r", large, QoS.AT_LEAST_ONCE, true, pub.id), pub, i);
      mayRead = stage.loop(0).endCycle();
    }
    assertThat(mayRead).isFalse();
  }

  @Test
  void movesASessionToAnotherLoopWithoutLosingOrReordering() {
    Stage stage = new Stage(3);
    Phone first = stage.phone("roamer", 0).connectDurably();
    first.subscribe("t", QoS.AT_LEAST_ONCE);
    Phone pub = stage.phone("pub", 2).connect();
    pub.publish("t", "1", QoS.AT_LEAST_ONCE, 1);
    stage.settle();
    Phone second = stage.phone("roamer", 1);
    // Asked for, but no mail has moved yet: what is published now is on its way to the old home.
    second.loop.sessions().connect(new ConnectRequest(second.id, Stage.PEER, Principal.ANONYMOUS, false, 3_600, 100,
        Optional.empty(), second));
    for (int i = 2; i <= 30; i++) {
      pub.publish("t", "" + i, QoS.AT_LEAST_ONCE, i);
      stage.step(i % 3);
    }
    stage.settle();
    assertThat(first.got).contains("end TAKEN_OVER");
    assertThat(second.present).isTrue();
    List<String> all = IntStream.rangeClosed(1, 30).mapToObj(i -> "t=" + i).toList();
    List<String> seen = java.util.stream.Stream.concat(
            first.got.stream().filter(g -> g.startsWith("t=") && !second.got.stream()
                .anyMatch(x -> x.split(" ")[0].equals(g.split(" ")[0]))), second.got.stream())
        .map(g -> g.split(" ")[0]).distinct().toList();
    assertThat(seen).isEqualTo(all);
  }

  @Test
  void keepsOrderWhenAMailboxIsFull() {
    Stage stage = new Stage(2);
    Phone sub = stage.phone("sub", 1).connect();
    sub.subscribe("t", QoS.AT_MOST_ONCE);
    Phone pub = stage.phone("pub", 0).connect();
    stage.mailboxMax = 1;
    boolean mayRead = true;
    for (int i = 1; i <= 5; i++) {
      pub.publish("t", "" + i, QoS.AT_MOST_ONCE, 0);
      mayRead &= stage.loop(0).endCycle();
    }
    assertThat(mayRead).isFalse();
    stage.settle();
    assertThat(sub.got).containsExactly("t=1 q0", "t=2 q0", "t=3 q0", "t=4 q0", "t=5 q0");
  }

  @Test
  void publishesAWillUnlessItWasTakenBackOrTheSessionCameBack() {
    Stage stage = new Stage(1);
    Phone watcher = stage.phone("watcher", 0).connect();
    watcher.subscribe("will/#", QoS.AT_MOST_ONCE);
    Will now = new Will(Stage.message("will/now", "x", QoS.AT_MOST_ONCE, false, watcher.id), 0, -1);
    Will later = new Will(Stage.message("will/later", "x", QoS.AT_MOST_ONCE, false, watcher.id), 10, -1);
    stage.phone("a", 0).connect(true, 0, 10, Optional.of(now)).drop(true);
    assertThat(watcher.got).containsExactly("will/now=x q0");
    stage.phone("b", 0).connect(true, 0, 10, Optional.of(now)).drop(false);
    assertThat(watcher.got).hasSize(1);
    stage.phone("c", 0).connect(false, 60, 10, Optional.of(later)).drop(true);
    stage.advance(5);
    assertThat(watcher.got).hasSize(1);
    Phone back = stage.phone("c", 0).connect(false, 60, 10, Optional.of(later));
    stage.advance(60);
    assertThat(watcher.got).as("cancelled by coming back").hasSize(1);
    back.drop(true);
    stage.advance(11);
    assertThat(watcher.got).endsWith("will/later=x q0");
    stage.rules.publish = new Decider.Decision.Deny("rule");
    stage.phone("d", 0).connect(true, 0, 10, Optional.of(now)).drop(true);
    assertThat(watcher.got).as("denied when it fires").hasSize(2);
  }

  @Test
  void endsASessionWhenItsTimeIsOver() {
    Stage stage = new Stage(1);
    Phone sub = stage.phone("sub", 0).connect(false, 30, 10, Optional.empty());
    sub.subscribe("t", QoS.AT_LEAST_ONCE);
    sub.drop(false);
    stage.advance(29);
    assertThat(stage.broker.sessionCount()).isEqualTo(1);
    stage.advance(2);
    assertThat(stage.broker.sessionCount()).isZero();
    assertThat(stage.broker.subscriptionCount()).isZero();
    assertThat(stage.broker.total(Counter.SESSIONS_EXPIRED)).isEqualTo(1);
  }

  @Test
  void asksAgainWhenTheRulesHaveChanged() {
    Stage stage = new Stage(1);
    Phone sub = stage.phone("sub", 0).connect();
    sub.subscribe("t", QoS.AT_MOST_ONCE);
    Phone pub = stage.phone("pub", 0).connect();
    pub.publish("t", "1", QoS.AT_MOST_ONCE, 0);
    int asked = stage.rules.asked;
    pub.publish("t", "2", QoS.AT_MOST_ONCE, 0);
    stage.rules.deliver = new Decider.Decision.Deny("later");
    stage.rules.generation++;
    pub.publish("t", "3", QoS.AT_MOST_ONCE, 0);
    assertThat(sub.got).hasSizeLessThanOrEqualTo(2);
    assertThat(sub.got).doesNotContain("t=3 q0");
    assertThat(stage.rules.asked).isGreaterThan(asked);
  }

  @Test
  void modifiesAndDelaysAsTheDeciderSays() {
    Stage stage = new Stage(1);
    Phone sub = stage.phone("sub", 0).connect();
    sub.subscribe("#", QoS.AT_LEAST_ONCE);
    Phone pub = stage.phone("pub", 0).connect();
    stage.rules.publish =
        new Decider.Decision.Modify(Stage.message("t", "changed", QoS.AT_LEAST_ONCE, false, pub.id));
    pub.publish("t", "1", QoS.AT_LEAST_ONCE, 1);
    assertThat(sub.got).containsExactly("t=changed q1 #1");
    stage.rules.publish = new Decider.Decision.Delay(Duration.ofSeconds(3));
    assertThat(pub.publish("t", "2", QoS.AT_LEAST_ONCE, 2)).isEqualTo(PublishResult.PENDING);
    stage.advance(2);
    assertThat(sub.got).hasSize(1);
    stage.advance(2);
    assertThat(sub.got).endsWith("t=2 q1 #2");
    assertThat(pub.answers).containsExactly("#2 ACCEPTED");
    pub.publish("t", "3", QoS.AT_LEAST_ONCE, 3);
    stage.rules.publish = new Decider.Decision.Deny("revoked meanwhile");
    stage.advance(4);
    assertThat(pub.answers).endsWith("#3 NOT_AUTHORIZED");
    assertThat(sub.got).hasSize(2);
  }

  @Test
  void handsASharedMessageOnWhenItsReceiverIsGone() {
    Stage stage = new Stage(2);
    Phone a = stage.phone("a", 0).connect();
    a.subscribe("$share/g/t", QoS.AT_LEAST_ONCE);
    Phone b = stage.phone("b", 1).connect();
    b.subscribe("$share/g/t", QoS.AT_LEAST_ONCE);
    Phone pub = stage.phone("pub", 0).connect();
    for (int i = 1; i <= 4; i++) {
      pub.publish("t", "" + i, QoS.AT_LEAST_ONCE, i);
    }
    stage.settle();
    assertThat(a.got).hasSize(2);
    assertThat(b.got).hasSize(2);
    a.drop(false);
    assertThat(b.got).as("unacknowledged ones go to the other").hasSize(4);
  }

  @Test
  void replaysRetainedMessagesAtTheReceiversPace() {
    Stage stage = new Stage(1);
    Phone pub = stage.phone("pub", 0).connect();
    for (int i = 0; i < 50; i++) {
      pub.loop.router().publish(pub.session(),
          Stage.message("r/" + i, "v", QoS.AT_LEAST_ONCE, true, pub.id), pub, i + 1);
    }
    stage.settle();
    Phone sub = stage.phone("sub", 0).connect(true, 0, 3, Optional.empty());
    sub.subscribe("r/#", QoS.AT_LEAST_ONCE);
    assertThat(sub.got).hasSize(3).allMatch(g -> g.contains("retain"));
    for (int id = 1; id <= 50; id++) {
      assertThat(sub.session().acknowledged(id)).isTrue();
    }
    assertThat(sub.got).hasSize(50).doesNotHaveDuplicates();
  }

  @Test
  void forgetsTheSessionOfADeviceThatIsNoLongerTrusted() {
    Stage stage = new Stage(2);
    Will will = new Will(Stage.message("will", "x", QoS.AT_MOST_ONCE, false, new ClientId("x")), 0, -1);
    Phone watcher = stage.phone("watcher", 1).connect();
    watcher.subscribe("will", QoS.AT_MOST_ONCE);
    Phone bad = stage.phone("bad", 0).connect(false, 600, 10, Optional.of(will));
    int ended = stage.loop(0).sessions()
        .disconnect(s -> s.principal().device().equals("bad"), SessionEnd.REVOKED, true);
    stage.settle();
    assertThat(ended).isEqualTo(1);
    assertThat(bad.got).containsExactly("end REVOKED");
    assertThat(watcher.got).as("its will is not sent").isEmpty();
    assertThat(stage.broker.sessionCount()).isEqualTo(1);
  }

  @Test
  void survivesADefectOfItsOwnInOneSession() {
    Stage stage = new Stage(1);
    Phone broken = stage.new Phone("broken", 0) {
      @Override
      public boolean publish(Message m, QoS qos, boolean dup, boolean retain, int packetId, int[] ids) {
        throw new AssertionError("a defect");
      }
    };
    broken.connect();
    broken.subscribe("t", QoS.AT_MOST_ONCE);
    Phone fine = stage.phone("fine", 0).connect();
    fine.subscribe("t", QoS.AT_MOST_ONCE);
    Phone pub = stage.phone("pub", 0).connect();
    assertThatNoException().isThrownBy(() -> pub.publish("t", "1", QoS.AT_MOST_ONCE, 0));
    assertThat(fine.got).containsExactly("t=1 q0");
    assertThat(broken.got).containsExactly("end ADMINISTRATIVE");
  }

  @Test
  void dropsWhatExpiredWhileItWaited() {
    Stage stage = new Stage(1);
    Phone sub = stage.phone("sub", 0).connectDurably();
    sub.subscribe("t", QoS.AT_LEAST_ONCE);
    sub.drop(false);
    Phone pub = stage.phone("pub", 0).connect();
    pub.loop.router().publish(pub.session(), new Message(TopicName.of("t"), Bytes.utf8("short"), QoS.AT_LEAST_ONCE,
        false, MessageProperties.NONE, 5_000, pub.id), pub, 1);
    pub.publish("t", "long", QoS.AT_LEAST_ONCE, 2);
    stage.settle();
    stage.advance(6);
    Phone back = stage.phone("sub", 0).connectDurably();
    assertThat(back.got).containsExactly("t=long q1 #2");
  }
}

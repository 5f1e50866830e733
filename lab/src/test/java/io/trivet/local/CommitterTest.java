package io.trivet.local;

import static io.trivet.local.StoreContract.A;
import static io.trivet.local.StoreContract.B;
import static io.trivet.local.StoreContract.append;
import static io.trivet.local.StoreContract.message;
import static io.trivet.local.StoreContract.retained;
import static io.trivet.local.StoreContract.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.broker.ClientId;
import io.trivet.broker.InboxEntry;
import io.trivet.broker.Limits;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.QoS;
import io.trivet.broker.StoreBatch;
import io.trivet.broker.StoreBatch.Outcome;
import io.trivet.broker.StoreBatch.ReadResult;
import io.trivet.broker.StoreOp;
import io.trivet.broker.SubscriptionFilter;
import io.trivet.broker.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What becomes of batches while the disk fails, and what is left of what was removed.
@NullMarked
class CommitterTest {
  private final SimulatedEngine engine = new SimulatedEngine();
  private SteppedStore store = new SteppedStore(engine);

  @BeforeEach
  void begin() {
    store.recover(new Recovered());
    commit(session(A), session(B));
  }

  private StoreBatch hand(StoreOp... ops) {
    StoreBatch b = new StoreBatch();
    List.of(ops).forEach(b::add);
    store.commit(b, _ -> {});
    return b;
  }

  private void commit(StoreOp... ops) {
    assertThat(hand(ops).outcome()).isEqualTo(Outcome.KEPT);
  }

  private ReadResult read(long session) {
    List<ReadResult> answer = new ArrayList<>();
    StoreBatch b = new StoreBatch();
    b.read(new StoreBatch.Read(session, 0, 100_000, Long.MAX_VALUE, answer::add));
    store.commit(b, _ -> {});
    return answer.getFirst();
  }

  private List<String> texts(long session) {
    return read(session).messages().stream().map(m -> m.message().payload().asUtf8()).toList();
  }

  private Recovered restart() {
    engine.kill();
    store = new SteppedStore(engine);
    Recovered r = new Recovered();
    store.recover(r);
    return r;
  }

  private static StoreOp.PutSubscription subscription(String filter, int id) {
    return new StoreOp.PutSubscription(A, SubscriptionFilter.of(filter), QoS.AT_LEAST_ONCE, false, false, id);
  }

  // --- outcomes that are unknown --------------------------------------------------------------------------------------

  @Test
  void answersAsKeptWhatAFailedWriteWroteAllTheSame() {
    engine.fault(SimulatedEngine.Fault.FAILS_AFTER);
    StoreOp.Append a = append("x", A, B);
    commit(a);
    assertThat(a.seq(0)).isEqualTo(0);
    assertThat(texts(A)).containsExactly("x");
    assertThat(store.heard).isEmpty();
    assertThat(store.reopened).isEqualTo(1);
    commit(append("y", A));
    assertThat(texts(A)).containsExactly("x", "y");
    restart();
    assertThat(texts(A)).containsExactly("x", "y");
  }

  @Test
  void writesAgainWhatAFailedWriteDidNotWrite() {
    engine.fault(SimulatedEngine.Fault.FAILS_BEFORE);
    commit(append("x", A, B), new StoreOp.PutReceived(A, 1, Optional.empty()));
    assertThat(texts(A)).containsExactly("x");
    assertThat(texts(B)).containsExactly("x");
    assertThat(store.heard).isEmpty();
    assertThat(restart().received).hasSize(1);
  }

  @Test
  void answersNothingWhileItIsUnknown() {
    engine.dead(true);
    StoreBatch b = hand(append("x", A));
    store.pass(SteppedStore.PATIENCE_MILLIS - 200);
    assertThat(b.outcome()).isEqualTo(Outcome.PENDING);
    engine.dead(false);
    store.pass(500);
    assertThat(b.outcome()).isEqualTo(Outcome.KEPT);
    assertThat(store.heard).isEmpty();
  }

  // --- outages --------------------------------------------------------------------------------------------------------

  @Test
  void tellsThatNothingIsKeptOnceItsPatienceIsOver() {
    commit(append("w", A));
    engine.dead(true);
    StoreBatch first = hand(append("x", A));
    store.pass(SteppedStore.PATIENCE_MILLIS + 100);
    assertThat(first.outcome()).isEqualTo(Outcome.FAILED);
    StoreBatch second = hand(append("y", A));
    assertThat(second.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(store.heard).containsExactly("fails");
    engine.dead(false);
    store.pass(1_500);
    assertThat(store.heard).containsExactly("fails", "works again");
    assertThat(store.reopened).isEqualTo(1);
    commit(append("z", A));
    assertThat(texts(A)).containsExactly("w", "z");
  }

  @Test
  void answersReadsAlsoOfBatchesThatFail() {
    engine.dead(true);
    hand(append("x", A));
    store.pass(SteppedStore.PATIENCE_MILLIS + 100);
    List<ReadResult> answer = new ArrayList<>();
    StoreBatch b = new StoreBatch();
    b.read(new StoreBatch.Read(A, 0, 10, 1_000, answer::add));
    store.commit(b, _ -> {});
    assertThat(answer).extracting(ReadResult::failed).containsExactly(true);
  }

  @Test
  void takesBackAGroupThatWasReportedAsFailedAndIsOnDisk() {
    commit(append("w", A), subscription("old", 1), retained("t", "before", 1), retained("gone", "x", 1));
    long bytes = store.ledger.last().bytes();
    engine.fault(SimulatedEngine.Fault.FAILS_AFTER);
    store.hold = true;
    StoreOp.Append a = append("x", A, B);
    StoreBatch b = hand(a, append("only A", A), new StoreOp.PutReceived(A, 5, Optional.of(a)),
        subscription("old", 2), subscription("new", 3),
        new StoreOp.PutRetained(message("t", "after"), 2, Optional.of(a)),
        new StoreOp.PutRetained(message("u", "after"), 3, Optional.of(a)),
        new StoreOp.PutRetained(message("gone", ""), 4, Optional.of(a)));
    store.committer.step(store.now);
    engine.dead(true);
    store.hold = false;
    store.pass(SteppedStore.PATIENCE_MILLIS + 100);
    assertThat(b.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(engine.count(Family.MESSAGES)).as("it is on disk").isEqualTo(1);
    engine.dead(false);
    store.pass(1_500);
    assertThat(texts(A)).containsExactly("w");
    assertThat(texts(B)).isEmpty();
    assertThat(engine.count(Family.MESSAGES)).isZero();
    assertThat(store.ledger.last().messages()).isEqualTo(1);
    assertThat(store.ledger.last().bytes()).isEqualTo(bytes);
    Recovered r = restart();
    assertThat(r.received).isEmpty();
    assertThat(r.subscriptions).containsExactly(subscription("old", 1));
    assertThat(r.retained).containsExactlyInAnyOrder("t=before@1", "gone=x@1");
  }

  @Test
  void givesNoNumberTwiceThatAFailedGroupHadGiven() {
    StoreOp.Append lost = append("x", A);
    store.hold = true;
    hand(lost);
    engine.fault(SimulatedEngine.Fault.FAILS_AFTER);
    store.committer.step(store.now);
    engine.dead(true);
    store.hold = false;
    store.pass(SteppedStore.PATIENCE_MILLIS + 100);
    engine.dead(false);
    store.pass(1_500);
    StoreOp.Append next = append("y", A);
    commit(next);
    assertThat(next.seq(0)).isEqualTo(1);
    assertThat(read(A).upTo()).isEqualTo(1);
  }

  @Test
  void carriesOverWhatPromisesNothing() {
    commit(append("x", A), append("y", A), append("z", B), subscription("f", 1),
        new StoreOp.PutReceived(A, 5, Optional.empty()));
    engine.dead(true);
    StoreBatch held = hand(new StoreOp.Remove(A, 0), append("lost", A));
    store.pass(SteppedStore.PATIENCE_MILLIS + 100);
    StoreBatch later = hand(new StoreOp.RemoveSession(B), new StoreOp.RemoveReceived(A, 5),
        new StoreOp.RemoveSubscription(A, SubscriptionFilter.of("f")), session(3), append("lost too", A));
    assertThat(held.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(later.outcome()).isEqualTo(Outcome.FAILED);
    engine.dead(false);
    store.pass(1_500);
    assertThat(texts(A)).containsExactly("y");
    assertThat(texts(B)).isEmpty();
    Recovered r = restart();
    assertThat(r.sessions).containsExactlyInAnyOrder(session(A), session(3));
    assertThat(r.received).isEmpty();
    assertThat(r.subscriptions).isEmpty();
  }

  @Test
  void carriesOverInOrderHoweverMuchItIs() {
    engine.dead(true);
    hand(append("x", A));
    store.pass(SteppedStore.PATIENCE_MILLIS + 100);
    for (int i = 0; i < 25_000; i++) {
      hand(new StoreOp.PutSession(A, new ClientId("client-1"), "", 1, i));
    }
    engine.dead(false);
    store.now += 1_500;
    store.hold = true;
    hand(new StoreOp.PutSession(A, new ClientId("client-1"), "", 1, 7_777_777));
    engine.fault(SimulatedEngine.Fault.FAILS_BEFORE); // fails once more, in the middle of it
    store.hold = false;
    store.pass(3_000);
    assertThat(restart().sessions).contains(new StoreOp.PutSession(A, new ClientId("client-1"), "", 1, 7_777_777));
  }

  @Test
  void goesOnWhenTheDiskCannotBeReadForAWhile() {
    commit(append("x", A));
    restart();
    engine.unreadable(true);
    StoreBatch b = hand(append("y", A));
    assertThat(b.outcome()).isEqualTo(Outcome.PENDING);
    engine.unreadable(false);
    store.pass(500);
    assertThat(b.outcome()).isEqualTo(Outcome.KEPT);
    assertThat(texts(A)).containsExactly("x", "y");
  }

  // --- room -----------------------------------------------------------------------------------------------------------

  @Test
  void takesNothingNewWhileTheDiskIsNearlyFullButMakesRoom() {
    commit(append("x", A), append("y", A));
    engine.usable(SteppedStore.RESERVE_BYTES - 1);
    StoreBatch mixed = hand(append("z", A), new StoreOp.Remove(A, 0));
    assertThat(mixed.outcome()).isEqualTo(Outcome.FULL);
    assertThat(hand(new StoreOp.Remove(A, 1)).outcome()).isEqualTo(Outcome.KEPT);
    assertThat(hand(subscription("f", 1)).outcome()).isEqualTo(Outcome.FULL);
    assertThat(texts(A)).isEmpty();
    engine.usable(1L << 40);
    commit(append("w", A));
    assertThat(texts(A)).containsExactly("w");
  }

  @Test
  void saysThatThereIsNoRoomWhereThatIsWhyWritesFail() {
    engine.fault(SimulatedEngine.Fault.FULL);
    store.hold = true;
    StoreBatch b = hand(append("x", A));
    store.committer.step(store.now);
    engine.dead(true);
    store.hold = false;
    store.pass(SteppedStore.PATIENCE_MILLIS + 100);
    assertThat(b.outcome()).isEqualTo(Outcome.OUT_OF_SPACE);
  }

  // --- defects and damage ---------------------------------------------------------------------------------------------

  @Test
  void answersTheOthersWhenOneAnswerThrows() {
    store.hold = true;
    StoreBatch first = new StoreBatch();
    first.add(append("x", A));
    store.commit(first, _ -> {
      throw new IllegalStateException("a defect, for the test");
    });
    StoreBatch second = hand(append("y", A));
    store.hold = false;
    store.run();
    assertThat(second.outcome()).isEqualTo(Outcome.KEPT);
    assertThat(texts(A)).containsExactly("x", "y");
  }

  @Test
  void goesOnAfterADefectOfItsOwn() {
    StoreBatch broken = hand(new StoreOp.Append(message("x"), List.of(new InboxEntry(A, QoS.AT_LEAST_ONCE, false,
        nullIds(), ""))));
    store.pass(1_500);
    assertThat(broken.outcome()).isEqualTo(Outcome.FAILED);
    commit(append("y", A));
    assertThat(texts(A)).containsExactly("y");
  }

  @SuppressWarnings("NullAway") // what a defect might leave
  private static int[] nullIds() {
    return null;
  }

  @Test
  void namesADamagedEntryAndReadsTheRest() {
    commit(append("x", A));
    engine.damage(Family.INBOXES, new Random(1));
    commit(append("y", A));
    assertThat(texts(A)).containsExactly("y");
    assertThat(store.heard).hasSize(1);
    assertThat(store.heard.getFirst()).startsWith("damaged:").contains("inboxes/00000000000000010000000000000000");
  }

  @Test
  void removesAndDropsADamagedEntryWithoutStopping() {
    commit(append("x", A));
    restart();
    engine.damage(Family.INBOXES, new Random(1));
    store.limits(StoreContract.limits(1, 1 << 20, Limits.WhenFull.DROP_OLDEST));
    commit(append("y", A));
    assertThat(texts(A)).containsExactly("y");
    assertThat(store.heard).isNotEmpty().allMatch(h -> h.startsWith("damaged:"));
  }

  @Test
  void keepsASharedMessageWhoseCountIsDamaged() {
    commit(session(3));
    commit(append("x", A, B, 3));
    commit(new StoreOp.Remove(A, 0));
    restart();
    engine.damage(Family.REFERENCES, new Random(1));
    commit(new StoreOp.Remove(B, 0));
    assertThat(store.heard).hasSize(1).first().asString().startsWith("damaged:").contains("references/");
    assertThat(texts(3)).containsExactly("x");
  }

  // --- what is left ---------------------------------------------------------------------------------------------------

  private void assertEmpty(Family... families) {
    for (Family f : families) {
      assertThat(engine.count(f)).as(f.toString()).isZero();
    }
  }

  @Test
  void freesAMessageOnceNoInboxHoldsIt() {
    commit(session(3));
    commit(append("x", A, B, 3));
    assertThat(engine.count(Family.MESSAGES)).isEqualTo(1);
    assertEmpty(Family.REFERENCES);
    commit(new StoreOp.Remove(A, 0));
    restart();
    commit(new StoreOp.Remove(B, 0));
    assertThat(engine.count(Family.MESSAGES)).isEqualTo(1);
    assertThat(texts(3)).containsExactly("x");
    commit(new StoreOp.Remove(3, 0));
    assertEmpty(Family.MESSAGES, Family.REFERENCES);
    assertThat(texts(A)).as("touched since the restart").isEmpty();
    store.pass(2_000);
    assertEmpty(Family.INBOXES);
    assertThat(store.ledger.last().messages()).isZero();
  }

  @Test
  void keepsAMessageOfOneInboxInTheInbox() {
    commit(append("x", A, 99));
    assertEmpty(Family.MESSAGES);
    assertThat(texts(A)).containsExactly("x");
  }

  @Test
  void leavesNothingOfASessionThatEndsInTheGroupItWasFilledIn() {
    store.hold = true;
    hand(append(expiring("x", 5_000_000), A), append("y", A, B), subscription("f", 1),
        new StoreOp.PutReceived(A, 5, Optional.empty()));
    hand(new StoreOp.RemoveSession(A));
    hand(new StoreOp.RemoveSession(B));
    store.hold = false;
    store.run();
    assertEmpty(Family.INBOXES, Family.MESSAGES, Family.REFERENCES, Family.EXPIRIES, Family.SUBSCRIPTIONS,
        Family.RECEIVED, Family.DOOMED, Family.SESSIONS);
    assertThat(store.ledger.last().messages()).isZero();
    assertThat(store.ledger.last().bytes()).isZero();
  }

  @Test
  void goesOnEmptyingAnInboxAfterARestartAndAfterAFailure() {
    fill(2_000);
    store.hold = true;
    hand(new StoreOp.RemoveSession(A));
    store.committer.step(store.now);
    store.committer.step(store.now);
    assertThat(engine.count(Family.INBOXES)).isBetween(1, 1_999);
    engine.kill();
    store = new SteppedStore(engine);
    store.recover(new Recovered());
    assertThat(texts(A)).isEmpty();
    store.hold = true;
    engine.fault(SimulatedEngine.Fault.FAILS_BEFORE);
    store.committer.step(store.now);
    store.hold = false;
    store.pass(1_000);
    assertEmpty(Family.INBOXES, Family.DOOMED);
    assertThat(store.ledger.last().messages()).isZero();
  }

  private void fill(int messages) {
    StoreBatch b = new StoreBatch();
    for (int i = 0; i < messages; i++) {
      b.add(append("m" + i, A));
    }
    store.commit(b, _ -> {});
  }

  private static Message expiring(String text, long atMillis) {
    return new Message(TopicName.of("a"), Bytes.utf8(text), QoS.AT_LEAST_ONCE, false, MessageProperties.NONE, atMillis,
        new ClientId("publisher"));
  }

  private static StoreOp.Append expiring(String text, long atMillis, long session) {
    return new StoreOp.Append(expiring(text, atMillis),
        List.of(new InboxEntry(session, QoS.AT_LEAST_ONCE, false, new int[0], "")));
  }

  @Test
  void removesWhatExpiresWhileNobodyIsThere() {
    commit(new StoreOp.PutSession(B, new ClientId("client-2"), "", 1, StoreOp.CONNECTED));
    for (int i = 0; i < 600; i++) {
      hand(expiring("first in line, and left to its session", store.now + 1_000, B));
    }
    commit(expiring("soon", store.now + 2_000, A), expiring("later", store.now + 1_000_000, A), append("never", A));
    store.pass(20_000);
    assertThat(texts(A)).containsExactly("later", "never");
    assertThat(read(B).messages()).hasSize(600);
    assertThat(store.ledger.expired()).isEqualTo(1);
    commit(new StoreOp.Remove(A, 1));
    commit(new StoreOp.PutSession(B, new ClientId("client-2"), "", 1, store.now));
    store.pass(20_000);
    assertEmpty(Family.EXPIRIES);
    assertThat(read(B).messages()).isEmpty();
    assertThat(store.ledger.last().messages()).isEqualTo(1);
  }
}

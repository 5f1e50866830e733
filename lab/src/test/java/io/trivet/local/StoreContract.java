package io.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.broker.ClientId;
import io.trivet.broker.InboxEntry;
import io.trivet.broker.Limits;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.QoS;
import io.trivet.broker.Store;
import io.trivet.broker.StoreBatch;
import io.trivet.broker.StoreBatch.Outcome;
import io.trivet.broker.StoreBatch.ReadResult;
import io.trivet.broker.StoreOp;
import io.trivet.broker.StoredMessage;
import io.trivet.broker.SubscriptionFilter;
import io.trivet.broker.TopicName;
import io.trivet.broker.Will;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every [Store] keeps to.
@NullMarked
abstract class StoreContract {
  static final long A = 1;
  static final long B = 2;
  static final long NOBODY = 77;

  Store store;

  /// A new one that keeps nothing.
  abstract Store create() throws IOException;

  /// The same after the server was stopped and started; not yet recovered.
  abstract Store restart() throws IOException;

  abstract void end() throws IOException;

  @BeforeEach
  void begin() throws IOException {
    store = create();
    store.recover(new Recovered());
    store.limits(limits(100, 1 << 20, Limits.WhenFull.DROP_OLDEST));
  }

  @AfterEach
  void finish() throws IOException {
    end();
  }

  Recovered restarted() throws IOException {
    store = restart();
    Recovered r = new Recovered();
    store.recover(r);
    store.limits(limits(100, 1 << 20, Limits.WhenFull.DROP_OLDEST));
    return r;
  }

  // --- words ----------------------------------------------------------------------------------------------------------

  static Limits limits(int messages, long bytes, Limits.WhenFull whenFull) {
    return limits(messages, bytes, 1_000_000, 1L << 40, whenFull);
  }

  static Limits limits(int messages, long bytes, int all, long allBytes, Limits.WhenFull whenFull) {
    Limits d = Limits.DEFAULT;
    return new Limits(d.topic(), d.sessionsMax(), d.subscriptionsPerSessionMax(), d.inflightMax(), messages, bytes,
        1L << 40, all, allBytes, d.outputBytesMax(), d.outputBytesTotalMax(), d.retainedMax(), d.retainedBytesMax(),
        d.sessionExpiryMax(), whenFull);
  }

  static StoreOp.PutSession session(long n) {
    return new StoreOp.PutSession(n, new ClientId("client-" + n), "device-" + n, 3_600, 1_000 + n);
  }

  static Message message(String text) {
    return message("a/b", text);
  }

  static Message message(String topic, String text) {
    return new Message(TopicName.of(topic), Bytes.utf8(text), QoS.EXACTLY_ONCE, false, MessageProperties.NONE,
        Message.NEVER, new ClientId("publisher"));
  }

  static InboxEntry to(long session) {
    return new InboxEntry(session, QoS.EXACTLY_ONCE, false, new int[0], "");
  }

  static StoreOp.Append append(String text, long... sessions) {
    return append(message(text), sessions);
  }

  static StoreOp.Append append(Message m, long... sessions) {
    return new StoreOp.Append(m, Arrays.stream(sessions).mapToObj(StoreContract::to).toList());
  }

  static StoreOp.PutRetained retained(String topic, String text, long number) {
    return new StoreOp.PutRetained(message(topic, text), number, Optional.empty());
  }

  Outcome commit(StoreOp... ops) {
    StoreBatch b = new StoreBatch();
    List.of(ops).forEach(b::add);
    return commit(b);
  }

  Outcome commit(StoreBatch b) {
    CompletableFuture<StoreBatch> done = new CompletableFuture<>();
    if (store.commit(b, done::complete)) {
      done.complete(b);
    }
    return await(done).outcome();
  }

  static <T> T await(CompletableFuture<T> f) {
    return f.orTimeout(20, TimeUnit.SECONDS).join();
  }

  StoreOp.Append keep(String text, long... sessions) {
    StoreOp.Append a = append(text, sessions);
    assertThat(commit(a)).isEqualTo(Outcome.KEPT);
    return a;
  }

  ReadResult read(long session, long from, int messagesMax, long bytesMax) {
    StoreBatch b = new StoreBatch();
    CompletableFuture<ReadResult> done = new CompletableFuture<>();
    b.read(new StoreBatch.Read(session, from, messagesMax, bytesMax, done::complete));
    commit(b);
    return await(done);
  }

  ReadResult all(long session) {
    return read(session, 0, 10_000, Long.MAX_VALUE);
  }

  List<String> texts(long session) {
    return all(session).messages().stream().map(m -> m.seq() + "=" + m.message().payload().asUtf8()).toList();
  }

  static List<Long> seqs(ReadResult r) {
    return r.messages().stream().map(StoredMessage::seq).toList();
  }

  // --- inboxes --------------------------------------------------------------------------------------------------------

  @Test
  void numbersWhatIsAppendedToAnInboxInOrder() {
    commit(session(A), session(B));
    StoreOp.Append first = append("x", A);
    StoreOp.Append second = append("y", A, B);
    commit(first, second);
    StoreOp.Append third = keep("z", B);
    assertThat(first.seq(0)).isEqualTo(0);
    assertThat(second.seq(0)).isEqualTo(1);
    assertThat(second.seq(1)).isEqualTo(0);
    assertThat(third.seq(0)).isEqualTo(1);
    assertThat(texts(A)).containsExactly("0=x", "1=y");
    assertThat(texts(B)).containsExactly("0=y", "1=z");
  }

  @Test
  void keepsTheNumbersGoingWhenAnInboxIsEmptied() {
    commit(session(A));
    keep("x", A);
    commit(new StoreOp.Remove(A, 0));
    assertThat(texts(A)).isEmpty();
    assertThat(keep("y", A).seq(0)).isEqualTo(1);
  }

  @Test
  void readsFromANumberOn() {
    commit(session(A));
    for (int i = 0; i < 5; i++) {
      keep("m" + i, A);
    }
    ReadResult r = read(A, 2, 10, 1 << 20);
    assertThat(seqs(r)).containsExactly(2L, 3L, 4L);
    assertThat(r.upTo()).isGreaterThanOrEqualTo(4);
    assertThat(r.more()).isFalse();
    assertThat(r.failed()).isFalse();
  }

  @Test
  void readsNoMoreMessagesThanAskedFor() {
    commit(session(A));
    for (int i = 0; i < 5; i++) {
      keep("m" + i, A);
    }
    ReadResult r = read(A, 1, 2, 1 << 20);
    assertThat(seqs(r)).containsExactly(1L, 2L);
    assertThat(r.upTo()).isEqualTo(2);
    assertThat(r.more()).isTrue();
  }

  @Test
  void readsNoMoreBytesThanAskedForButAlwaysTheFirst() {
    commit(session(A));
    for (int i = 0; i < 3; i++) {
      keep("m" + i, A);
    }
    ReadResult r = read(A, 0, 10, 1);
    assertThat(seqs(r)).containsExactly(0L);
    assertThat(r.upTo()).isEqualTo(0);
    assertThat(r.more()).isTrue();
    assertThat(seqs(read(A, 0, 10, message("m0").weight() * 2L))).containsExactly(0L, 1L);
  }

  @Test
  void saysUpToWhichNumberARemovedTailIsKnown() {
    commit(session(A));
    for (int i = 0; i < 4; i++) {
      keep("m" + i, A);
    }
    commit(new StoreOp.Remove(A, 2), new StoreOp.Remove(A, 3));
    ReadResult r = all(A);
    assertThat(seqs(r)).containsExactly(0L, 1L);
    assertThat(r.upTo()).isEqualTo(3);
    assertThat(r.more()).isFalse();
  }

  @Test
  void readsPastGaps() {
    commit(session(A));
    for (int i = 0; i < 5; i++) {
      keep("m" + i, A);
    }
    commit(new StoreOp.Remove(A, 0), new StoreOp.Remove(A, 2));
    assertThat(seqs(all(A))).containsExactly(1L, 3L, 4L);
    ReadResult one = read(A, 0, 1, 1 << 20);
    assertThat(seqs(one)).containsExactly(1L);
    assertThat(one.upTo()).isBetween(1L, 2L);
    assertThat(one.more()).isTrue();
  }

  @Test
  void readsNothingOfASessionItDoesNotKnow() {
    ReadResult r = read(NOBODY, 5, 10, 1 << 20);
    assertThat(r.messages()).isEmpty();
    assertThat(r.upTo()).isEqualTo(4);
    assertThat(r.more()).isFalse();
    assertThat(r.failed()).isFalse();
  }

  @Test
  void readsWhatTheSameBatchAppended() {
    commit(session(A));
    StoreBatch b = new StoreBatch();
    CompletableFuture<ReadResult> done = new CompletableFuture<>();
    b.read(new StoreBatch.Read(A, 0, 10, 1 << 20, done::complete));
    b.add(append("x", A));
    commit(b);
    assertThat(seqs(await(done))).containsExactly(0L);
  }

  @Test
  void appendsNothingToASessionItDoesNotKnow() {
    commit(session(A));
    StoreOp.Append a = keep("x", NOBODY, A);
    assertThat(a.seq(0)).isEqualTo(StoreOp.Append.DROPPED);
    assertThat(a.seq(1)).isEqualTo(0);
    assertThat(texts(A)).containsExactly("0=x");
  }

  @Test
  void removesTwiceAsOnce() {
    commit(session(A), session(B));
    keep("x", A, B);
    keep("y", A, B);
    commit(new StoreOp.Remove(A, 0), new StoreOp.Remove(A, 0));
    commit(new StoreOp.Remove(A, 0), new StoreOp.Remove(A, 99), new StoreOp.Remove(NOBODY, 0));
    assertThat(texts(A)).containsExactly("1=y");
    assertThat(texts(B)).containsExactly("0=x", "1=y");
  }

  @Test
  void remembersForWhichMessagesPubRecCame() {
    commit(session(A));
    keep("x", A);
    keep("y", A);
    commit(new StoreOp.Release(A, 1), new StoreOp.Release(A, 5), new StoreOp.Release(NOBODY, 0));
    assertThat(all(A).messages()).extracting(StoredMessage::released).containsExactly(false, true);
    commit(new StoreOp.Remove(A, 1));
    assertThat(texts(A)).containsExactly("0=x");
  }

  @Test
  void keepsAMessageWithAllItSays() throws IOException {
    InboxEntry entry = new InboxEntry(A, QoS.AT_LEAST_ONCE, true, new int[] {1, 268_435_455}, "$share/g/a/#");
    commit(session(A), session(B), new StoreOp.Append(Samples.full(), List.of(entry)),
        new StoreOp.Append(Samples.full(), List.of(entry, to(B))));
    for (int round = 0; round < 2; round++) {
      ReadResult r = all(A);
      assertThat(r.messages()).hasSize(2);
      for (StoredMessage m : r.messages()) {
        Samples.assertSame(m.message(), Samples.full());
        Samples.assertSame(m.entry(), entry);
      }
      Samples.assertSame(all(B).messages().getFirst().message(), Samples.full());
      restarted();
    }
  }

  // --- limits ---------------------------------------------------------------------------------------------------------

  @Test
  void dropsTheOldestWhenAnInboxIsFull() {
    store.limits(limits(3, 1 << 20, Limits.WhenFull.DROP_OLDEST));
    commit(session(A));
    int dropped = 0;
    for (int i = 0; i < 10; i++) {
      dropped += keep("m" + i, A).dropped();
    }
    assertThat(dropped).isEqualTo(7);
    assertThat(texts(A)).containsExactly("7=m7", "8=m8", "9=m9");
  }

  @Test
  void dropsTheOldestAlsoWithinOneBatch() {
    store.limits(limits(3, 1 << 20, Limits.WhenFull.DROP_OLDEST));
    commit(session(A), session(B));
    StoreBatch b = new StoreBatch();
    for (int i = 0; i < 10; i++) {
      b.add(append("m" + i, A, B));
    }
    commit(b);
    assertThat(texts(A)).containsExactly("7=m7", "8=m8", "9=m9");
    assertThat(texts(B)).isEqualTo(texts(A));
  }

  @Test
  void neverDropsWhatPubRecCameFor() {
    store.limits(limits(3, 1 << 20, Limits.WhenFull.DROP_OLDEST));
    commit(session(A));
    keep("m0", A);
    keep("m1", A);
    keep("m2", A);
    keep("m3", A); // drops m0, and may look ahead
    commit(new StoreOp.Release(A, 1));
    keep("m4", A);
    keep("m5", A);
    assertThat(texts(A)).containsExactly("1=m1", "4=m4", "5=m5");
    commit(new StoreOp.Release(A, 4), append("m6", A));
    assertThat(texts(A)).containsExactly("1=m1", "4=m4", "6=m6");
    commit(new StoreOp.Release(A, 6));
    StoreOp.Append none = keep("m7", A);
    assertThat(none.seq(0)).isEqualTo(StoreOp.Append.DROPPED);
  }

  @Test
  void dropsTheNewestWhenAnInboxIsFull() {
    store.limits(limits(2, 1 << 20, Limits.WhenFull.DROP_NEWEST));
    commit(session(A), session(B));
    keep("x", A);
    keep("y", A);
    StoreOp.Append a = keep("z", A, B);
    assertThat(a.seq(0)).isEqualTo(StoreOp.Append.DROPPED);
    assertThat(a.seq(1)).isEqualTo(0);
    assertThat(a.isRefused()).isFalse();
    assertThat(texts(A)).containsExactly("0=x", "1=y");
  }

  @Test
  void refusesAMessageOfWhichAnyInboxIsFull() throws IOException {
    store.limits(limits(1, 1 << 20, Limits.WhenFull.REFUSE));
    commit(session(A), session(B));
    keep("x", A);
    StoreOp.Append a = append("y", B, A);
    Message m = message("t", "y");
    assertThat(commit(a, new StoreOp.PutReceived(A, 9, Optional.of(a)),
        new StoreOp.PutRetained(m, 5, Optional.of(a)))).isEqualTo(Outcome.KEPT);
    assertThat(a.isRefused()).isTrue();
    assertThat(a.seq(0)).isEqualTo(StoreOp.Append.DROPPED);
    assertThat(texts(B)).isEmpty();
    Recovered r = restarted();
    assertThat(r.received).isEmpty();
    assertThat(r.retained).isEmpty();
  }

  @Test
  void countsTheBytesOfAnInbox() {
    int weight = message("m0").weight();
    store.limits(limits(100, weight * 2L, Limits.WhenFull.DROP_OLDEST));
    commit(session(A));
    for (int i = 0; i < 5; i++) {
      keep("m" + i, A);
    }
    assertThat(texts(A)).containsExactly("3=m3", "4=m4");
    StoreOp.Append tooBig = keep("x".repeat(weight * 3), A);
    assertThat(tooBig.seq(0)).isEqualTo(StoreOp.Append.DROPPED);
  }

  @Test
  void limitsWhatAllInboxesHoldTogether() {
    store.limits(limits(100, 1 << 20, 3, 1L << 40, Limits.WhenFull.DROP_NEWEST));
    commit(session(A), session(B));
    keep("x", A);
    keep("y", A);
    StoreOp.Append a = keep("z", A, B);
    assertThat(a.seq(0)).isEqualTo(2);
    assertThat(a.seq(1)).isEqualTo(StoreOp.Append.DROPPED);
    commit(new StoreOp.Remove(A, 0));
    assertThat(keep("w", B).seq(0)).isEqualTo(0);
    store.limits(limits(100, 1 << 20, 100, message("x").weight() * 4L, Limits.WhenFull.DROP_NEWEST));
    keep("v", B);
    assertThat(keep("u", B).seq(0)).isEqualTo(StoreOp.Append.DROPPED);
  }

  @Test
  void countsAnInboxRightAfterARestart() throws IOException {
    commit(session(A));
    for (int i = 0; i < 6; i++) {
      keep("m" + i, A);
    }
    commit(new StoreOp.Remove(A, 1), new StoreOp.Remove(A, 3), new StoreOp.Remove(A, 0));
    restarted();
    store.limits(limits(3, 1 << 20, Limits.WhenFull.DROP_NEWEST));
    StoreOp.Append one = keep("n", A);
    assertThat(one.seq(0)).as("three are left, so a fourth is too many").isEqualTo(StoreOp.Append.DROPPED);
    StoreOp.Append two = append("o", A);
    commit(new StoreOp.Remove(A, 4), two);
    assertThat(two.seq(0)).isEqualTo(6);
    assertThat(keep("p", A).seq(0)).isEqualTo(StoreOp.Append.DROPPED);
    assertThat(texts(A)).containsExactly("2=m2", "5=m5", "6=o");
  }

  @Test
  void doesNotCountWhatTheSameBatchRemovesAfterARestart() throws IOException {
    commit(session(A));
    for (int i = 0; i < 4; i++) {
      keep("m" + i, A);
    }
    commit(new StoreOp.Remove(A, 1));
    restarted();
    store.limits(limits(2, 1 << 20, Limits.WhenFull.DROP_NEWEST));
    StoreOp.Append a = append("n", A);
    StoreOp.Append b = append("o", A);
    commit(new StoreOp.Remove(A, 0), new StoreOp.Remove(A, 2), a, b);
    assertThat(a.seq(0)).isEqualTo(4);
    assertThat(b.seq(0)).isEqualTo(StoreOp.Append.DROPPED);
    commit(new StoreOp.Remove(A, 3));
    assertThat(keep("p", A).seq(0)).isEqualTo(5);
  }

  // --- sessions -------------------------------------------------------------------------------------------------------

  @Test
  void recoversExactlyWhatWasPut() throws IOException {
    StoreOp.PutSubscription plain = new StoreOp.PutSubscription(
        A, SubscriptionFilter.of("a/+/ü"), QoS.AT_LEAST_ONCE, true, false, 0);
    StoreOp.PutSubscription shared = new StoreOp.PutSubscription(
        B, SubscriptionFilter.of("$share/g/#"), QoS.EXACTLY_ONCE, false, true, 268_435_455);
    Will will = new Will(Samples.full(), 4_294_967_295L, -1);
    commit(session(B), session(A), plain, shared, new StoreOp.PutReceived(A, 65_535, Optional.empty()),
        new StoreOp.PutReceived(A, 1, Optional.empty()), new StoreOp.PutReceived(B, 1, Optional.empty()),
        new StoreOp.PutWill(A, will, 12_345), retained("r/1", "one", 7), retained("r/2", "two", 8));
    commit(new StoreOp.PutSession(B, new ClientId("client-2"), "", 0, StoreOp.CONNECTED));
    for (int round = 0; round < 2; round++) {
      Recovered r = restarted();
      assertThat(r.last).isEqualTo(B);
      assertThat(r.sessions).containsExactlyInAnyOrder(
          session(A), new StoreOp.PutSession(B, new ClientId("client-2"), "", 0, StoreOp.CONNECTED));
      assertThat(r.subscriptions).containsExactlyInAnyOrder(plain, shared);
      assertThat(r.received).containsExactlyInAnyOrder(
          new StoreOp.PutReceived(A, 65_535, Optional.empty()), new StoreOp.PutReceived(A, 1, Optional.empty()),
          new StoreOp.PutReceived(B, 1, Optional.empty()));
      assertThat(r.wills).hasSize(1);
      assertThat(r.wills.getFirst().dueWallMillis()).isEqualTo(12_345);
      assertThat(r.wills.getFirst().will().delaySeconds()).isEqualTo(4_294_967_295L);
      assertThat(r.wills.getFirst().will().expirySeconds()).isEqualTo(-1);
      Samples.assertSame(r.wills.getFirst().will().message(), Samples.full());
      assertThat(r.retained).containsExactlyInAnyOrder("r/1=one@7", "r/2=two@8");
    }
  }

  @Test
  void forgetsWhatWasRemoved() throws IOException {
    StoreOp.PutSubscription s =
        new StoreOp.PutSubscription(A, SubscriptionFilter.of("a"), QoS.AT_LEAST_ONCE, false, false, 0);
    commit(session(A), s, new StoreOp.PutReceived(A, 5, Optional.empty()),
        new StoreOp.PutWill(A, new Will(message("w"), 0, -1), StoreOp.CONNECTED));
    commit(new StoreOp.RemoveSubscription(A, SubscriptionFilter.of("a")), new StoreOp.RemoveReceived(A, 5),
        new StoreOp.RemoveWill(A));
    Recovered r = restarted();
    assertThat(r.sessions).containsExactly(session(A));
    assertThat(r.subscriptions).isEmpty();
    assertThat(r.received).isEmpty();
    assertThat(r.wills).isEmpty();
  }

  @Test
  void endsASessionWithAllThatBelongsToIt() throws IOException {
    commit(session(A), session(B),
        new StoreOp.PutSubscription(A, SubscriptionFilter.of("a"), QoS.AT_LEAST_ONCE, false, false, 0),
        new StoreOp.PutReceived(A, 5, Optional.empty()),
        new StoreOp.PutWill(A, new Will(message("w"), 0, -1), StoreOp.CONNECTED));
    keep("x", A, B);
    commit(new StoreOp.RemoveSession(A));
    assertThat(texts(A)).isEmpty();
    StoreOp.Append late = keep("y", A, B);
    assertThat(late.seq(0)).isEqualTo(StoreOp.Append.DROPPED);
    commit(new StoreOp.PutReceived(A, 6, Optional.empty()), new StoreOp.PutSubscription(
        A, SubscriptionFilter.of("b"), QoS.AT_LEAST_ONCE, false, false, 0));
    Recovered r = restarted();
    assertThat(r.sessions).containsExactly(session(B));
    assertThat(r.last).isEqualTo(B);
    assertThat(r.subscriptions).isEmpty();
    assertThat(r.received).isEmpty();
    assertThat(r.wills).isEmpty();
    assertThat(texts(B)).containsExactly("0=x", "1=y");
  }

  @Test
  void freesTheRoomOfASessionThatEnded() {
    store.limits(limits(100, 1 << 20, 2, 1L << 40, Limits.WhenFull.DROP_NEWEST));
    commit(session(A), session(B));
    keep("x", A);
    keep("y", A);
    commit(new StoreOp.RemoveSession(A));
    for (int i = 0; i < 100 && keep("z", B).seq(0) == StoreOp.Append.DROPPED; i++) {
      commit(session(B)); // an inbox may be emptied in steps that follow
    }
    assertThat(texts(B)).containsExactly("0=z");
  }

  @Test
  void keepsInboxesOverARestart() throws IOException {
    commit(session(A), session(B));
    keep("x", A, B);
    keep("y", A);
    keep("z", A);
    commit(new StoreOp.Remove(A, 0), new StoreOp.Release(A, 1));
    restarted();
    assertThat(texts(A)).containsExactly("1=y", "2=z");
    assertThat(all(A).messages().getFirst().released()).isTrue();
    assertThat(texts(B)).containsExactly("0=x");
    assertThat(keep("w", A).seq(0)).isEqualTo(3);
  }

  @Test
  void keepsTheLatestChangeOfARetainedMessage() throws IOException {
    commit(retained("t", "two", 2));
    commit(retained("t", "one", 1), retained("u", "x", 4), retained("u", "", 5));
    commit(retained("u", "late", 4), retained("v", "a", 6), retained("v", "b", 6));
    assertThat(restarted().retained).containsExactlyInAnyOrder("t=two@2", "v=b@6");
  }

  @Test
  void keepsTheOrderOfBatches() throws InterruptedException {
    commit(session(A));
    List<CompletableFuture<StoreBatch>> all = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      StoreBatch b = new StoreBatch();
      b.add(append("m" + i, A));
      CompletableFuture<StoreBatch> done = new CompletableFuture<>();
      all.add(done);
      if (store.commit(b, done::complete)) {
        done.complete(b);
      }
    }
    for (int i = 0; i < 1_000; i++) {
      StoreOp.Append a = (StoreOp.Append) await(all.get(i)).ops().getFirst();
      assertThat(a.seq(0)).isEqualTo(i);
    }
    assertThat(texts(A)).hasSize(100).last().isEqualTo("999=m999");
  }
}

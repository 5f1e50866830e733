package io.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.broker.InboxEntry;
import io.trivet.broker.Limits;
import io.trivet.broker.MemoryStore;
import io.trivet.broker.Message;
import io.trivet.broker.QoS;
import io.trivet.broker.Store;
import io.trivet.broker.StoreBatch;
import io.trivet.broker.StoreBatch.Outcome;
import io.trivet.broker.StoreBatch.ReadResult;
import io.trivet.broker.StoreOp;
import io.trivet.broker.StoredMessage;
import io.trivet.broker.SubscriptionFilter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever is done to it, the local store answers as the one in memory does, also after it was restarted or lost power.
@NullMarked
class StoreModelTest {
  private static final int SESSIONS = 5;
  private static final int BATCHES = 150;
  private static final List<Limits.WhenFull> POLICIES = List.of(Limits.WhenFull.values());

  /// One message in one inbox: each store numbers it its own way, as the numbers of an inbox that was empty at a restart
  /// begin anew.
  private record Entry(long session, long inModel, long inLocal) {}

  private record Appends(StoreOp.Append model, StoreOp.Append local) {}

  private final SimulatedEngine engine = new SimulatedEngine();
  private final MemoryStore model = new MemoryStore();
  private SteppedStore local = new SteppedStore(engine);
  private final List<Entry> entries = new ArrayList<>();
  private final Set<Long> ended = new HashSet<>();
  private Limits limits = Limits.DEFAULT;
  private long lastSession = SESSIONS;
  private int texts;
  private long numbersFrom;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, Long.getLong("trivet.seeds", 150));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void answersAsTheStoreInMemory(long seed) {
    Random random = new Random(seed);
    local.recover(new Recovered());
    limits = StoreContract.limits(1 + random.nextInt(12), 500 + random.nextLong(2_000), 5 + random.nextInt(40),
        2_000 + random.nextLong(10_000), POLICIES.get(random.nextInt(POLICIES.size())));
    limit();
    for (int n = 0; n < BATCHES; n++) {
      batch(random);
      compareReads(random);
      if (random.nextInt(15) == 0) {
        endOne(random);
      }
      if (random.nextInt(12) == 0) {
        restart(random);
      }
    }
    restart(random);
    endAll();
  }

  private void limit() {
    model.limits(limits);
    local.limits(limits);
  }

  private void restart(Random random) {
    if (random.nextBoolean()) {
      engine.kill();
    } else {
      engine.crash(random);
    }
    assertThat(local.heard).isEmpty();
    assertThat(findings()).isEmpty();
    local = new SteppedStore(engine);
    Recovered found = new Recovered();
    local.recover(found);
    limit();
    numbersFrom = texts + 3L;
    Recovered expected = new Recovered();
    model.recover(expected);
    assertThat(found.sessions).containsExactlyInAnyOrderElementsOf(expected.sessions);
    assertThat(found.subscriptions).containsExactlyInAnyOrderElementsOf(expected.subscriptions);
    assertThat(found.received).containsExactlyInAnyOrderElementsOf(expected.received);
    assertThat(found.retained).containsExactlyInAnyOrderElementsOf(expected.retained);
    for (long s = 1; s <= lastSession; s++) {
      ReadResult m = read(model, s, 0, 10_000, Long.MAX_VALUE);
      ReadResult l = read(local, s, 0, 10_000, Long.MAX_VALUE);
      compare(m, l);
      long session = s;
      entries.removeIf(e -> e.session == session);
      for (int i = 0; i < m.messages().size(); i++) {
        entries.add(new Entry(s, m.messages().get(i).seq(), l.messages().get(i).seq()));
      }
    }
  }

  private List<RecordCheck.Finding> findings() {
    try {
      return RecordCheck.run(engine, Progress.NONE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void batch(Random random) {
    StoreBatch toModel = new StoreBatch();
    StoreBatch toLocal = new StoreBatch();
    List<Appends> appends = new ArrayList<>();
    long first = 1 + random.nextLong(lastSession);
    // Something that is synced, so that nothing of the batch may be lost with the power.
    both(toModel, toLocal, new StoreOp.RemoveReceived(first, 60_000));
    for (int n = random.nextInt(6); n >= 0; n--) {
      op(random, toModel, toLocal, appends);
    }
    assertThat(commit(model, toModel)).isEqualTo(Outcome.KEPT);
    assertThat(commit(local, toLocal)).isEqualTo(Outcome.KEPT);
    for (Appends a : appends) {
      assertThat(a.local.isRefused()).isEqualTo(a.model.isRefused());
      assertThat(a.local.dropped()).isEqualTo(a.model.dropped());
      for (int i = 0; i < a.model.inboxes().size(); i++) {
        assertThat(a.local.seq(i) == StoreOp.Append.DROPPED).isEqualTo(a.model.seq(i) == StoreOp.Append.DROPPED);
        if (a.model.seq(i) != StoreOp.Append.DROPPED) {
          entries.add(new Entry(a.model.inboxes().get(i).session(), a.model.seq(i), a.local.seq(i)));
        }
      }
    }
  }

  /// By itself: the local store frees the room of a session that ended only in groups that follow.
  private void endOne(Random random) {
    long session = 1 + random.nextLong(lastSession);
    StoreBatch toModel = new StoreBatch();
    StoreBatch toLocal = new StoreBatch();
    both(toModel, toLocal, new StoreOp.RemoveSession(session));
    both(toModel, toLocal, StoreContract.session(++lastSession));
    ended.add(session);
    assertThat(commit(model, toModel)).isEqualTo(Outcome.KEPT);
    assertThat(commit(local, toLocal)).isEqualTo(Outcome.KEPT);
  }

  private static void both(StoreBatch a, StoreBatch b, StoreOp op) {
    a.add(op);
    b.add(op);
  }

  private void op(Random random, StoreBatch toModel, StoreBatch toLocal, List<Appends> appends) {
    long session = 1 + random.nextLong(lastSession);
    switch (random.nextInt(19)) {
      case 0, 1, 2, 3, 4, 5, 6 -> {
        Message m = StoreContract.message("t/" + random.nextInt(4), "m" + texts++ + "x".repeat(random.nextInt(80)));
        List<InboxEntry> to = new ArrayList<>();
        for (long s = 1; s <= lastSession; s++) {
          if (random.nextLong(lastSession) < 2) {
            to.add(new InboxEntry(s, QoS.EXACTLY_ONCE, random.nextBoolean(), new int[] {7}, ""));
          }
        }
        Appends a = new Appends(new StoreOp.Append(m, to), new StoreOp.Append(m, to));
        appends.add(a);
        toModel.add(a.model);
        toLocal.add(a.local);
        if (random.nextInt(4) == 0) {
          int id = 1 + random.nextInt(20);
          toModel.add(new StoreOp.PutReceived(session, id, Optional.of(a.model)));
          toLocal.add(new StoreOp.PutReceived(session, id, Optional.of(a.local)));
        }
        if (random.nextInt(4) == 0) {
          long number = number(random);
          toModel.add(new StoreOp.PutRetained(m, number, Optional.of(a.model)));
          toLocal.add(new StoreOp.PutRetained(m, number, Optional.of(a.local)));
        }
      }
      case 7, 8, 9, 10 -> {
        if (!entries.isEmpty()) {
          int at = random.nextInt(entries.size());
          Entry e = random.nextInt(4) == 0 ? entries.get(at) : entries.remove(at);
          toModel.add(new StoreOp.Remove(e.session, e.inModel));
          toLocal.add(new StoreOp.Remove(e.session, e.inLocal));
        }
      }
      case 11, 12 -> {
        if (!entries.isEmpty()) {
          Entry e = entries.get(random.nextInt(entries.size()));
          toModel.add(new StoreOp.Release(e.session, e.inModel));
          toLocal.add(new StoreOp.Release(e.session, e.inLocal));
        }
      }
      case 13, 14 -> {
        if (!ended.contains(session)) {
          both(toModel, toLocal, StoreContract.session(session));
        }
      }
      case 15 -> both(toModel, toLocal, new StoreOp.PutSubscription(session,
          SubscriptionFilter.of("f/" + random.nextInt(5)), QoS.AT_LEAST_ONCE, random.nextBoolean(), false, texts));
      case 16 -> both(toModel, toLocal,
          new StoreOp.RemoveSubscription(session, SubscriptionFilter.of("f/" + random.nextInt(5))));
      case 17 -> both(toModel, toLocal, StoreContract.retained(
          "t/" + random.nextInt(4), random.nextBoolean() ? "" : "r" + texts, number(random)));
      default -> both(toModel, toLocal, new StoreOp.RemoveReceived(session, 1 + random.nextInt(20)));
    }
  }

  /// Nearly ascending. What was known of cleared topics is forgotten at a restart, so nothing from before comes after it.
  private long number(Random random) {
    return Math.max(numbersFrom, texts + random.nextLong(3));
  }

  private static Outcome commit(Store s, StoreBatch b) {
    s.commit(b, _ -> {});
    return b.outcome();
  }

  private void compareReads(Random random) {
    long session = 1 + random.nextLong(lastSession);
    int most = 1 + random.nextInt(5);
    long bytes = random.nextLong(2_000);
    compare(read(model, session, 0, most, bytes), read(local, session, 0, most, bytes));
  }

  private static ReadResult read(Store s, long session, long from, int most, long bytes) {
    List<ReadResult> answer = new ArrayList<>();
    StoreBatch b = new StoreBatch();
    b.read(new StoreBatch.Read(session, from, most, bytes, answer::add));
    commit(s, b);
    assertThat(answer).hasSize(1);
    return answer.getFirst();
  }

  private static void compare(ReadResult m, ReadResult l) {
    assertThat(l.failed()).isFalse();
    assertThat(l.messages()).extracting(x -> x.message().payload().asUtf8())
        .isEqualTo(m.messages().stream().map(x -> x.message().payload().asUtf8()).toList());
    assertThat(l.messages()).extracting(StoredMessage::released)
        .isEqualTo(m.messages().stream().map(StoredMessage::released).toList());
    if (!l.messages().isEmpty()) {
      assertThat(l.upTo()).isGreaterThanOrEqualTo(l.messages().getLast().seq());
    }
  }

  /// Once all sessions are gone, nothing is left on disk but retained messages and the store's own record.
  private void endAll() {
    for (long s = 1; s <= lastSession; s++) {
      StoreBatch b = new StoreBatch();
      b.add(new StoreOp.RemoveSession(s));
      commit(local, b);
    }
    for (Family f : Family.values()) {
      if (f != Family.RETAINED && f != Family.META) {
        assertThat(engine.count(f)).as(f.toString()).isZero();
      }
    }
    assertThat(local.ledger.last().messages()).isZero();
    assertThat(local.ledger.last().bytes()).isZero();
  }
}

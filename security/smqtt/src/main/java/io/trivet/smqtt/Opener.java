package io.trivet.smqtt;

import io.trivet.abe.Decapsulated;
import io.trivet.abe.Decapsulator;
import io.trivet.base.Bytes;
import io.trivet.base.Clock;
import io.trivet.base.Parsed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// A reader's half: key headers and messages in, plaintexts or named refusals out. Nothing that comes from outside makes
/// it throw. Serves any number of threads.
///
/// A header is checked when it comes, by one signature at most; its ciphertext is opened by the executor, once. Messages
/// that are there before their key wait within bounds and come out of [#late()].
public final class Opener {
  private static final long MILLIS = 1000;
  private static final int FORGED_MAX = 1024;

  private final Bytes authority;
  private final HeaderRules rules;
  private final OpenerOptions options;
  private final Clock clock;
  private final Executor executor;
  private final KeyTable keys;
  private final WaitingRoom waiting;
  private final List<Opened> late = new ArrayList<>();
  private final Map<Bytes, ReplayWindow> restored = new LinkedHashMap<>();
  private final LinkedHashMap<Bytes, Boolean> forged = new LinkedHashMap<>() {
    @Override
    protected boolean removeEldestEntry(Map.Entry<Bytes, Boolean> eldest) {
      return size() > FORGED_MAX;
    }
  };
  private Decapsulator reader;
  private long epochFloor;
  private int pending;

  /// @param authority 16 bytes: whose key the reader has
  /// @param executor opens ciphertexts, milliseconds each; `Runnable::run` has [#header(String, byte[])] do it
  public Opener(Decapsulator reader, Bytes authority, Senders senders, OpenerOptions options, Clock clock,
      Executor executor, ReaderState state) {
    this.reader = reader;
    this.authority = authority;
    this.rules = new HeaderRules(java.util.Set.of(authority), senders, options.skew().toSeconds());
    this.options = options;
    this.clock = clock;
    this.executor = executor;
    this.keys = new KeyTable(options);
    this.waiting = new WaitingRoom(options);
    this.epochFloor = state.epochFloor();
    this.restored.putAll(state.windows());
  }

  /// Headers and messages of epochs before this one are refused from now on.
  public synchronized void epochFloor(long epoch) {
    epochFloor = Math.max(epochFloor, epoch);
  }

  /// The reader was issued another key. Headers that did not open are forgotten; they are to come again.
  public synchronized void use(Decapsulator other) {
    reader = other;
    List<KeyTable.Entry> refused = new ArrayList<>();
    keys.entries().forEach(e -> {
      if (e.refusal != null) {
        refused.add(e);
      }
    });
    refused.forEach(keys::remove);
  }

  /// A publication on a key topic.
  public HeaderTaken header(String topic, byte[] bytes) {
    if (bytes.length == 0) {
      return new HeaderTaken.Cleared();
    }
    if (bytes.length > KeyHeader.BYTES_MAX) {
      return new HeaderTaken.Refused(Refusal.TOO_LARGE, bytes.length + " bytes");
    }
    Bytes hash = Bytes.wrap(Hashes.sha256(bytes));
    long floor;
    synchronized (this) {
      if (forged.containsKey(hash)) {
        return new HeaderTaken.Refused(Refusal.BAD_SIGNATURE, "has come before");
      }
      Optional<KeyTable.Entry> known = KeyHeader.parse(bytes) instanceof Parsed.Valid<KeyHeader>(KeyHeader h)
          ? keys.find(h.kid()) : Optional.empty();
      if (known.isPresent()) {
        return answer(known.get());
      }
      floor = epochFloor;
    }
    Parsed<KeyHeader> checked = rules.checked(topic, bytes, seconds(), _ -> floor);
    return switch (checked) {
      case Parsed.Valid<KeyHeader>(KeyHeader h) -> take(h);
      case Parsed.Invalid<KeyHeader> i -> {
        Refusal reason = HeaderRules.reason(i);
        if (reason == Refusal.BAD_SIGNATURE) {
          synchronized (this) {
            forged.put(hash, true);
          }
        }
        yield new HeaderTaken.Refused(reason, i.what());
      }
    };
  }

  /// For tests: a header whose key is at hand.
  synchronized void admit(KeyHeader header, ContentKey key) {
    Sender sender = rules.senders().find(header.sender(), header.terms().senderKeyId()).orElseThrow();
    KeyTable.Entry entry = new KeyTable.Entry(header, sender, new ReplayWindow(header.terms().notAfter()));
    entry.key = key;
    keys.add(entry, seconds()).ifPresent(r -> {
      throw new AssertionError(r.text());
    });
  }

  private static HeaderTaken answer(KeyTable.Entry known) {
    Refusal refusal = known.refusal;
    return refusal == null
        ? new HeaderTaken.Accepted(known.header.kid())
        : new HeaderTaken.Refused(refusal, "known of this kid");
  }

  private HeaderTaken take(KeyHeader header) {
    KeyTable.Entry entry;
    Decapsulator with;
    synchronized (this) {
      Optional<KeyTable.Entry> meanwhile = keys.find(header.kid());
      if (meanwhile.isPresent()) {
        return answer(meanwhile.get());
      }
      if (pending >= options.pendingMax()) {
        return new HeaderTaken.Refused(Refusal.TABLE_FULL, pending + " headers wait to be opened");
      }
      Sender sender = rules.senders().find(header.sender(), header.terms().senderKeyId()).orElse(null);
      if (sender == null) {
        return new HeaderTaken.Refused(Refusal.UNKNOWN_SENDER, header.sender());
      }
      ReplayWindow before = restored.get(header.kid());
      entry = new KeyTable.Entry(
          header, sender, before == null ? new ReplayWindow(header.terms().notAfter()) : before);
      Optional<Refusal> full = keys.add(entry, seconds());
      if (full.isPresent()) {
        return new HeaderTaken.Refused(full.get(), header.sender());
      }
      restored.remove(header.kid());
      pending++;
      with = reader;
    }
    executor.execute(() -> decapsulate(entry, with));
    synchronized (this) {
      return answer(entry);
    }
  }

  private void decapsulate(KeyTable.Entry entry, Decapsulator with) {
    @Nullable ContentKey key = null;
    @Nullable Refusal refusal = null;
    if (with.kind() != entry.header.terms().kind()) {
      refusal = Refusal.NOT_FOR_THIS_KEY;
    } else {
      switch (with.decapsulate(entry.header.ciphertext().toArray(), entry.header.terms().context())) {
        case Decapsulated.Opened(byte[] secret) -> key = new ContentKey(entry.header, secret);
        case Decapsulated.NotForThisKey _ -> refusal = Refusal.NOT_FOR_THIS_KEY;
        case Decapsulated.Refused _ -> refusal = Refusal.KEY_REFUSED;
      }
    }
    synchronized (this) {
      pending--;
      entry.key = key;
      entry.refusal = refusal;
      for (WaitingRoom.Guest g : waiting.leave(KeyTable.shortKid(entry.header))) {
        late.add(open(g.topic(), g.message(), g.properties()));
      }
    }
  }

  public Opened open(String topic, byte[] message) {
    return open(topic, message, Properties.NONE);
  }

  /// A publication on a data topic.
  public synchronized Opened open(String topic, byte[] message, Properties properties) {
    if (!Topics.isName(topic) || Topics.isKeyTopic(topic)) {
      return new Opened.Refused(topic, Refusal.TOPIC, "messages are not opened on this topic");
    }
    Optional<Envelope> parsed = Envelope.parse(message);
    if (parsed.isEmpty()) {
      return refused(topic, Envelope.seemsSealed(message) ? Refusal.MALFORMED : Refusal.NOT_SEALED);
    }
    Envelope e = parsed.get();
    boolean wait = true;
    Opened refusal = refused(topic, Refusal.UNKNOWN_KEY);
    for (KeyTable.Entry entry : keys.candidates(e.kid())) {
      ContentKey key = entry.key;
      if (entry.pending()) {
        wait = true;
        break;
      }
      wait = false;
      Opened opened = key == null
          ? refused(topic, entry.refusal == null ? Refusal.KEY_REFUSED : entry.refusal)
          : open(topic, message, properties, e, entry, key);
      if (opened instanceof Opened.Message) {
        return opened;
      }
      refusal = opened;
    }
    if (!wait) {
      return refusal;
    }
    long until = clock.monotonicNanos() + options.waitFor().toNanos();
    return waiting.admit(new WaitingRoom.Guest(topic, message.clone(), properties, e.kid(), until))
        ? new Opened.Waiting(topic)
        : refused(topic, Refusal.WAITING_FULL);
  }

  private Opened open(String topic, byte[] message, Properties properties, Envelope e, KeyTable.Entry entry,
      ContentKey key) {
    Terms terms = entry.header.terms();
    if (!Topics.matches(terms.scope(), topic)) {
      return refused(topic, Refusal.OUT_OF_SCOPE);
    }
    Optional<Refusal> time = rules.inTime(terms, seconds(), epochFloor);
    if (time.isPresent()) {
      return refused(topic, time.get());
    }
    if (!e.says(terms.algorithm())) {
      return refused(topic, Refusal.ALTERED);
    }
    boolean signed = e.signatureAt() >= 0;
    if (terms.signing() == Signing.PER_MESSAGE != signed) {
      return refused(topic, signed ? Refusal.ALTERED : Refusal.UNSIGNED);
    }
    if (e.counter() < terms.base()) {
      return refused(topic, Refusal.COUNTER);
    }
    ReplayWindow.Judgement judgement = entry.window.judge(topic, e.counter());
    if (judgement == ReplayWindow.Judgement.REPLAYED || judgement == ReplayWindow.Judgement.TOO_OLD) {
      return refused(topic, judgement == ReplayWindow.Judgement.REPLAYED ? Refusal.REPLAYED : Refusal.TOO_OLD);
    }
    byte[] external = key.external(topic, properties);
    Optional<byte[]> plain = key.opened(e, message, external);
    if (plain.isEmpty()) {
      return refused(topic, Refusal.ALTERED);
    }
    if (signed && !entry.sender.verifies(
        ContentKey.toBeSigned(message, e.from(), e.to(), external), message, e.signatureAt())) {
      return refused(topic, Refusal.BAD_SIGNATURE);
    }
    boolean repeat = judgement == ReplayWindow.Judgement.REPEAT;
    if (!repeat) {
      entry.window.came(topic, e.counter());
    }
    return new Opened.Message(topic, Bytes.wrap(plain.get()), properties, terms.sender(), entry.header.kid(),
        e.counter(), signed, repeat);
  }

  /// What became of messages that waited, since the last call: opened, or refused because no key came in time.
  public synchronized List<Opened> late() {
    for (WaitingRoom.Guest g : waiting.overdue(clock.monotonicNanos())) {
      late.add(refused(g.topic(), Refusal.UNKNOWN_KEY));
    }
    List<Opened> drained = List.copyOf(late);
    late.clear();
    return drained;
  }

  /// For [ReaderState#decode(Bytes)] after a restart.
  public synchronized Bytes state() {
    restored.values().removeIf(w -> !nowIsBefore(w.notAfter()));
    Map<Bytes, ReplayWindow> windows = new LinkedHashMap<>(restored);
    keys.entries().forEach(e -> {
      if (e.key != null && nowIsBefore(e.header.terms().notAfter())) {
        windows.put(e.header.kid(), e.window);
      }
    });
    return ReaderState.encode(epochFloor, windows);
  }

  /// Whose headers are taken.
  public Bytes authority() {
    return authority;
  }

  private boolean nowIsBefore(long notAfter) {
    return seconds() - notAfter <= options.skew().toSeconds();
  }

  private static Opened refused(String topic, Refusal reason) {
    return new Opened.Refused(topic, reason, reason.text());
  }

  private long seconds() {
    return clock.wallMillis() / MILLIS;
  }
}

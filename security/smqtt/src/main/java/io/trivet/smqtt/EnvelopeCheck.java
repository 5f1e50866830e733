package io.trivet.smqtt;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a broker can tell of sealed topics though it holds no key: whether a publication is a valid envelope of a known
/// authority, under a header of a known sender that is in time and serves the topic. It cannot tell whether a message
/// opens, nor whether its sender made it.
///
/// It knows the headers that came by: after a start it must be given the retained ones. Its table is bounded; one
/// sender's headers push out only that sender's oldest, and where all places are taken no more come in until some
/// are over. A message costs a few small objects. Serves any number of threads.
public final class EnvelopeCheck {
  private static final long SKEW_SECONDS = 60;
  private static final int PER_SENDER_MAX = 16;
  private static final List<Seen> NONE = List.of();

  private record Seen(Terms terms, Bytes kid, int shortKid, Checked answer) {}

  private final HeaderRules rules;
  private final int headersMax;
  private final Map<Integer, List<Seen>> byShort = new HashMap<>();
  private final Map<String, ArrayDeque<Seen>> bySender = new HashMap<>();
  private final Map<Refusal, Checked> refusals = new java.util.EnumMap<>(Refusal.class);
  private int headers;
  private final Map<Bytes, Long> epochFloors;

  /// @param authorities ids of 16 bytes, and of each the least epoch that is not over
  /// @param headersMax how many headers are known at once, about 1 KiB each
  public EnvelopeCheck(Map<Bytes, Long> authorities, Senders senders, int headersMax) {
    this.rules = new HeaderRules(Set.copyOf(authorities.keySet()), senders, SKEW_SECONDS);
    this.epochFloors = new HashMap<>(authorities);
    this.headersMax = headersMax;
    for (Refusal r : Refusal.values()) {
      refusals.put(r, new Checked.Refused(r));
    }
  }

  /// Epochs of that authority before this one are over.
  public synchronized void epochFloor(Bytes authority, long epoch) {
    epochFloors.computeIfPresent(authority, (_, floor) -> Math.max(floor, epoch));
  }

  private long floor(Bytes authority) {
    return epochFloors.getOrDefault(authority, 0L);
  }

  /// Whether the topic is one for keys. Such publications are to be checked wherever they come from.
  public static boolean isKeyTopic(String topic) {
    return Topics.isKeyTopic(topic);
  }

  /// A publication on a sealed topic or a key topic.
  ///
  /// @param nowSeconds since 1970
  public synchronized Checked check(String topic, byte[] payload, long nowSeconds) {
    if (Topics.isKeyTopic(topic)) {
      return payload.length == 0 ? new Checked.Cleared() : header(topic, payload, nowSeconds);
    }
    Optional<Envelope> parsed = Envelope.parse(payload);
    if (parsed.isEmpty()) {
      return refused(Envelope.seemsSealed(payload) ? Refusal.MALFORMED : Refusal.NOT_SEALED);
    }
    Envelope e = parsed.get();
    Refusal reason = Refusal.UNKNOWN_KEY;
    List<Seen> candidates = byShort.getOrDefault(e.kid(), NONE);
    for (int i = 0; i < candidates.size(); i++) {
      Seen seen = candidates.get(i);
      Refusal why = judge(topic, e, seen.terms, nowSeconds).orElse(null);
      if (why == null) {
        return seen.answer;
      }
      reason = why;
    }
    return refused(reason);
  }

  private Optional<Refusal> judge(String topic, Envelope e, Terms terms, long nowSeconds) {
    if (!Topics.isName(topic) || !Topics.matches(terms.scope(), topic)) {
      return Optional.of(Refusal.OUT_OF_SCOPE);
    }
    if (!e.says(terms.algorithm())) {
      return Optional.of(Refusal.ALTERED);
    }
    if (terms.signing() == Signing.PER_MESSAGE != e.signatureAt() >= 0) {
      return Optional.of(terms.signing() == Signing.PER_MESSAGE ? Refusal.UNSIGNED : Refusal.ALTERED);
    }
    if (e.counter() < terms.base()) {
      return Optional.of(Refusal.COUNTER);
    }
    return rules.inTime(terms, nowSeconds, floor(terms.authority()));
  }

  private Checked header(String topic, byte[] payload, long nowSeconds) {
    Parsed<KeyHeader> checked = rules.checked(topic, payload, nowSeconds, this::floor);
    return switch (checked) {
      case Parsed.Invalid<KeyHeader> i -> refused(HeaderRules.reason(i));
      case Parsed.Valid<KeyHeader>(KeyHeader h) -> remember(h, nowSeconds);
    };
  }

  private Checked remember(KeyHeader h, long nowSeconds) {
    Checked answer = new Checked.Header(h.sender());
    int kid = KeyTable.shortKid(h);
    if (byShort.getOrDefault(kid, NONE).stream().anyMatch(s -> s.kid.equals(h.kid()))) {
      return answer;
    }
    ArrayDeque<Seen> own = bySender.getOrDefault(h.sender(), new ArrayDeque<>());
    if (own.size() >= PER_SENDER_MAX) {
      forget(own.getFirst());
    } else if (headers >= headersMax) {
      forgetOver(nowSeconds);
      if (headers >= headersMax) {
        return refused(Refusal.TABLE_FULL);
      }
    }
    Seen seen = new Seen(h.terms(), h.kid(), kid, new Checked.Message(h.sender()));
    bySender.computeIfAbsent(h.sender(), _ -> new ArrayDeque<>()).add(seen);
    byShort.computeIfAbsent(kid, _ -> new ArrayList<>(1)).add(seen);
    headers++;
    return answer;
  }

  private void forgetOver(long nowSeconds) {
    List<Seen> over = new ArrayList<>();
    bySender.values().forEach(own -> own.forEach(s -> {
      if (rules.inTime(s.terms, nowSeconds, floor(s.terms.authority())).isPresent()) {
        over.add(s);
      }
    }));
    over.forEach(this::forget);
  }

  private void forget(Seen seen) {
    headers--;
    ArrayDeque<Seen> own = bySender.getOrDefault(seen.terms.sender(), new ArrayDeque<>());
    own.remove(seen);
    if (own.isEmpty()) {
      bySender.remove(seen.terms.sender());
    }
    List<Seen> same = byShort.getOrDefault(seen.shortKid, new ArrayList<>());
    same.remove(seen);
    if (same.isEmpty()) {
      byShort.remove(seen.shortKid);
    }
  }

  private Checked refused(Refusal reason) {
    return java.util.Objects.requireNonNull(refusals.get(reason));
  }
}

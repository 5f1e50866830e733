package io.trivet.smqtt;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;

/// What readers and brokers ask of a header, the cheap before the dear: at most one signature is checked, and nothing
/// is done with the ciphertext.
///
/// @param skewSeconds how far clocks may be apart
record HeaderRules(Set<Bytes> authorities, Senders senders, long skewSeconds) {
  /// @param epochFloor of an authority: earlier epochs are over
  /// @return invalid with a [Refusal]'s name as its rule
  Parsed<KeyHeader> checked(String topic, byte[] bytes, long nowSeconds, ToLongFunction<Bytes> epochFloor) {
    Parsed<KeyHeader> parsed = KeyHeader.parse(bytes);
    if (!(parsed instanceof Parsed.Valid<KeyHeader>(KeyHeader h))) {
      return parsed;
    }
    if (!topic.equals(Topics.keyTopic(h))) {
      return bad(Refusal.SENDER_MISMATCH, "a header of " + h.sender());
    }
    if (!authorities.contains(h.terms().authority())) {
      return bad(Refusal.UNKNOWN_AUTHORITY, h.terms().authority().toString());
    }
    Optional<Refusal> time = inTime(h.terms(), nowSeconds, epochFloor.applyAsLong(h.terms().authority()));
    if (time.isPresent()) {
      return bad(time.get(), "epoch " + h.terms().epoch() + ", from " + h.terms().notBefore() + " to "
          + h.terms().notAfter() + ", now " + nowSeconds);
    }
    Optional<Sender> sender = senders.find(h.sender(), h.terms().senderKeyId());
    if (sender.isEmpty()) {
      return bad(Refusal.UNKNOWN_SENDER, h.sender());
    }
    return h.verifies(sender.get()) ? parsed : bad(Refusal.BAD_SIGNATURE, h.sender());
  }

  Optional<Refusal> inTime(Terms t, long nowSeconds, long epochFloor) {
    if (t.epoch() < epochFloor) {
      return Optional.of(Refusal.EPOCH_OVER);
    }
    // Differences, since not-after may be any number up to 2^63 - 1.
    if (t.notBefore() - nowSeconds > skewSeconds) {
      return Optional.of(Refusal.NOT_YET_VALID);
    }
    return nowSeconds - t.notAfter() > skewSeconds ? Optional.of(Refusal.EXPIRED) : Optional.empty();
  }

  static Refusal reason(Parsed.Invalid<?> refused) {
    return Refusal.valueOf(refused.rule());
  }

  private static Parsed<KeyHeader> bad(Refusal reason, String what) {
    return Parsed.invalid(reason.name(), what);
  }
}

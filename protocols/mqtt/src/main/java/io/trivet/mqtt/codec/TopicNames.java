package io.trivet.mqtt.codec;

import io.trivet.base.Parsed;
import io.trivet.broker.TopicLimits;
import io.trivet.broker.TopicName;
import org.jspecify.annotations.Nullable;

/// The topic names one event loop saw last, so that a repeated topic costs a comparison of bytes: no validation, no
/// allocation, and the same object, which later steps compare by reference. Direct-mapped, of fixed size.
public final class TopicNames {
  private static final int SLOTS = 4_096;
  private static final int KEPT_BYTES_MAX = 256;

  private final @Nullable TopicName[] names = new @Nullable TopicName[SLOTS];

  Parsed<TopicName> parse(byte[] a, int from, int to, TopicLimits limits) {
    int slot = slot(a, from, to);
    TopicName known = names[slot];
    if (known != null && known.utf8().contentEquals(a, from, to)) {
      return Parsed.valid(known);
    }
    Parsed<TopicName> parsed = TopicName.parse(a, from, to, limits);
    if (parsed instanceof Parsed.Valid<TopicName>(TopicName name) && to - from <= KEPT_BYTES_MAX) {
      names[slot] = name;
    }
    return parsed;
  }

  /// The known name of these bytes, or null: the way of a repeated topic, without a wrapper.
  @Nullable TopicName known(byte[] a, int from, int to) {
    TopicName known = names[slot(a, from, to)];
    return known != null && known.utf8().contentEquals(a, from, to) ? known : null;
  }

  private static int slot(byte[] a, int from, int to) {
    int h = to - from;
    for (int i = from; i < to; i++) {
      h = 31 * h + a[i];
    }
    return (h ^ h >>> 12 ^ h >>> 24) & SLOTS - 1;
  }
}

package io.trivet.broker;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.Utf8;
import org.jspecify.annotations.Nullable;

/// The name of a topic that messages are published to: at least one character, no wildcard, no U+0000
/// (MQTT 3.1.1 and 5.0, section 4.7). One that exists is valid.
public final class TopicName {
  private final String text;
  private final Bytes utf8;
  private String @Nullable [] levels;

  private TopicName(String text, Bytes utf8) {
    this.text = text;
    this.utf8 = utf8;
  }

  /// Parses `a[from, to)`; copies what it keeps.
  public static Parsed<TopicName> parse(byte[] a, int from, int to, TopicLimits limits) {
    if (from == to) {
      return Parsed.invalid("MQTT-4.7.3-1", "the topic name is empty");
    }
    if (to - from > limits.bytesMax()) {
      return Parsed.invalid("topic-bytes-max", "a topic name of " + (to - from) + " bytes, at most "
          + limits.bytesMax() + " are taken");
    }
    int levels = 1;
    for (int i = from; i < to; i++) {
      byte b = a[i];
      if (b == '+' || b == '#') {
        return Parsed.invalid("MQTT-3.3.2-2", "the topic name holds the wildcard " + (char) b);
      }
      if (b == '/') {
        levels++;
      }
    }
    if (levels > limits.levelsMax()) {
      return Parsed.invalid("topic-levels-max", "a topic name of " + levels + " levels, at most "
          + limits.levelsMax() + " are taken");
    }
    String text = Utf8.decode(a, from, to);
    if (text == null) {
      return Parsed.invalid("MQTT-1.5.4-1", "the topic name is no well-formed UTF-8 or holds U+0000");
    }
    return Parsed.valid(new TopicName(text, Bytes.copyOf(a, from, to - from)));
  }

  public static Parsed<TopicName> parse(String text, TopicLimits limits) {
    byte[] utf8 = Bytes.utf8(text).toArray();
    return parse(utf8, 0, utf8.length, limits);
  }

  /// @throws IllegalArgumentException when the text is no topic name
  public static TopicName of(String text) {
    return parse(text, TopicLimits.PROTOCOL).orThrow();
  }

  public Bytes utf8() {
    return utf8;
  }

  /// Whether the first level begins with `$`, so that no filter with a leading wildcard matches (MQTT-4.7.2-1).
  public boolean isReserved() {
    return text.charAt(0) == '$';
  }

  /// How many levels it has: `a/b` has two.
  public int depth() {
    return levels().length;
  }

  /// @param index from 0 to [#depth()] - 1
  public String level(int index) {
    return levels()[index];
  }

  String[] levels() {
    String[] l = levels;
    if (l == null) {
      l = Levels.split(text);
      levels = l;
    }
    return l;
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return this == o || o instanceof TopicName t && t.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /// The name itself.
  @Override
  public String toString() {
    return text;
  }
}

package io.trivet.broker;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.Utf8;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a subscription matches: a topic name in which `+` stands for one level and a last `#` for all that follow
/// (MQTT 3.1.1 and 5.0, section 4.7.1). One that exists is valid. Knows nothing of `$share`: see
/// [SubscriptionFilter].
public final class TopicFilter {
  private final String text;
  private final String[] levels;
  private final boolean wildcards;

  private TopicFilter(String text, String[] levels, boolean wildcards) {
    this.text = text;
    this.levels = levels;
    this.wildcards = wildcards;
  }

  public static Parsed<TopicFilter> parse(String text, TopicLimits limits) {
    byte[] utf8 = Bytes.utf8(text).toArray();
    return parse(utf8, 0, utf8.length, limits);
  }

  public static Parsed<TopicFilter> parse(byte[] a, int from, int to, TopicLimits limits) {
    if (from == to) {
      return Parsed.invalid("MQTT-4.7.3-1", "the topic filter is empty");
    }
    if (to - from > limits.bytesMax()) {
      return Parsed.invalid("topic-bytes-max", "a topic filter of " + (to - from) + " bytes, at most "
          + limits.bytesMax() + " are taken");
    }
    int count = 1;
    boolean wildcards = false;
    for (int i = from; i < to; i++) {
      byte b = a[i];
      if (b == '/') {
        count++;
      } else if (b == '+' || b == '#') {
        wildcards = true;
        boolean alone = (i == from || a[i - 1] == '/') && (i + 1 == to || a[i + 1] == '/');
        if (!alone) {
          return Parsed.invalid(b == '+' ? "MQTT-4.7.1-2" : "MQTT-4.7.1-1",
              "the wildcard " + (char) b + " does not fill its level");
        }
        if (b == '#' && i + 1 != to) {
          return Parsed.invalid("MQTT-4.7.1-1", "the wildcard # is not the last level");
        }
      }
    }
    if (count > limits.levelsMax()) {
      return Parsed.invalid("topic-levels-max", "a topic filter of " + count + " levels, at most "
          + limits.levelsMax() + " are taken");
    }
    String text = Utf8.decode(a, from, to);
    if (text == null) {
      return Parsed.invalid("MQTT-1.5.4-1", "the topic filter is no well-formed UTF-8 or holds U+0000");
    }
    return Parsed.valid(new TopicFilter(text, Levels.split(text), wildcards));
  }

  /// @throws IllegalArgumentException when the text is no topic filter
  public static TopicFilter of(String text) {
    return parse(text, TopicLimits.PROTOCOL).orThrow();
  }

  /// The filter that matches that topic and no other.
  public static TopicFilter exactly(TopicName topic) {
    return new TopicFilter(topic.toString(), topic.levels(), false);
  }

  public boolean hasWildcards() {
    return wildcards;
  }

  public int depth() {
    return levels.length;
  }

  public List<String> levels() {
    return List.of(levels);
  }

  String[] levelArray() {
    return levels;
  }

  /// Whether a message to `name` is for this filter; costs no more than the shorter of the two.
  public boolean matches(TopicName name) {
    String[] n = name.levels();
    if (name.isReserved() && isWildcard(levels[0])) {
      return false; // MQTT-4.7.2-1
    }
    for (int i = 0; i < levels.length; i++) {
      if (levels[i].equals("#")) {
        return true; // also the parent level itself: "sport/#" matches "sport"
      }
      if (i == n.length || !(levels[i].equals("+") || levels[i].equals(n[i]))) {
        return false;
      }
      if (i == n.length - 1 && i == levels.length - 2 && levels[i + 1].equals("#")) {
        return true;
      }
    }
    return levels.length == n.length;
  }

  private static boolean isWildcard(String level) {
    return level.equals("+") || level.equals("#");
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return this == o || o instanceof TopicFilter f && f.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /// The filter itself.
  @Override
  public String toString() {
    return text;
  }
}

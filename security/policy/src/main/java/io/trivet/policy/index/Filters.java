package io.trivet.policy.index;

import io.trivet.broker.TopicFilter;
import java.util.List;

/// How two topic filters lie to each other.
public final class Filters {
  private Filters() {}

  /// Whether every topic name that `inner` matches is matched by `outer`.
  public static boolean covers(TopicFilter outer, TopicFilter inner) {
    List<String> o = outer.levels();
    List<String> i = inner.levels();
    if (o.size() == 2 && i.size() == 1 && o.getFirst().equals("+") && isWildcard(i.getFirst())) {
      return o.get(1).equals("#"); // "+/#" says what "#" says: one level or more
    }
    boolean reserved = i.getFirst().startsWith("$");
    for (int n = 0; n < o.size(); n++) {
      String level = o.get(n);
      if (n == 0 && reserved && isWildcard(level)) {
        return false; // MQTT-4.7.2-1
      }
      if (level.equals("#")) {
        return true; // the rest, and the parent level itself
      }
      if (n == i.size()) {
        return false;
      }
      String other = i.get(n);
      if (other.equals("#") || !level.equals("+") && !level.equals(other)) {
        return false;
      }
    }
    return o.size() == i.size();
  }

  /// Whether some topic name is matched by both.
  public static boolean overlap(TopicFilter one, TopicFilter other) {
    List<String> a = one.levels();
    List<String> b = other.levels();
    if (a.getFirst().startsWith("$") && isWildcard(b.getFirst())
        || b.getFirst().startsWith("$") && isWildcard(a.getFirst())) {
      return false; // MQTT-4.7.2-1
    }
    for (int n = 0; ; n++) {
      boolean aEnds = n == a.size();
      boolean bEnds = n == b.size();
      if (aEnds || bEnds) {
        return aEnds && bEnds || !aEnds && a.get(n).equals("#") || !bEnds && b.get(n).equals("#");
      }
      String x = a.get(n);
      String y = b.get(n);
      if (x.equals("#") || y.equals("#")) {
        return true;
      }
      if (!x.equals("+") && !y.equals("+") && !x.equals(y)) {
        return false;
      }
    }
  }

  private static boolean isWildcard(String level) {
    return level.equals("+") || level.equals("#");
  }
}

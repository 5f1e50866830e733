package io.trivet.identity.rules;

import io.trivet.broker.TopicFilter;
import java.util.List;

/// Whether one filter matches everything that another does.
public final class Coverage {
  private Coverage() {}

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

  private static boolean isWildcard(String level) {
    return level.equals("+") || level.equals("#");
  }
}

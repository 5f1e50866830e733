package io.trivet.identity.rules;

import io.trivet.broker.Decider.Decision;
import io.trivet.broker.TopicFilter;
import io.trivet.broker.TopicName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The rules about one session with their places filled. Filters without wildcards are found by hashing; the others are
/// first compared by the text before their first wildcard, which rules out nearly all that do not match.
final class Compiled {
  /// No rule; lines count from 1, and 0 is built in.
  static final int NONE = -1;

  static final Compiled NOTHING = new Builder().build();
  static final Decision NO_PUBLISH = noRule(Action.PUBLISH);
  static final Decision NO_RETAIN = noRule(Action.RETAIN);
  static final Decision NO_SUBSCRIBE = noRule(Action.SUBSCRIBE);
  static final Decision NO_DELIVER = noRule(Action.DELIVER);

  private final Matcher[] allow;
  private final Matcher[] deny;

  private Compiled(Matcher[] allow, Matcher[] deny) {
    this.allow = allow;
    this.deny = deny;
  }

  private static Decision noRule(Action action) {
    return new Decision.Deny("no rule allows to " + action);
  }

  private record Line(TopicFilter filter, String text, String prefix, int line) {
    static Line of(TopicFilter filter, int line) {
      String text = filter.toString();
      int end = text.length();
      for (int i = 0; i < text.length(); i++) {
        if (text.charAt(i) == '+') {
          end = i;
          break;
        }
        if (text.charAt(i) == '#') {
          end = Math.max(0, i - 1); // "a/#" matches "a" too
          break;
        }
      }
      return new Line(filter, text, text.substring(0, end), line);
    }
  }

  private static final class Matcher {
    final Map<String, Line> exact = new HashMap<>();
    final List<Line> collected = new ArrayList<>();
    Line[] patterns = {};

    /// The line of the first filter that matches, or [#NONE].
    int find(TopicName topic) {
      String text = topic.toString();
      if (!exact.isEmpty()) {
        @Nullable Line l = exact.get(text);
        if (l != null) {
          return l.line;
        }
      }
      for (Line l : patterns) {
        if (text.startsWith(l.prefix) && l.filter.matches(topic)) {
          return l.line;
        }
      }
      return NONE;
    }

    /// The line of the first filter that matches whatever `filter` matches, or [#NONE].
    int findWhole(TopicFilter filter) {
      @Nullable Line same = exact.get(filter.toString());
      if (same != null) {
        return same.line;
      }
      for (Line l : patterns) {
        if (Coverage.covers(l.filter, filter)) {
          return l.line;
        }
      }
      return NONE;
    }
  }

  int denied(Action action, TopicName topic) {
    return deny[action.index()].find(topic);
  }

  boolean allows(Action action, TopicName topic) {
    return allow[action.index()].find(topic) != NONE;
  }

  int deniedWhole(TopicFilter filter) {
    return deny[Action.SUBSCRIBE.index()].findWhole(filter);
  }

  boolean allowsWhole(TopicFilter filter) {
    return allow[Action.SUBSCRIBE.index()].findWhole(filter) != NONE;
  }

  static final class Builder {
    private final Matcher[] allow = matchers();
    private final Matcher[] deny = matchers();

    private static Matcher[] matchers() {
      Matcher[] m = new Matcher[Action.COUNT];
      for (int i = 0; i < m.length; i++) {
        m[i] = new Matcher();
      }
      return m;
    }

    void add(boolean allows, Action action, TopicFilter filter, int line) {
      Matcher m = (allows ? allow : deny)[action.index()];
      Line l = Line.of(filter, line);
      if (filter.hasWildcards()) {
        m.collected.add(l);
      } else {
        m.exact.putIfAbsent(l.text, l);
      }
    }

    Compiled build() {
      for (Matcher[] side : List.of(allow, deny)) {
        for (Matcher m : side) {
          m.patterns = m.collected.toArray(new Line[0]);
        }
      }
      return new Compiled(allow, deny);
    }
  }
}

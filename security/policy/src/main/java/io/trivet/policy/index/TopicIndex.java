package io.trivet.policy.index;

import io.trivet.broker.TopicFilter;
import io.trivet.broker.TopicName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Values by topic pattern, in a tree of levels: what a topic concerns is found in as many steps as it has
/// levels, times the ways that wildcards open, however many patterns there are. A place for a value of the
/// subject is kept like a wildcard; whoever collects compares with the pattern itself afterwards.
///
/// Built once, then only read.
///
/// @param <V> what is found
public final class TopicIndex<V> {
  private static final class Node<V> {
    final Map<String, Node<V>> literal = new HashMap<>();
    @Nullable Node<V> any;
    @Nullable Node<V> place;
    final List<V> here = new ArrayList<>();

    /// Of patterns that end in `#` below this node.
    final List<V> rest = new ArrayList<>();

    boolean isEmpty() {
      return literal.isEmpty() && any == null && place == null;
    }
  }

  private final Node<V> root = new Node<>();
  private final List<V> everywhere = new ArrayList<>();
  private int size;

  public int size() {
    return size;
  }

  /// @param wide whether the pattern may come to mean everything below its first place: see
  /// [TopicPattern#matchesWide]
  public void add(TopicPattern pattern, boolean wide, V value) {
    size++;
    Node<V> n = root;
    for (int i = 0; i < pattern.depth(); i++) {
      if (pattern.isRest(i) || wide && pattern.isPlace(i)) {
        n.rest.add(value);
        return;
      }
      n = pattern.isAny(i) ? any(n) : pattern.isPlace(i) ? place(n)
          : n.literal.computeIfAbsent(pattern.levelText(i), _ -> new Node<>());
    }
    n.here.add(value);
  }

  /// Found for every topic and for none, reserved ones included.
  public void addEverywhere(V value) {
    size++;
    everywhere.add(value);
  }

  private static <V> Node<V> any(Node<V> n) {
    Node<V> next = n.any;
    if (next == null) {
      next = new Node<>();
      n.any = next;
    }
    return next;
  }

  private static <V> Node<V> place(Node<V> n) {
    Node<V> next = n.place;
    if (next == null) {
      next = new Node<>();
      n.place = next;
    }
    return next;
  }

  /// Gives all that may match; a pattern with places still has to be compared, and a value may come more than
  /// once.
  public void collect(@Nullable TopicName topic, Consumer<? super V> into) {
    for (int i = 0; i < everywhere.size(); i++) {
      into.accept(everywhere.get(i));
    }
    if (topic != null && (!root.isEmpty() || !root.rest.isEmpty())) {
      collect(root, topic, 0, into);
    }
  }

  private static <V> void give(List<V> values, Consumer<? super V> into) {
    for (int i = 0; i < values.size(); i++) {
      into.accept(values.get(i));
    }
  }

  private void collect(Node<V> n, TopicName topic, int depth, Consumer<? super V> into) {
    // Reserved topics come here too: what begins with a wildcard is told apart by the pattern itself, since a
    // place may hold the reserved name.
    give(n.rest, into);
    if (depth == topic.depth()) {
      give(n.here, into);
      return;
    }
    if (!n.literal.isEmpty()) {
      Node<V> next = n.literal.get(topic.level(depth));
      if (next != null) {
        collect(next, topic, depth + 1, into);
      }
    }
    Node<V> any = n.any;
    if (any != null) {
      collect(any, topic, depth + 1, into);
    }
    Node<V> place = n.place;
    if (place != null) {
      collect(place, topic, depth + 1, into);
    }
  }

  /// Gives all whose pattern may have a topic in common with the filter.
  public void collect(TopicFilter filter, Consumer<? super V> into) {
    give(everywhere, into);
    overlapping(root, filter.levels(), 0, into);
  }

  private void overlapping(Node<V> n, List<String> levels, int depth, Consumer<? super V> into) {
    give(n.rest, into);
    if (depth == levels.size()) {
      give(n.here, into);
      return;
    }
    String level = levels.get(depth);
    if (level.equals("#")) {
      whole(n, into);
      return;
    }
    if (level.equals("+")) {
      n.literal.values().forEach(next -> overlapping(next, levels, depth + 1, into));
    } else {
      Node<V> next = n.literal.get(level);
      if (next != null) {
        overlapping(next, levels, depth + 1, into);
      }
    }
    Node<V> any = n.any;
    if (any != null) {
      overlapping(any, levels, depth + 1, into);
    }
    Node<V> place = n.place;
    if (place != null) {
      overlapping(place, levels, depth + 1, into);
    }
  }

  /// Everything at and below a node whose `rest` was given already.
  private void whole(Node<V> n, Consumer<? super V> into) {
    give(n.here, into);
    for (Node<V> next : n.literal.values()) {
      give(next.rest, into);
      whole(next, into);
    }
    Node<V> any = n.any;
    if (any != null) {
      give(any.rest, into);
      whole(any, into);
    }
    Node<V> place = n.place;
    if (place != null) {
      give(place.rest, into);
      whole(place, into);
    }
  }
}

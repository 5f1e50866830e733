package io.trivet.broker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The retained message of each topic (MQTT 5.0, section 3.3.1.3), shared by all loops. A new message on a known topic
/// replaces a reference; a new or cleared topic makes a new tree, as in [TopicTree], so that a replay walks a snapshot
/// while publishers go on.
///
/// Every message set gets a number that grows. A replay takes only those numbered up to the moment of its
/// subscription: what came later reached the subscriber live, and would otherwise come twice or out of order.
final class RetainedTree {
  private final AtomicReference<Node> root = new AtomicReference<>(Node.EMPTY);
  private final AtomicLong sequence = new AtomicLong();
  private final AtomicLong count = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final int countMax;
  private final long bytesMax;

  RetainedTree(int countMax, long bytesMax) {
    this.countMax = countMax;
    this.bytesMax = bytesMax;
  }

  private record Kept(Message message, long number) {}

  /// The place of one topic's message; empty once the topic was cleared.
  private static final class Slot {
    final AtomicReference<@Nullable Kept> kept = new AtomicReference<>();
  }

  private record Node(PersistentMap<String, Node> children, @Nullable Slot slot) {
    static final Node EMPTY = new Node(PersistentMap.empty(), null);

    boolean isEmpty() {
      return children.isEmpty() && slot == null;
    }
  }

  long count() {
    return count.get();
  }

  long bytes() {
    return bytes.get();
  }

  private Node root() {
    return Objects.requireNonNull(root.get()); // never set to null
  }

  /// The number of the last message set.
  long now() {
    return sequence.get();
  }

  /// What became of a topic's message.
  ///
  /// @param number grows with each change of any topic
  record Change(TopicName topic, long number, @Nullable Message before, @Nullable Message now) {}

  /// Keeps the message, or clears its topic where the payload is empty (MQTT-3.3.1-6).
  ///
  /// @return null where a limit keeps it from being stored; the message before it, if any, then stays
  @Nullable Change set(Message m) {
    if (m.payload().isEmpty()) {
      return clear(m.topic());
    }
    Message replaced = get(m.topic());
    if (bytes.get() + m.weight() - (replaced == null ? 0 : replaced.weight()) > bytesMax) {
      return null;
    }
    while (true) {
      Slot slot = find(m.topic());
      if (slot == null) {
        if (count.get() >= countMax) {
          return null;
        }
        slot = insert(m.topic());
      }
      Kept before = slot.kept.get();
      Kept now = new Kept(m, sequence.incrementAndGet());
      if (slot.kept.compareAndSet(before, now)) {
        bytes.addAndGet(m.weight() - (before == null ? 0 : before.message.weight()));
        if (before == null) {
          count.incrementAndGet();
        }
        if (find(m.topic()) == slot) {
          return new Change(m.topic(), now.number, before == null ? null : before.message, m);
        }
        empty(slot); // cleared by another loop between finding and setting: again
      }
    }
  }

  /// What a store has kept from before the start.
  void recover(Message m, long number) {
    Slot slot = insert(m.topic());
    slot.kept.set(new Kept(m, number));
    count.incrementAndGet();
    bytes.addAndGet(m.weight());
    sequence.accumulateAndGet(number, Math::max);
  }

  /// Takes a change back that could not be kept, unless another has followed it.
  void undo(Change c) {
    if (get(c.topic) == c.now) {
      if (c.before == null) {
        clear(c.topic);
      } else {
        set(c.before);
      }
    }
  }

  Change clear(TopicName topic) {
    Slot slot = find(topic);
    Message before = null;
    if (slot != null) {
      root.updateAndGet(r -> without(r, topic, slot));
      before = empty(slot);
    }
    return new Change(topic, sequence.incrementAndGet(), before, null);
  }

  private @Nullable Message empty(Slot slot) {
    Kept gone = slot.kept.getAndSet(null);
    if (gone == null) {
      return null;
    }
    bytes.addAndGet(-gone.message.weight());
    count.decrementAndGet();
    return gone.message;
  }

  @Nullable Message get(TopicName topic) {
    Slot slot = find(topic);
    Kept kept = slot == null ? null : slot.kept.get();
    return kept == null ? null : kept.message;
  }

  private @Nullable Slot find(TopicName topic) {
    Node node = root();
    for (String level : topic.levels()) {
      Node child = node.children.get(level);
      if (child == null) {
        return null;
      }
      node = child;
    }
    return node.slot;
  }

  private Slot insert(TopicName topic) {
    Slot fresh = new Slot();
    while (true) {
      Node before = root();
      Node[] path = path(before, topic.levels());
      Slot there = path[path.length - 1].slot;
      if (there != null) {
        return there;
      }
      Node changed = new Node(path[path.length - 1].children, fresh);
      if (root.compareAndSet(before, rebuilt(path, topic.levels(), changed))) {
        return fresh;
      }
    }
  }

  private static Node without(Node root, TopicName topic, Slot slot) {
    Node[] path = path(root, topic.levels());
    Node end = path[path.length - 1];
    return end.slot != slot ? root : rebuilt(path, topic.levels(), new Node(end.children, null));
  }

  private static Node[] path(Node root, String[] levels) {
    Node[] path = new Node[levels.length + 1];
    path[0] = root;
    for (int i = 0; i < levels.length; i++) {
      Node child = path[i].children.get(levels[i]);
      path[i + 1] = child == null ? Node.EMPTY : child;
    }
    return path;
  }

  private static Node rebuilt(Node[] path, String[] levels, Node end) {
    Node changed = end;
    for (int i = levels.length - 1; i >= 0; i--) {
      PersistentMap<String, Node> children =
          changed.isEmpty() ? path[i].children.without(levels[i]) : path[i].children.with(levels[i], changed);
      changed = new Node(children, path[i].slot);
    }
    return changed;
  }

  /// A walk over what the filter matches now, pulled one message at a time by the subscriber's pace.
  Replay replay(TopicFilter filter) {
    return new Replay(root(), filter.levelArray(), now());
  }

  static final class Replay {
    private final String[] levels;
    private final long upTo;
    private final Deque<Step> steps = new ArrayDeque<>();

    /// @param depth how many levels of the filter led here; beyond its last where a `#` is being unrolled
    private record Step(Node node, int depth) {}

    private Replay(Node root, String[] levels, long upTo) {
      this.levels = levels;
      this.upTo = upTo;
      steps.push(new Step(root, 0));
    }

    /// The next message, or null at the end.
    @Nullable Message next() {
      while (!steps.isEmpty()) {
        Step step = steps.pop();
        boolean rest = step.depth >= levels.length || levels[step.depth].equals("#");
        if (rest && step.depth < levels.length || step.depth > levels.length) {
          descend(step, levels.length + 1);
        } else if (!rest) {
          follow(step);
        }
        if (step.depth >= levels.length || rest) {
          Kept kept = step.node.slot == null ? null : step.node.slot.kept.get();
          if (kept != null && kept.number <= upTo) {
            return kept.message;
          }
        }
      }
      return null;
    }

    private void follow(Step step) {
      String level = levels[step.depth];
      if (level.equals("+")) {
        descend(step, step.depth + 1);
      } else {
        Node child = step.node.children.get(level);
        if (child != null) {
          steps.push(new Step(child, step.depth + 1));
        }
      }
    }

    private void descend(Step step, int depth) {
      boolean atRoot = step.depth == 0;
      step.node.children.forEach(
          (name, child) -> {
            if (!atRoot || !name.startsWith("$")) { // MQTT-4.7.2-1
              steps.push(new Step(child, depth));
            }
          });
    }
  }

  /// What has expired, for a slow sweep beside the check at each replay.
  List<Message> expired(long wallMillis) {
    List<Message> expired = new ArrayList<>();
    Replay all = new Replay(root(), new String[] {"#"}, Long.MAX_VALUE);
    for (Message m = all.next(); m != null; m = all.next()) {
      if (m.isExpired(wallMillis)) {
        expired.add(m);
      }
    }
    return expired;
  }
}

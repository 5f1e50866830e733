package io.trivet.broker;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// All subscriptions by topic level: immutable, so that every loop reads without a lock; a change makes a new tree that
/// shares all but one path. Walks are loops, not recursion, so that no depth of topic can overflow a stack.
///
/// ```
/// root ── "ward" ── "+" ── "pulse"     plain: {session → subscription}
///             └──── "#"                groups: {share name → {session → subscription}}
/// ```
final class TopicTree {
  static final TopicTree EMPTY = new TopicTree(Node.EMPTY, 0);

  private final Node root;
  private final int size;

  private TopicTree(Node root, int size) {
    this.root = root;
    this.size = size;
  }

  /// How many subscriptions there are.
  int size() {
    return size;
  }

  private record Node(
      PersistentMap<String, Node> children,
      PersistentMap<Session, Subscription> plain,
      PersistentMap<String, PersistentMap<Session, Subscription>> groups) {
    static final Node EMPTY =
        new Node(PersistentMap.empty(), PersistentMap.empty(), PersistentMap.empty());

    boolean isEmpty() {
      return children.isEmpty() && plain.isEmpty() && groups.isEmpty();
    }

    Node withChild(String level, Node child) {
      return new Node(child.isEmpty() ? children.without(level) : children.with(level, child), plain, groups);
    }
  }

  TopicTree with(Subscription s) {
    return changed(s.filter(), s.session(), s);
  }

  TopicTree without(SubscriptionFilter filter, Session session) {
    return changed(filter, session, null);
  }

  private TopicTree changed(SubscriptionFilter filter, Session session, @Nullable Subscription s) {
    String[] levels = filter.filter().levelArray();
    Node[] path = new Node[levels.length + 1];
    path[0] = root;
    for (int i = 0; i < levels.length; i++) {
      Node child = path[i].children.get(levels[i]);
      path[i + 1] = child == null ? Node.EMPTY : child;
    }
    Node end = path[levels.length];
    boolean had = members(end, filter.group()).get(session) != null;
    if (s == null && !had) {
      return this;
    }
    Node changed = withMember(end, filter.group(), session, s);
    for (int i = levels.length - 1; i >= 0; i--) {
      changed = path[i].withChild(levels[i], changed);
    }
    return new TopicTree(changed, size + (s == null ? -1 : had ? 0 : 1));
  }

  private static PersistentMap<Session, Subscription> members(Node node, String group) {
    if (group.isEmpty()) {
      return node.plain;
    }
    PersistentMap<Session, Subscription> members = node.groups.get(group);
    return members == null ? PersistentMap.empty() : members;
  }

  private static Node withMember(Node node, String group, Session session, @Nullable Subscription s) {
    PersistentMap<Session, Subscription> before = members(node, group);
    PersistentMap<Session, Subscription> after = s == null ? before.without(session) : before.with(session, s);
    if (group.isEmpty()) {
      return new Node(node.children, after, node.groups);
    }
    return new Node(
        node.children, node.plain, after.isEmpty() ? node.groups.without(group) : node.groups.with(group, after));
  }

  /// Receives what matches a name: each plain subscription, and each share group once with all its members.
  interface Matches {
    void plain(Subscription s);

    void group(PersistentMap<Session, Subscription> members);
  }

  void match(TopicName name, Matches found) {
    String[] levels = name.levels();
    Deque<Node> nodes = new ArrayDeque<>();
    int[] depths = new int[16];
    nodes.push(root);
    while (!nodes.isEmpty()) {
      Node node = nodes.pop();
      int depth = depths[nodes.size()];
      boolean wildcardsApply = depth > 0 || !name.isReserved(); // MQTT-4.7.2-1
      Node hash = wildcardsApply ? node.children.get("#") : null;
      if (hash != null) {
        report(hash, found);
      }
      if (depth == levels.length) {
        report(node, found);
        continue;
      }
      Node exact = node.children.get(levels[depth]);
      Node plus = wildcardsApply ? node.children.get("+") : null;
      if (nodes.size() + 2 > depths.length) {
        depths = Arrays.copyOf(depths, depths.length * 2);
      }
      for (Node next : new @Nullable Node[] {exact, plus}) {
        if (next != null) {
          depths[nodes.size()] = depth + 1;
          nodes.push(next);
        }
      }
    }
  }

  private static void report(Node node, Matches found) {
    node.plain.forEachValue(found::plain);
    node.groups.forEachValue(found::group);
  }

  /// The members of the group that shares exactly this filter, to hand a message on to another of them.
  void forEachMember(SubscriptionFilter filter, Consumer<Subscription> visitor) {
    Node node = root;
    for (String level : filter.filter().levelArray()) {
      Node child = node.children.get(level);
      if (child == null) {
        return;
      }
      node = child;
    }
    members(node, filter.group()).forEachValue(visitor);
  }
}

package io.trivet.broker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where the messages of one topic go, worked out once and kept by one loop until the tree or a session's home changes.
/// The arrays inside travel to other loops and are never written after they are made.
final class Route {
  private static final Target[] NOBODY = new Target[0];

  private final TopicTree tree;
  private final Target[] targets;
  private final ShareGroup[] groups;
  private final boolean anyDurable;
  private Target[][] byLoop = new Target[0][];
  private int epoch = -1;

  private Route(TopicTree tree, Target[] targets, ShareGroup[] groups) {
    this.tree = tree;
    this.targets = targets;
    this.groups = groups;
    boolean durable = false;
    for (Target t : targets) {
      durable |= t.session.isDurable() && t.qos != QoS.AT_MOST_ONCE;
    }
    for (ShareGroup g : groups) {
      for (Target t : g.members) {
        durable |= t.session.isDurable() && t.qos != QoS.AT_MOST_ONCE;
      }
    }
    this.anyDurable = durable;
  }

  static Route of(TopicTree tree, TopicName name) {
    List<Subscription> plain = new ArrayList<>();
    List<ShareGroup> groups = new ArrayList<>();
    tree.match(
        name,
        new TopicTree.Matches() {
          @Override
          public void plain(Subscription s) {
            plain.add(s);
          }

          @Override
          public void group(PersistentMap<Session, Subscription> members) {
            List<Target> targets = new ArrayList<>();
            members.forEachValue(s -> targets.add(new Target(s)));
            groups.add(new ShareGroup(targets.toArray(NOBODY)));
          }
        });
    return new Route(tree, merged(plain), groups.toArray(new ShareGroup[0]));
  }

  private static Target[] merged(List<Subscription> plain) {
    if (plain.size() == 1) {
      return new Target[] {new Target(plain.getFirst())};
    }
    Map<Session, List<Subscription>> bySession = new HashMap<>(plain.size() * 2);
    boolean overlap = false;
    for (Subscription s : plain) {
      List<Subscription> of = bySession.computeIfAbsent(s.session(), _ -> new ArrayList<>(1));
      of.add(s);
      overlap |= of.size() > 1;
    }
    if (!overlap) {
      return plain.stream().map(Target::new).toArray(Target[]::new);
    }
    return bySession.values().stream().map(l -> new Target(l.toArray(Subscription[]::new))).toArray(Target[]::new);
  }

  boolean isFor(TopicTree current) {
    return tree == current;
  }

  boolean isEmpty() {
    return targets.length == 0 && groups.length == 0;
  }

  /// Whether a message of QoS 1 or 2 on it must be stored before it is acknowledged.
  boolean anyDurable() {
    return anyDurable;
  }

  Target[] targets() {
    return targets;
  }

  /// The targets at home on each loop. `currentEpoch` grows whenever a session moves.
  Target[][] byLoop(int loops, int currentEpoch) {
    if (epoch != currentEpoch) {
      List<List<Target>> split = new ArrayList<>(loops);
      for (int i = 0; i < loops; i++) {
        split.add(new ArrayList<>());
      }
      for (Target t : targets) {
        split.get(t.session.home()).add(t);
      }
      Target[][] made = new Target[loops][];
      for (int i = 0; i < loops; i++) {
        made[i] = split.get(i).isEmpty() ? NOBODY : split.get(i).toArray(NOBODY);
      }
      byLoop = made;
      epoch = currentEpoch;
    }
    return byLoop;
  }

  ShareGroup[] groups() {
    return groups;
  }

  /// The members of one shared subscription, of whom each message goes to one.
  static final class ShareGroup {
    private final Target[] members;
    private int next;

    ShareGroup(Target[] members) {
      this.members = members;
    }

    /// Takes turns among those that are connected and keep up, then among those connected, then among those whose
    /// session outlives the connection; null where nobody would ever receive it.
    @Nullable Target choose() {
      Target online = null;
      Target kept = null;
      for (int i = 0; i < members.length; i++) {
        int at = (next + i) % members.length;
        Target t = members[at];
        if (t.session.isOnline()) {
          if (!t.session.isLagging()) {
            next = at + 1;
            return t;
          }
          online = online == null ? t : online;
        } else if (t.session.isDurable()) {
          kept = kept == null ? t : kept;
        }
      }
      next++;
      return online != null ? online : kept;
    }
  }
}

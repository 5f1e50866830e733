package io.trivet.abe;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// A policy as it was understood. A gate in a gate of its kind is one gate, and none has a single member, so
/// that equal policies are written alike.
sealed interface Node {
  boolean satisfiedBy(Attributes held);

  /// How many gates stand one in another.
  int depth();

  void write(StringBuilder to);

  /// What the rows of the policy belong to, in their order.
  void owners(Consumer<Atom> to);

  record Held(String name) implements Node {
    @Override
    public boolean satisfiedBy(Attributes held) {
      return held.names().contains(name);
    }

    @Override
    public int depth() {
      return 0;
    }

    @Override
    public void write(StringBuilder to) {
      to.append(Names.written(name));
    }

    @Override
    public void owners(Consumer<Atom> to) {
      to.accept(new Atom.Held(name));
    }
  }

  /// Some number satisfies it.
  record Compared(String name, Comparison comparison, long bound) implements Node {
    @Override
    public boolean satisfiedBy(Attributes held) {
      Map<String, Long> numbers = held.numbers();
      Long value = numbers.get(name);
      return value != null && comparison.holds(value, bound);
    }

    @Override
    public int depth() {
      return 0;
    }

    @Override
    public void write(StringBuilder to) {
      to.append(Names.written(name)).append(' ').append(comparison.sign()).append(' ').append(bound);
    }

    @Override
    public void owners(Consumer<Atom> to) {
      alternatives().forEach(to);
    }

    List<Atom> alternatives() {
      return Numbers.alternatives(name, comparison, bound);
    }
  }

  /// @param needed how many of the members must be satisfied: 1 is `or`, all is `and`
  record Gate(int needed, List<Node> members) implements Node {
    public Gate {
      members = List.copyOf(members);
    }

    @Override
    public boolean satisfiedBy(Attributes held) {
      return members.stream().filter(m -> m.satisfiedBy(held)).limit(needed).count() == needed;
    }

    @Override
    public int depth() {
      return 1 + members.stream().mapToInt(Node::depth).max().orElse(0);
    }

    @Override
    public void owners(Consumer<Atom> to) {
      members.forEach(m -> m.owners(to));
    }

    boolean isAnd() {
      return needed == members.size();
    }

    boolean isOr() {
      return needed == 1;
    }

    @Override
    public void write(StringBuilder to) {
      boolean threshold = !isAnd() && !isOr();
      String between = threshold ? ", " : isAnd() ? " and " : " or ";
      if (threshold) {
        to.append(needed).append(" of (");
      }
      for (int i = 0; i < members.size(); i++) {
        Node m = members.get(i);
        to.append(i == 0 ? "" : between);
        boolean enclosed = !threshold && m instanceof Gate g && (g.isAnd() || g.isOr());
        to.append(enclosed ? "(" : "");
        m.write(to);
        to.append(enclosed ? ")" : "");
      }
      if (threshold) {
        to.append(')');
      }
    }
  }

  /// A gate over members, or what it comes to.
  ///
  /// @param needed 1 to the number of members
  static Node gate(int needed, List<Node> members) {
    if (members.size() == 1) {
      return members.getFirst();
    }
    boolean and = needed == members.size();
    boolean or = needed == 1;
    if (!and && !or) {
      return new Gate(needed, members);
    }
    List<Node> flat = new ArrayList<>();
    for (Node m : members) {
      if (m instanceof Gate g && (and ? g.isAnd() : g.isOr())) {
        flat.addAll(g.members);
      } else {
        flat.add(m);
      }
    }
    return new Gate(and ? flat.size() : 1, flat);
  }
}

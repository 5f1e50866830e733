package io.trivet.abe;

import io.trivet.abe.Scanner.Stopped;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads a policy by recursive descent:
///
/// ```
/// policy    = and *("or" and)
/// and       = member *("and" member)
/// member    = "(" policy ")" / number "of" "(" policy *("," policy) ")" / name [comparison number]
/// ```
final class PolicyParser {
  /// Parentheses may be written in more levels than gates are left of them, but not in any number: each is a
  /// call.
  private static final int PARENTHESES_MAX = 2 * Policy.DEPTH_MAX;

  private final Scanner in;
  private int leaves;
  private int parentheses;

  private PolicyParser(String text) throws Stopped {
    this.in = new Scanner(text);
  }

  static Node parse(String text) throws Stopped {
    PolicyParser p = new PolicyParser(text);
    Node root = p.or();
    if (!(p.in.peek() instanceof Token.End)) {
      throw new Stopped(p.in.peek().at(), "expected 'and', 'or' or the end, found " + p.in.seen());
    }
    return root;
  }

  private Node or() throws Stopped {
    int at = in.peek().at();
    List<Node> members = new ArrayList<>();
    members.add(and());
    while (in.isKeyword("or")) {
      in.take();
      members.add(and());
    }
    return gate(at, 1, members);
  }

  private Node and() throws Stopped {
    int at = in.peek().at();
    List<Node> members = new ArrayList<>();
    members.add(member());
    while (in.isKeyword("and")) {
      in.take();
      members.add(member());
    }
    return gate(at, members.size(), members);
  }

  private static Node gate(int at, int needed, List<Node> members) throws Stopped {
    Node gate = Node.gate(needed, members);
    if (gate.depth() > Policy.DEPTH_MAX) {
      throw new Stopped(at, "more than " + Policy.DEPTH_MAX + " gates one in another");
    }
    return gate;
  }

  private Node member() throws Stopped {
    Token token = in.peek();
    if (in.isSign("(")) {
      open(token.at());
      Node inside = or();
      close("to end what '(' at character " + (token.at() + 1) + " began");
      return inside;
    }
    if (token instanceof Token.Figure(int at, long needed)) {
      return threshold(at, needed);
    }
    if (token instanceof Token.Name name) {
      return named(name);
    }
    throw new Stopped(token.at(), "expected a name, a number or '(', found " + in.seen());
  }

  private void open(int at) throws Stopped {
    if (++parentheses > PARENTHESES_MAX) {
      throw new Stopped(at, "more than " + PARENTHESES_MAX + " parentheses one in another");
    }
    in.expect("(", "here");
  }

  private void close(String after) throws Stopped {
    in.expect(")", after);
    parentheses--;
  }

  private Node threshold(int at, long needed) throws Stopped {
    in.take();
    if (!in.isKeyword("of")) {
      throw new Stopped(in.peek().at(), "expected 'of' after a number, as in '2 of (a, b, c)', found " + in.seen());
    }
    in.take();
    open(in.peek().at());
    List<Node> members = new ArrayList<>();
    members.add(or());
    while (in.isSign(",")) {
      in.take();
      members.add(or());
    }
    close("or ',' after a member of '" + needed + " of'");
    if (needed < 1 || needed > members.size()) {
      throw new Stopped(at, needed + " of " + members.size() + ": give a number from 1 to " + members.size());
    }
    return gate(at, (int) needed, members);
  }

  private Node named(Token.Name name) throws Stopped {
    if (!name.quoted() && Names.isKeyword(name.text())) {
      throw new Stopped(
          name.at(), "expected a name, found '" + name.text() + "', which must stand in quotes to be one");
    }
    in.take();
    if (!(in.peek() instanceof Token.Sign(int at, String sign)) || "(),".contains(sign)) {
      count(name.at(), 1);
      return new Node.Held(name.text());
    }
    Comparison comparison =
        Arrays.stream(Comparison.values())
            .filter(c -> c.sign().equals(sign))
            .findFirst()
            .orElseThrow(() -> new Stopped(at, "a policy compares by ==, >=, >, <= or <"));
    in.take();
    if (!(in.peek() instanceof Token.Figure(int _, long bound))) {
      throw new Stopped(in.peek().at(), "expected a number after '" + sign + "', found " + in.seen());
    }
    in.take();
    Node.Compared compared = new Node.Compared(name.text(), comparison, bound);
    List<Atom> alternatives = compared.alternatives();
    if (alternatives.isEmpty()) {
      throw new Stopped(at, "no number from 0 to " + Numbers.MAX + " is " + sign + " " + bound);
    }
    count(name.at(), alternatives.size());
    return compared;
  }

  private void count(int at, int more) throws Stopped {
    leaves += more;
    if (leaves > Policy.LEAVES_MAX) {
      throw new Stopped(
          at,
          "up to here " + leaves + " attributes, where " + Policy.LEAVES_MAX
              + " may be; a comparison counts as many as the number has bits, or twice as many");
    }
  }
}

package io.trivet.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.identity.rules.RulesFile;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyCheckTest {
  private static List<String> of(String rules) {
    return PolicyCheck.check("version: 1\nrules:\n" + rules.indent(2)).stream()
        .map(p -> p.line() + ": " + p.what()).toList();
  }

  @Test
  void findsNothingInWhatIsMeant() {
    assertThat(PolicyCheck.check(RulesFile.DEFAULT)).isEmpty();
    assertThat(PolicyCheck.check(PolicyTest.WHOLE)).isEmpty();
    assertThat(of("""
        - {allow: publish, topic: "a/#"}
        - {deny: publish, topic: "a/secret"}
        - {on: publish, topic: "a/b", when: "subject.id == 'x'", then: deny}
        - {on: publish, topic: "a/b", group: g, then: [allow, delay: {for: 1s}]}
        """)).isEmpty();
  }

  @Test
  void tellsErrorsInsteadWhereThereAreAny() {
    List<Problem> found = PolicyCheck.check("version: 1\nrules: [{on: publish, topic: a, then: alow}]\n");
    assertThat(found).singleElement().satisfies(p -> {
      assertThat(p.severity()).isEqualTo(Problem.Severity.ERROR);
      assertThat(p.toString()).isEqualTo("""
          line 2, column 39: unknown action 'alow', did you mean 'allow'? There are allow, delay, deny, execute, modify
          rules: [{on: publish, topic: a, then: alow}]
                                                ^""");
    });
  }

  @Test
  void findsRulesThatNeverHaveASay() {
    assertThat(of("""
        - {on: publish, topic: "a/${subject.id}/x", group: g, then: allow}
        - {on: [publish, retain], topic: "a/#", then: deny}
        - {on: publish, topic: "b", when: "subject.id == 'x'", then: allow}
        - {deny: publish, topic: b}
        """)).containsExactly(
        "3: this rule never has a say: rules line 4 denies whatever it is about",
        "5: this rule never has a say: rules line 6 denies whatever it is about");
    assertThat(of("""
        - {on: [publish, retain], topic: "a/b", then: allow}
        - {on: publish, topic: "a/#", then: deny}
        """)).as("it still has a say on retain").isEmpty();
    assertThat(of("""
        - {on: publish, topic: "a/b", then: allow}
        - {on: publish, topic: "a/#", group: g, then: deny}
        """)).as("others may").isEmpty();
  }

  @Test
  void findsRulesThatAddNothing() {
    assertThat(of("""
        - {allow: publish, topic: "a/#"}
        - {allow: publish, topic: "a/b", group: g}
        - {allow: publish, topic: "a/#"}
        - {allow: publish, topic: "a/c", anonymous: true}
        - {deny: publish, topic: "d/+"}
        - {deny: publish, topic: "d/x"}
        """)).containsExactly(
        "4: this rule adds nothing: rules line 3 says so of all it is about",
        "5: this rule adds nothing: rules line 3 says so of all it is about",
        "8: this rule adds nothing: rules line 7 says so of all it is about");
  }

  @Test
  void findsRulesThatContradictEachOther() {
    assertThat(of("""
        - {on: publish, topic: "a/b", when: "subject.id == 'x'", then: allow}
        - {on: publish, topic: "a/+", when: "subject.id == 'x'", then: deny}
        - {on: publish, topic: "a/+", when: "subject.id == 'y'", then: allow}
        - {on: publish, topic: "a/+", when: "subject.id == 'y'", then: allow}
        - {on: publish, topic: "c", when: "subject.id == 'z'", then: allow}
        - {on: publish, topic: "c", then: allow}
        """)).containsExactly(
        "3: this rule never has a say: rules line 4 denies whatever it is about",
        "6: this rule adds nothing: rules line 5 says so of all it is about",
        "7: this rule adds nothing: rules line 8 says so of all it is about");
  }

  @Test
  void rightsToReservedTopicsAddSomething() {
    assertThat(of("""
        - {on: publish, then: allow}
        - {on: publish, topic: $own/x, then: allow}
        - {on: publish, topic: own/x, then: allow}
        """)).containsExactly("5: this rule adds nothing: rules line 3 says so of all it is about");
  }

  @Test
  void findsConditionsThatCannotBe() {
    assertThat(of("""
        - {on: subscribe, topic: x, when: "message.size < 3", then: allow}
        - {on: connect, when: "topic == 'x'", then: allow}
        - {on: publish, topic: y, when: "1 > 2", then: allow}
        - {on: publish, topic: z, when: "true", then: allow}
        - {on: publish, topic: w, anonymous: true, when: "subject.attr.a == 'x'", then: allow}
        - {on: publish, topic: v, when: "[1][2] == 3", then: allow}
        - {on: publish, topic: u, when: "peer.address == 'x'", then: allow}
        """)).satisfiesExactly(
        a -> assertThat(a).startsWith("3: 'message.size' is never there on subscribe").endsWith("it carries no message"),
        b -> assertThat(b).startsWith("4: 'topic' is never there on connect"),
        c -> assertThat(c).isEqualTo("5: the condition is never true: the rule is unreachable"),
        d -> assertThat(d).isEqualTo("6: the condition is always true; leave it out"),
        e -> assertThat(e).startsWith("7: 'subject.attr' is never there").endsWith("have no attributes"),
        f -> assertThat(f).startsWith("8: the condition always fails, which denies"),
        g -> assertThat(g).startsWith("9: 'peer.address' is never there on publish"));
  }

  @Test
  void findsWhatLeaksAndWhatCollides() {
    assertThat(of("""
        - {on: subscribe, topic: "s/#", then: deny}
        - {on: subscribe, topic: "t/#", then: deny}
        - {on: deliver, topic: "t/#", then: deny}
        - {on: deliver, topic: "m/#", then: {modify: {round: {hr: 5}}}}
        - {on: deliver, topic: "+/x", then: {modify: {drop: [hr]}}}
        - {on: deliver, topic: "n/y", then: {modify: {redact: {hr: "?"}}}}
        """)).satisfiesExactly(
        a -> assertThat(a).startsWith("3: a message that comes by another way").contains("deny 'deliver' too"),
        b -> assertThat(b).startsWith("7: 'hr' is to be dropped, and by rules line 6 rounded"));
  }

  @Test
  void findsEventsThatNobodyAsksFor() {
    assertThat(PolicyCheck.check("""
        version: 1
        events:
          used: {on: publish, key: subject.id}
          idle: {on: publish, key: subject.id}
        rules:
          - {on: publish, when: 'count("used", subject.id, "1s") > 3', then: deny}
        """)).singleElement().satisfies(p -> {
          assertThat(p.line()).isEqualTo(4);
          assertThat(p.what()).contains("'idle' is counted, and no rule asks for it");
        });
  }

  @Test
  void looksTenThousandRulesOverWithinSeconds() {
    StringBuilder text = new StringBuilder("version: 1\nrules:\n");
    for (int i = 0; i < 10_000; i++) {
      text.append("  - {").append(i % 3 == 0 ? "deny" : "allow").append(": publish, topic: \"+/").append(i).append("/#\"}\n");
    }
    long before = System.nanoTime();
    assertThat(PolicyCheck.check(text.toString())).isEmpty();
    assertThat(System.nanoTime() - before).isLessThan(30_000_000_000L);
  }
}

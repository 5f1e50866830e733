package io.trivet.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.trivet.identity.rules.RulesFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyFileTest {
  private static final String HEAD = "version: 1\nrules:\n";

  private static void refuses(String text, String... why) {
    PolicyException e = catchThrowableOfType(PolicyException.class, () -> Policy.parse(text));
    assertThat(e).as(text.substring(0, Math.min(200, text.length()))).isNotNull();
    assertThat(e.getMessage()).contains(why);
  }

  private static void refusesRule(String rule, String... why) {
    refuses(HEAD + "  - {" + rule + "}\n", why);
  }

  @Test
  void showsThePlaceWithACaret() {
    refuses("""
        version: 1
        rules:
          - on: publish
            topic: a
            when: 'message.sise < 10'
            then: allow
        """, """
        line 5, column 12: undeclared reference to 'message'
            when: 'message.sise < 10'
                   ^""");
    refuses(HEAD + """
          - on: publish
            when: |
              message.size < 10
                && subject.id < 3
            then: allow
        """, "line 6, column 23: found no matching overload for '_<_'", "\n                      ^");
  }

  @Test
  void findsEveryWrongRuleAtOnce() {
    PolicyException e = catchThrowableOfType(PolicyException.class, () -> Policy.parse(HEAD + """
          - {on: publsh, then: allow}
          - {on: publish, then: allow}
          - {on: publish, then: alow}
          - {on: publish, topic: a/#/b, then: allow}
        """));
    assertThat(e.problems()).extracting(Problem::line).containsExactly(3, 5, 6);
    assertThat(e.problems().getFirst().what()).contains("unknown event 'publsh', did you mean 'publish'?");
    assertThat(e.problems().get(1).what()).contains("unknown action 'alow', did you mean 'allow'?");
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    refuses("rules:\n", "'version: 1' is missing");
    refuses("version: 2\n", "line 1, column 10: version 2: this server reads version 1");
    refuses("version: 1\nruls: []\n", "unknown key 'ruls', did you mean 'rules'?");
    refuses("version: 1\ncontext: {a: {topic: t, type: int, path: a..b}}\n", "path: give at most 16 names");
    refuses("version: 1\ncontext: {a: {topic: t, type: int, on_stale: x}}\n", "on_stale: give deny, or a value of type int");
    refuses("version: 1\ncontext: {a-b: {topic: t, type: int}}\n", "'a-b' is no name that conditions can read");
    refuses("version: 1\ndefault: maybe\n", "line 2, column 10: default: give deny or allow");
    refuses("version: 1\nversion: 1\n", "line 2", "twice");
    refuses("version: 1\n---\nversion: 1\n", "second document");
    refuses("version: 1\nrules: 7\n", "rules: give a list");
    refuses(HEAD + "  - {}\n", "give a rule");
    refusesRule("on: publish", "'then' is missing");
    refusesRule("then: allow", "'on' is missing");
    refusesRule("on: [], then: allow", "name at least one event");
    refusesRule("on: publish, topic: [], then: allow", "topic: give at least one");
    refusesRule("on: publish, then: []", "then: give 1 to 16 actions");
    refusesRule("on: publish, tpic: x, then: allow", "did you mean 'topic'?");
    refusesRule("on: publish, topic: 'a/{attr.x}', then: allow", "${subject.id}, ${subject.client} or ${subject.attr.NAME}");
    refusesRule("on: publish, topic: 'a/${subjct.id}', then: allow", "give ${subject.id}");
    refusesRule("on: publish, topic: 'a/+${subject.id}', then: allow", "wildcard");
    refusesRule("on: publish, topic: '$SYS/#', then: allow", "name the whole topic");
    refusesRule("on: actual.publish, then: deny", "can only be reacted to");
    refusesRule("on: publish, then: [allow, deny]", "what is denied is not also allowed");
    refusesRule("on: publish, then: {deny: {reason: 3}}", "reason: give a whole number from 128 to 255");
    refusesRule("on: publish, then: {delay: {}}", "'for' is missing");
    refusesRule("on: [publish, deliver], then: {delay: {for: 1s}}", "deliver cannot be delayed");
    refusesRule("on: subscribe, then: {modify: {drop: [a]}}", "subscribe cannot be modified");
    refusesRule("on: publish, then: {delay: {for: 2h}}", "at most an hour");
    refusesRule("on: publish, then: {delay: {for: soon}}", "give a span of time such as 500ms");
    refusesRule("on: publish, then: {modify: {}}", "say what");
    refusesRule("on: publish, then: {modify: {drop: [a..b]}}", "is no path");
    refusesRule("on: publish, then: {execute: {webhook: 'http://x'}}", "https://");
    refusesRule("on: publish, then: {execute: {webhook: 'https://me:secret@x'}}", "without a password");
    refusesRule("on: publish, then: {execute: {publish: 'a/#'}}", "without wildcards");
    refusesRule("on: publish, then: {execute: {publish: '$SYS/x'}}", "does not begin with $");
    refusesRule("on: publish, then: {execute: {publish: 'a/${topic'}}", "${ without its }");
    refusesRule("on: publish, then: {execute: {publish: 'a/${tpic}'}}", "undeclared reference to 'tpic'");
    refusesRule("on: publish, then: {execute: {raise: trust.identity, by: 0.1}}", "not declared below 'trust'");
    refusesRule("on: publish, then: {execute: {ban: subject.id}}", "'for' is missing");
    refusesRule("on: publish, then: {execute: {}}", "execute: give one of");
    refusesRule("on: publish, anonymous: true, group: g, then: allow", "leave out");
    refuses(HEAD + "  - {id: a, on: publish, then: allow}\n  - {id: a, on: publish, then: allow}\n",
        "line 4, column 10: id 'a' stands there twice");
  }

  @Test
  void refusesAccessListsAsBefore() {
    refuses("versoin: 1\n", "line 1", "unknown key 'versoin', did you mean 'version'?");
    refuses(HEAD + "  - alow: publish\n", "line 3, column", "unknown key 'alow', did you mean 'allow'?");
    refuses(HEAD + "  - allow: publish\n    tpic: a\n", "line 4", "did you mean 'topic'?");
    refuses(HEAD + "  - allow: publsh\n    topic: a\n", "line 3", "action 'publsh'");
    refuses(HEAD + "  - allow: publish\n    topic: a/#/b\n", "line 4", "#");
    refuses(HEAD + "  - allow: publish\n    topic: a/{divice.id}\n", "line 4", "{divice.id}");
    refuses(HEAD + "  - allow: publish\n", "line 3", "and topic");
    refuses(HEAD + "  - topic: a\n", "line 3", "needs allow or deny");
    refuses(HEAD + "  - allow: []\n    topic: a\n", "needs allow or deny with an action");
    refuses(HEAD + "  - allow: publish\n    deny: publish\n    topic: a\n", "line 4", "allow or deny, not both");
    refuses(HEAD + "  - allow: publish\n    topic: #\n", "quote one that begins with #");
    refuses(HEAD + "  - allow: publish\n    topic: a\n    group: ''\n", "line 5", "give a text");
    refuses(HEAD + "  - allow: publish\n    topic: a\n    device: a/b\n", "line 5", "'a/b' is no device id");
    refuses(HEAD + "  - allow: publish\n    topic: a\n    attributes: {}\n", "line 5", "at least one");
    refuses(HEAD + "  - allow: publish\n    topic: a\n    anonymous: maybe\n", "line 5", "true or false");
    refuses(HEAD + "  - allow: publish\n    topic: a\n    anonymous: true\n    group: g\n", "line 3", "leave out");
    refuses(HEAD + "  - allow: publish\n    topic: $SYS/#\n", "line 3", "name the whole topic");
    refuses(HEAD + "  - allow: publish\n    topic: &x a\n    device: *x\n", "aliases");
    assertThat(PolicyTest.policy(RulesFile.DEFAULT).size()).isEqualTo(RulesFile.parse(RulesFile.DEFAULT).size());
    assertThat(PolicyTest.policy(HEAD).size()).isZero();
    assertThat(PolicyTest.policy("version: 1\n").size()).isZero();
  }

  @Test
  void checksConditionsAgainstWhatIsDeclared() {
    String declared = """
        version: 1
        attributes: {ward: string, age: int}
        context: {site.emergency: {topic: sys/emergency, type: bool}}
        trust: {identity: {mtls: 0.9}}
        events: {unlock: {on: actual.publish, topic: door/unlock, key: subject.id}}
        rules:
        """;
    when(declared, "subject.attr.colour == 'x'", "undefined field 'colour'");
    when(declared, "subject.attr.age == '40'", "no matching overload");
    when(declared, "ctx.site.emergancy", "undeclared reference to 'ctx'");
    when(declared, "trust.skill > 0.5", "undeclared reference to 'trust'");
    when(declared, "count('unlok', subject.id, '10s') > 1", "give the name of an event in quotes; there are unlock");
    when(declared, "count('unlock', subject.id, 'ten') > 1", "give a span of time in quotes");
    when(declared, "count('unlock', 3, '10s') > 1", "no matching overload");
    when(declared, "count('unlock', subject.id) > 1", "undeclared reference to 'count'");
    refuses(declared + "  - {on: publish, when: 'count(\"unlock\", topic, \"1s\") > 5000', then: deny}\n", "line 5",
        "with 5000; at most 4095 can be told apart");
    when(declared, "held('site.x', true, '5m')", "context attribute in quotes; there are site.emergency");
    when(declared, "message.size", "a condition is true or false; this gives int");
    when(declared, "subject.id ==", "mismatched input");
    when(declared, "@frame == @frame", "token recognition error");
    when(declared, "param.x == 1", "undeclared reference to 'param'");
    when(declared, "topic == '${ward}'", "write param.NAME");
    when(declared, "topic.matches(subject.id)", "matches: write the pattern itself");
    when(declared, "topic.matches('a(')", "pattern: missing closing");
    when(declared, "topic.matches('" + "a".repeat(300) + "')", "a pattern of 300 characters, at most 256");
    when(declared, "'" + "a".repeat(9_000) + "' == topic", "at most 8192 are taken");
    when(declared, "(".repeat(200) + "true" + ")".repeat(200), "");
    when(declared, "1" + " + 1".repeat(2_000) + " == 2", "");
    when(declared, "9223372036854775808 > 0", "");
  }

  private static void when(String declared, String condition, String why) {
    refuses(declared + "  - on: publish\n    when: \"" + condition + "\"\n    then: allow\n", "line 8", why);
  }

  @Test
  void checksTemplates() {
    String template = """
        version: 1
        templates:
          t:
            params: {ward: string, n: int}
            on: publish
            topic: "w/${ward}/x"
            when: message.size < param.n
            then: allow
        rules:
        """;
    assertThat(PolicyTest.policy(template + "  - {use: t, with: {ward: '7', n: 3}}\n").size()).isEqualTo(1);
    refuses(template + "  - {use: u, with: {ward: '7', n: 3}}\n", "line 10, column 11: unknown template 'u'");
    refuses(template + "  - {use: t, with: {ward: '7'}}\n", "needs parameter 'n'");
    refuses(template + "  - {use: t, with: {ward: '7', n: x}}\n", "parameter n: 'x' is no int");
    refuses(template + "  - {use: t, with: {ward: '7', n: 1, m: 2}}\n", "unknown parameter 'm'");
    refuses(template + "  - {use: t, with: {ward: '7/#', n: 1}}\n", "'7/#' does not fit into a level of a topic");
    refuses(template + "  - {use: t, with: {ward: '${subject.id}', n: 1}}\n", "does not fit");
    refuses("version: 1\nrules: [{use: t}]\n", "the file declares none");
  }

  @Test
  void boundsWhatItReads() {
    refuses("#".repeat((4 << 20) + 1), "larger than");
    refuses("version: 1\nrules: " + "[".repeat(100), "");
    refuses("version: 1\nrules: " + "[".repeat(17) + "]".repeat(17), "");
    refuses("version: 1\nrules:\n" + "  - {on: publish, then: allow}\n".repeat(10_001), "more than 10000 rules");
    refuses("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "aliases");
    refuses("version: 1\n<<: *x\n", "alias");
    refuses("version: 1\nrules: [" + "[],".repeat(400_001) + "[]]\n", "more than 400000 values");
  }

  @Test
  void aBrokenFileIsNamedAndReadFromDisk(@TempDir Path dir) throws IOException, PolicyException {
    Path file = Files.writeString(dir.resolve("policy.yaml"), RulesFile.DEFAULT);
    assertThat(Policy.read(file).size()).isEqualTo(RulesFile.parse(RulesFile.DEFAULT).size());
    Files.write(file, new byte[] {(byte) 0xFF, 'a'});
    assertThatThrownBy(() -> Policy.read(file)).isInstanceOf(IOException.class).hasMessageContaining("no UTF-8");
    Files.writeString(file, "#".repeat((4 << 20) + 1));
    assertThatThrownBy(() -> Policy.read(file)).isInstanceOf(IOException.class).hasMessageContaining("larger than");
  }

  @Test
  void keepsTheCaretInViewOfLongLines() {
    Problem p = Problem.of(Problem.Severity.ERROR, "x".repeat(500) + "!" + "y".repeat(500), 1, 501, "there");
    List<String> lines = p.excerpt().lines().toList();
    assertThat(lines.get(0).charAt(lines.get(1).indexOf('^'))).isEqualTo('!');
    assertThat(lines.get(0)).hasSizeLessThanOrEqualTo(160);
  }
}

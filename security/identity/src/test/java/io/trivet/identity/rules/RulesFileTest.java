package io.trivet.identity.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulesFileTest {
  private static final String HEAD = "version: 1\nrules:\n";

  @Test
  void readsARuleWhole() {
    List<Rule> rules = RulesFile.parse(HEAD + """
          - allow: [publish, retain]
            topic: ["w/{attr.ward}/#", w/all]
            group: night
            attributes: {role: nurse}
          - deny: subscribe
            topic: secret/#
            device: lamp-1
          - allow: publish
            topic: open
            anonymous: true
        """);
    assertThat(rules).containsExactly(
        new Rule(true, Set.of(Action.PUBLISH, Action.RETAIN),
            List.of(new Template("w/{attr.ward}/#"), new Template("w/all")), Optional.empty(), Optional.of("night"),
            Map.of("role", "nurse"), false, 3),
        new Rule(false, Set.of(Action.SUBSCRIBE), List.of(new Template("secret/#")), Optional.of("lamp-1"),
            Optional.empty(), Map.of(), false, 7),
        new Rule(true, Set.of(Action.PUBLISH), List.of(new Template("open")), Optional.empty(), Optional.empty(),
            Map.of(), true, 10));
  }

  @Test
  void theDefaultIsWellFormed() {
    assertThat(RulesFile.parse(RulesFile.DEFAULT)).hasSize(5);
  }

  @Test
  void noRulesDenyEverything() {
    assertThat(RulesFile.parse(HEAD)).isEmpty();
    assertThat(RulesFile.parse("version: 1\n")).isEmpty();
  }

  private static void refuses(String text, String... why) {
    assertThatThrownBy(() -> RulesFile.parse(text)).isInstanceOf(IllegalArgumentException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(why));
  }

  @Test
  void saysWhereAndWhatIsWrong() {
    refuses("", "version");
    refuses("rules:\n", "'version: 1' is missing");
    refuses("version: 2\n", "line 1, column 10", "version 2: this server reads version 1");
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
    refuses(HEAD + "  - allow: publish\n    topic: a\n    attributes: {a: 1, a: 2}\n", "line 5");
    refuses(HEAD + "  - allow: publish\n    topic: a\n    anonymous: maybe\n", "line 5", "true or false");
    refuses(HEAD + "  - allow: publish\n    topic: a\n    anonymous: true\n    group: g\n", "line 3", "leave out");
    refuses(HEAD + "  - allow: publish\n    topic: a\n    topic: b\n", "line 5", "twice");
    refuses(HEAD + "  - allow: publish\n    topic: $SYS/#\n", "line 3", "name the whole topic");
    refuses(HEAD + "rules:\n", "twice");
    refuses("version: 1\n---\nversion: 1\n", "second document");
    refuses("version: 1\nrules: 7\n", "rules: give a list");
    refuses("version: 1\nrules: [[]]\n", "give a rule");
    refuses("a: &x 1\nversion: *x\n", "unknown key 'a'");
    refuses(HEAD + "  - allow: publish\n    topic: &x a\n    device: *x\n", "aliases");
    refuses("version: [", "line 1");
    refuses("version: 1\nrules: " + "[".repeat(100), "");
  }

  @Test
  void namesTheFile(@TempDir Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("rules.yaml"), "version: 3\n");
    assertThatThrownBy(() -> RulesFile.read(file)).isInstanceOf(IOException.class)
        .hasMessageContaining("rules.yaml: line 1, column 10: version 3");
    Files.write(file, new byte[] {(byte) 0xFF, 'a'});
    assertThatThrownBy(() -> RulesFile.read(file)).isInstanceOf(IOException.class).hasMessageContaining("rules.yaml");
    Files.writeString(file, "#".repeat((4 << 20) + 1));
    assertThatThrownBy(() -> RulesFile.read(file)).hasMessageContaining("larger than");
  }
}

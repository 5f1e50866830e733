package io.trivet.identity.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.broker.ClientId;
import io.trivet.broker.Principal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Whatever the file holds: rules or a refusal that says why, never another exception.
class RulesFuzzTest {
  private static final Principal WHO = new Principal("lamp-1", Map.of("a", "7/+"), Set.of("g"), 1);

  @FuzzTest
  void readsRules(byte[] data) {
    List<Rule> rules;
    try {
      rules = RulesFile.parse(new String(data, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotEmpty();
      return;
    }
    for (Rule r : rules) {
      assertThat(r.actions()).isNotEmpty();
      for (Template t : r.topics()) {
        t.fill(WHO, new ClientId("a#b"));
        t.fillWide(WHO, new ClientId("a#b"));
      }
    }
  }
}

package io.trivet.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The reference of the language keeps its word.
class PolicyDocsTest {
  private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  private static String text() throws IOException {
    Path docs = Path.of("docs/seckit.md");
    return Files.readString(Files.exists(docs) ? docs : Path.of("../../docs/seckit.md"));
  }

  @Test
  void itsExamplesAreInForceAsTheyStand() throws IOException, PolicyException {
    List<String> examples = EXAMPLE.matcher(text()).results().map(m -> m.group(1)).toList();
    assertThat(examples).hasSize(3);
    assertThat(PolicyTest.policy(examples.get(0)).size()).isEqualTo(1);
    assertThat(PolicyCheck.check(examples.get(1))).isEmpty();
    assertThat(PolicyCases.run(PolicyTest.policy(examples.get(1)), examples.get(2)))
        .hasSize(2).allSatisfy(r -> assertThat(r.problem()).isEmpty());
  }

  @Test
  void namesEveryEvent() throws IOException {
    String text = text();
    for (EventKind k : EventKind.values()) {
      assertThat(text).contains("`" + k + "`");
    }
  }
}

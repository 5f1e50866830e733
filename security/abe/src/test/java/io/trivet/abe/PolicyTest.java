package io.trivet.abe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.trivet.base.Parsed;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The language of policies: what is read, how it is written again, and what is refused.
class PolicyTest {
  private static Policy policy(String text) {
    return Policy.parse(text).orThrow();
  }

  private static Attributes attributes(String text) {
    return Attributes.parse(text).orThrow();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a | a",
        "`  a\t and\n b ` | a and b",
        "a AND b Or c | (a and b) or c",
        "a or b and c | a or (b and c)",
        "((a)) | a",
        "a and (b and (c and d)) | a and b and c and d",
        "(a or b) or (c or d) | a or b or c or d",
        "1 of (a, b) | a or b",
        "2 of (a, b) | a and b",
        "1 of (a) | a",
        "2 of (a and b, c or d, 2 of (e, f, g)) | 2 of (a and b, c or d, 2 of (e, f, g))",
        "2 of (x, y) and z | x and y and z",
        "(2 of (x, y, z)) or w | 2 of (x, y, z) or w",
        "level>=3 and level<10 | level >= 3 and level < 10",
        "level == 0 or level <= 4294967295 | level == 0 or level <= 4294967295",
        "\"a\" | a",
        "\"and\" or \"Of\" | \"and\" or \"Of\"",
        "\"two words\" | \"two words\"",
        "\"7\" or \"3 of\" | \"7\" or \"3 of\"",
        "\"say \\\"no\\\"\" | \"say \\\"no\\\"\"",
        "\"back\\\\slash\" | \"back\\\\slash\"",
        "role:nurse@house/7#x-y.z~+*_ | role:nurse@house/7#x-y.z~+*_",
        "Größe:klein | Größe:klein",
        "andy or order or offer | andy or order or offer",
      })
  void hasOneCanonicalForm(String text, String canonical) {
    assertThat(policy(text)).hasToString(canonical);
    assertThat(policy(canonical)).hasToString(canonical).isEqualTo(policy(text));
    assertThat(Policy.misreading(text)).isEmpty();
  }

  @Test
  void namesAreTheSameInEitherNormalizationForm() {
    String composed = "Gr\u00f6\u00dfe";
    String decomposed = "Gro\u0308\u00dfe";
    assertThat(policy(decomposed)).isEqualTo(policy(composed)).hasToString(composed);
    assertThat(policy(decomposed).satisfiedBy(attributes(composed))).isTrue();
  }

  @Test
  void namesAreComparedExactly() {
    assertThat(policy("Nurse").satisfiedBy(attributes("nurse"))).isFalse();
    assertThat(policy("nurse").satisfiedBy(attributes("\"nurse \""))).isFalse();
    assertThat(policy("level == 3").satisfiedBy(attributes("\"level=3\""))).isFalse();
    assertThat(policy("level").satisfiedBy(attributes("level=3"))).isFalse();
    assertThat(policy("level >= 0").satisfiedBy(attributes("level"))).isFalse();
  }

  @Test
  void orderOfMembersCounts() {
    assertThat(policy("a and b")).isNotEqualTo(policy("b and a"));
    assertThat(policy("a and b").hashCode()).isEqualTo(policy("(a) and b").hashCode());
  }

  /// What a person reads who mistyped.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | 1 | expected a name, a number or '(', found the end",
        "a and | 6 | expected a name, a number or '(', found the end",
        "a b | 3 | expected 'and', 'or' or the end, found 'b'",
        "a and or b | 7 | expected a name, found 'or', which must stand in quotes to be one",
        "(a or b | 8 | expected ')' to end what '(' at character 1 began, found the end",
        "a) | 2 | expected 'and', 'or' or the end, found ')'",
        "3 of (a, b) | 1 | 3 of 2: give a number from 1 to 2",
        "0 of (a, b) | 1 | 0 of 2: give a number from 1 to 2",
        "2 (a, b) | 3 | expected 'of' after a number, as in '2 of (a, b, c)', found '('",
        "2 of a | 6 | expected '(' here, found 'a'",
        "2 of (a, b | 11 | expected ')' or ',' after a member of '2 of', found the end",
        "level = 5 | 7 | a policy compares by ==, >=, >, <= or <",
        "level >= x | 10 | expected a number after '>=', found 'x'",
        "level < 0 | 7 | no number from 0 to 4294967295 is < 0",
        "level > 4294967295 | 7 | no number from 0 to 4294967295 is > 4294967295",
        "level > 4294967296 | 9 | a number above 4294967295",
        "level > 007 | 9 | a number that begins with 0",
        "a and 7up | 7 | a name that begins with a digit must stand in quotes",
        "a and \"b | 7 | these quotes are not closed",
        "a and \"\" | 7 | a name without a character",
        "a and \"b\\n\" | 9 | a backslash stands before a quote or another backslash only",
        "a & b | 3 | a name with '&' here must stand in quotes",
      })
  void saysWhereAndWhyItCannotBeRead(String text, int character, String what) {
    Misreading misreading = Policy.misreading(text).orElseThrow();
    assertThat(misreading.line()).isEqualTo("at character " + character + ": " + what);
    switch (Policy.parse(text)) {
      case Parsed.Valid<Policy> v -> fail("read as " + v.value());
      case Parsed.Invalid<Policy>(String rule, String line) -> {
        assertThat(rule).isEqualTo("policy");
        assertThat(line).isEqualTo(misreading.line());
      }
    }
  }

  @Test
  void pointsAtThePlace() {
    assertThat(Policy.misreading("ward:7 and (role:nurse of role:doctor)").orElseThrow().caret())
        .isEqualTo(
            """
            at character 24: expected ')' to end what '(' at character 12 began, found 'of'
              ward:7 and (role:nurse of role:doctor)
                                     ^\
            """);
  }

  @Test
  void pointsIntoTheMiddleOfALongTextAndShowsNothingThatMovesTheCursor() {
    String text = "x or ".repeat(20) + "\u0007y" + " or z".repeat(20);
    assertThat(Policy.misreading(text).orElseThrow().caret())
        .isEqualTo(
            """
            at character 101: the character U+0007 may not be used
              …or x or x or x or x or x or x or x or x or x or \ufffdy or z or z or z or z o…
                                                               ^\
            """);
  }

  @Test
  void countsCharactersOutsideTheBasicPlaneOnce() {
    Misreading m = Policy.misreading("\"\ud83d\ude00\ud83d\ude00\" b").orElseThrow();
    assertThat(m.line()).startsWith("at character 6:");
    assertThat(m.caret()).endsWith("\n       ^");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\u202eb", "\"a\u200b\"", "\"\ue000\"", "\"a\u00a0b\"", "\"\ud800\"", "\"a\nb\"", "\"\u2028\""})
  void refusesWhatCannotBeToldApartByLooking(String text) {
    assertThat(Policy.misreading(text).orElseThrow().what()).contains("may not be used");
  }

  @Test
  void holdsToItsLimits() {
    String leaves = "a" + " or a".repeat(Policy.LEAVES_MAX - 1);
    assertThat(Policy.parse(leaves)).isInstanceOf(Parsed.Valid.class);
    assertThat(Policy.misreading(leaves + " or b").orElseThrow().line())
        .startsWith("at character " + (leaves.length() + 5) + ": up to here 65 attributes, where 64 may be");
    assertThat(Policy.parse(alternating(Policy.DEPTH_MAX))).isInstanceOf(Parsed.Valid.class);
    assertThat(Policy.misreading(alternating(Policy.DEPTH_MAX + 1)).orElseThrow().what())
        .isEqualTo("more than 16 gates one in another");
    assertThat(Policy.parse("(".repeat(32) + "a" + ")".repeat(32))).isInstanceOf(Parsed.Valid.class);
    assertThat(Policy.misreading("(".repeat(33) + "a" + ")".repeat(33)).orElseThrow().what())
        .isEqualTo("more than 32 parentheses one in another");
    assertThat(Policy.misreading("1 of (".repeat(4000)).orElseThrow().what()).contains("more than 4096 characters");
    assertThat(Policy.misreading("x".repeat(129)).orElseThrow().what()).isEqualTo("a name of more than 128 bytes");
    String wide = "\"" + "\u4e00".repeat(42) + "\"";
    assertThat(Policy.parse(wide + (" or " + wide).repeat(30))).isInstanceOf(Parsed.Valid.class);
    assertThat(Policy.misreading(wide + (" or " + wide).repeat(31)).orElseThrow().what())
        .isEqualTo("more than 4096 bytes in canonical form");
  }

  /// What was read at the deepest is read again in canonical form, though that has parentheses of its own.
  @Test
  void canonicalFormOfTheDeepestIsReadAgain() {
    String deepest = "a and b or c";
    for (int i = 0; i < 7; i++) {
      deepest = "(" + deepest + ") and b or c";
    }
    Policy read = policy(deepest);
    assertThat(policy(read.toString())).isEqualTo(read);
  }

  private static String alternating(int gates) {
    String text = "a";
    for (int i = 0; i < gates; i++) {
      text = "(" + text + (i % 2 == 0 ? " and " : " or ") + "b)";
    }
    return text;
  }

  @Test
  void meansWhatItsPartsMean() {
    Random random = new Random(21);
    int satisfied = 0;
    for (int i = 0; i < 2_000; i++) {
      RandomPolicy made = RandomPolicy.of(random, 3);
      if (Policy.misreading(made.text()).isPresent()) {
        assertThat(Policy.misreading(made.text()).orElseThrow().what()).contains("where 64 may be");
        continue;
      }
      Policy read = policy(made.text());
      assertThat(policy(read.toString())).isEqualTo(read).hasToString(read.toString());
      for (int k = 0; k < 20; k++) {
        RandomPolicy.Holder holder = RandomPolicy.holder(random);
        if (!holder.isEmpty()) {
          boolean expected = made.truth().test(holder);
          satisfied += expected ? 1 : 0;
          assertThat(read.satisfiedBy(holder.attributes())).as(made.text() + " by " + holder).isEqualTo(expected);
        }
      }
    }
    assertThat(satisfied).isBetween(5_000, 35_000);
  }
}

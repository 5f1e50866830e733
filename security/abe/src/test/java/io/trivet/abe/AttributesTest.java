package io.trivet.abe;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Parsed;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttributesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a | a",
        "role:nurse, ward:7, level=3 | level=3, role:nurse, ward:7",
        " b ,a,\tb | a, b",
        "level=3, level | level, level=3",
        "level=0, level=0 | level=0",
        "\"a, b\", \"x=1\" | \"a, b\", \"x=1\"",
        "\"or\", ordinary | \"or\", ordinary",
        "z, é, a, Z | Z, a, z, é",
      })
  void haveOneCanonicalForm(String text, String canonical) {
    Attributes read = Attributes.parse(text).orThrow();
    assertThat(read).hasToString(canonical);
    assertThat(Attributes.parse(canonical).orThrow()).isEqualTo(read).hasSameHashCodeAs(read);
    assertThat(Attributes.misreading(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | 1 | expected a name, found the end",
        "a, | 3 | expected a name, found the end",
        "a b | 3 | expected ',' between attributes, found 'b'",
        "a and b | 3 | expected ',' between attributes, found 'and'",
        "or | 1 | expected a name, found 'or', which must stand in quotes to be one",
        "level==3 | 6 | expected ',' between attributes, found '=='",
        "level= | 7 | expected a number after '=', found the end",
        "level=x | 7 | expected a number after '=', found 'x'",
        "level=4294967296 | 7 | a number above 4294967295",
        "level=3, b, level=7 | 19 | 'level' has the number 3 already",
      })
  void saysWhereAndWhyTheyCannotBeRead(String text, int character, String what) {
    assertThat(Attributes.misreading(text).orElseThrow().line()).isEqualTo("at character " + character + ": " + what);
    assertThat(Attributes.parse(text))
        .isEqualTo(Parsed.invalid("attributes", "at character " + character + ": " + what));
  }

  @Test
  void holdToTheirLimits() {
    String most = IntStream.range(0, Attributes.COUNT_MAX).mapToObj(i -> "a" + i).collect(Collectors.joining(","));
    assertThat(Attributes.parse(most)).isInstanceOf(Parsed.Valid.class);
    assertThat(Attributes.misreading(most + ",b").orElseThrow().what()).isEqualTo("more than 64 attributes");
    String wide = "a=4294967295, b=4294967295";
    assertThat(Attributes.parse(wide).orThrow().atoms()).hasSize(Attributes.ELEMENTS_MAX);
    assertThat(Attributes.misreading(wide + ", c").orElseThrow().what()).startsWith("up to here 129 elements");
  }

  /// Different attributes are never hashed from the same bytes, however they are named.
  @Test
  void everyElementIsHashedFromBytesOfItsOwn() {
    Attributes all =
        Attributes.parse("B, N, NB, \"B=5\", B=5, N=5, NB=5, P, level=4294967295, level, \"level=4294967295\"")
            .orThrow();
    assertThat(all.atoms().stream().map(a -> HexFormat.of().formatHex(a.hashed())))
        .doesNotHaveDuplicates()
        .noneMatch(h -> h.startsWith("42"));
  }
}

package io.trivet.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NullMarked
class Utf8Test {
  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "é", "日本", "😀", "a\tb"})
  void decodesWellFormedText(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(Utf8.decode(bytes, 0, bytes.length)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00", // U+0000
        "61 00", // U+0000 after text
        "80", // stray continuation
        "C0 80", // overlong NUL
        "C1 BF", // overlong
        "E0 9F BF", // overlong
        "ED A0 80", // surrogate D800
        "ED BF BF", // surrogate DFFF
        "F0 8F BF BF", // overlong
        "F4 90 80 80", // above U+10FFFF
        "F5 80 80 80", // above U+10FFFF
        "E2 82", // cut short
        "C3 28" // no continuation
      })
  void refusesWhatIsMalformed(String hex) {
    byte[] bytes = Bytes.hex(hex).toArray();
    assertThat(Utf8.decode(bytes, 0, bytes.length)).isNull();
  }

  @Test
  void agreesWithTheStrictDecoderOfTheJdk() {
    Random random = new Random(7);
    for (int round = 0; round < 200_000; round++) {
      byte[] bytes = new byte[random.nextInt(6)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (random.nextBoolean() ? 0x80 + random.nextInt(0x80) : 1 + random.nextInt(0x7F));
      }
      boolean strict;
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        strict = true;
      } catch (CharacterCodingException e) {
        strict = false;
      }
      assertThat(Utf8.isWellFormed(bytes, 0, bytes.length)).as(Bytes.wrap(bytes).toString()).isEqualTo(strict);
    }
  }
}

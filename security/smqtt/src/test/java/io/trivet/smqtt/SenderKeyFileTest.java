package io.trivet.smqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Parsed;
import io.trivet.base.Randomness;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class SenderKeyFileTest {
  private static final SecureRandom SECURE = new SecureRandom();
  private static final Randomness RANDOMNESS = SECURE::nextBytes;

  @Test
  void readsWhatItWrites() {
    try (SenderKey key = SenderKey.generate("pump 1", RANDOMNESS);
        SenderKey read = SenderKeyFile.parse(SenderKeyFile.encoded(key)).orThrow()) {
      assertThat(read.identity().name()).isEqualTo("pump 1");
      assertThat(read.identity().publicKey()).isEqualTo(key.identity().publicKey());
    }
  }

  @Test
  void refusesWhatIsNone() {
    String seed = "ed25519-seed:" + "0".repeat(64);
    for (String text : new String[] {"", seed, seed + " ", seed + "pump", seed + " a/b", seed + " a\nb", "x" + seed + " a",
        seed.replace('0', 'g') + " a", seed + " " + "a".repeat(2_000)}) {
      assertThat(SenderKeyFile.parse(text.getBytes(StandardCharsets.UTF_8))).as(text).isInstanceOf(Parsed.Invalid.class);
    }
  }

  @FuzzTest(maxDuration = "20s")
  void takesAnyBytes(byte[] input) {
    if (SenderKeyFile.parse(input) instanceof Parsed.Valid<SenderKey>(SenderKey key)) {
      try (key; SenderKey again = SenderKeyFile.parse(SenderKeyFile.encoded(key)).orThrow()) {
        assertThat(again.identity().publicKey()).isEqualTo(key.identity().publicKey());
      }
    }
  }
}

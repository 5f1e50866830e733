package io.trivet.coap.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Any bytes at all: refused, or properties that can be written and read again. Run with `JAZZER_FUZZ=1` to search.
class TopicPropertiesFuzzTest {
  private static final byte[] REAL =
      Bytes.hex("a5 00 63 61 2f 62 02 6c 63 6f 72 65 2e 70 73 2e 64 61 74 61 03 18 3c 05 c1 1a 64 28 c4 ff 08 41 80").toArray();

  @FuzzTest(maxDuration = "20s")
  void takesAnything(byte[] payload) {
    if (TopicProperties.read(Bytes.wrap(payload)) instanceof Parsed.Valid<Map<Integer, Object>>(Map<Integer, Object> read)
        && !read.containsKey(TopicProperties.CONF_FILTER)) {
      assertThat(TopicProperties.read(TopicProperties.write(read)).orThrow()).isEqualTo(read);
    }
  }

  @Test
  void takesMutationsOfWhatIsReal() {
    assertThat(TopicProperties.read(Bytes.wrap(REAL))).isInstanceOf(Parsed.Valid.class);
    Random random = new Random(20_261_123);
    for (int i = 0; i < 20_000; i++) {
      byte[] b = REAL.clone();
      for (int n = random.nextInt(3); n >= 0; n--) {
        b[random.nextInt(b.length)] = (byte) random.nextInt();
      }
      takesAnything(random.nextInt(4) == 0 ? java.util.Arrays.copyOf(b, random.nextInt(b.length)) : b);
    }
  }
}

package io.trivet.local;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// Any bytes at all, under any key, behind a checksum that fits: every decoder answers with a record or says what is
/// wrong, and never asks for more memory than there are bytes. Run with `JAZZER_FUZZ=1` to search.
@NullMarked
class RecordsFuzzTest {
  private static final List<Family> FAMILIES = List.of(Family.values());

  @FuzzTest(maxDuration = "60s")
  void decodesAnything(byte[] input) throws IOException {
    if (input.length < 3) {
      return;
    }
    Family family = FAMILIES.get((input[0] & 0xFF) % FAMILIES.size());
    int keyBytes = Math.min(input[1] & 0xFF, input.length - 2);
    byte[] key = family == Family.META ? Keys.GROUP : Arrays.copyOfRange(input, 2, 2 + keyBytes);
    byte[] body = Arrays.copyOfRange(input, 2 + keyBytes, input.length);
    CRC32C crc = new CRC32C();
    crc.update(key);
    crc.update(body);
    byte[] value = Arrays.copyOf(body, body.length + 4);
    for (int i = 0; i < 4; i++) {
      value[body.length + i] = (byte) (crc.getValue() >>> 24 - i * 8);
    }
    try {
      RecordsTest.again(family, key, value);
    } catch (DamagedRecord e) {
      String what = String.valueOf(e.getMessage());
      if (!what.contains("is damaged: ") || what.length() > 2_000) {
        throw new AssertionError(what);
      }
    }
  }

  /// The records of the golden file with bytes changed at random, each under a checksum that fits.
  @Test
  void decodesMutationsOfEveryRecord() throws IOException {
    Random random = new Random(1);
    for (byte[] seed : RecordsTest.fuzzSeeds()) {
      for (int n = 0; n < 3_000; n++) {
        byte[] input = seed.clone();
        for (int k = random.nextInt(4); k >= 0; k--) {
          input[2 + random.nextInt(input.length - 2)] = (byte) random.nextInt(256);
        }
        decodesAnything(input);
      }
    }
  }
}

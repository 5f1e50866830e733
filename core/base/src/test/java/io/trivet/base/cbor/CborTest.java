package io.trivet.base.cbor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Bytes;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CborTest {
  private static Cbor read(String hex, CborLimits limits) {
    return assertInstanceOf(CborReader.Read.Item.class, CborReader.only(Bytes.hex(hex), limits), hex).value();
  }

  /// RFC 8949, appendix A: those in the deterministic form.
  @ParameterizedTest
  @ValueSource(strings = {"00", "01", "0a", "17", "1818", "1819", "1864", "1903e8", "1a000f4240",
      "1b000000e8d4a51000", "20", "29", "3863", "3903e7", "f90000", "f98000", "f93c00", "fb3ff199999999999a",
      "f93e00", "f97bff", "fa47c35000", "fa7f7fffff", "fb7e37e43c8800759c", "f90001", "f90400", "f9c400",
      "fbc010666666666666", "f97c00", "f97e00", "f9fc00", "f4", "f5", "f6", "f7", "f0", "f8ff", "40",
      "4401020304", "60", "6161", "6449455446", "62225c", "62c3bc", "63e6b0b4", "64f0908591", "80", "83010203",
      "8301820203820405", "98190102030405060708090a0b0c0d0e0f101112131415161718181819", "a0", "a201020304",
      "a26161016162820203", "826161a161626163", "c11a514b67b0", "d74401020304"})
  void readsAndWritesTheExamplesOfTheStandard(String hex) {
    assertEquals(Bytes.hex(hex), read(hex, CborLimits.STRICT).encoded());
  }

  @Test
  void understandsWhatItReads() {
    assertEquals(Cbor.map(Cbor.of("a"), Cbor.of(-24), Cbor.of(2), Cbor.array(Cbor.Simple.TRUE, Cbor.Simple.NULL, Cbor.of(1.5))),
        read("a2 6161 37 02 83 f5 f6 f93e00", CborLimits.DATA));
    assertEquals(Cbor.of(Bytes.hex("0102030405")), read("5f 420102 43030405 ff", CborLimits.DATA));
    assertEquals(Cbor.of("streaming"), read("7f 657374726561 646d696e67 ff", CborLimits.DATA));
    assertEquals(Cbor.array(Cbor.of(1), Cbor.array(Cbor.of(2))), read("9f 01 9f 02 ff ff", CborLimits.DATA));
    assertEquals(Cbor.map(Cbor.of(1), Cbor.of(2)), read("bf 01 02 ff", CborLimits.DATA));
    assertEquals(Cbor.of(Long.MIN_VALUE), read("3b7fffffffffffffff", CborLimits.STRICT));
  }

  @Test
  void writesMapKeysInTheOrderOfTheirBytes() {
    Cbor map = Cbor.map(Cbor.of("aa"), Cbor.of(1), Cbor.of(-1), Cbor.of(2), Cbor.of(100), Cbor.of(3),
        Cbor.of(10), Cbor.of(4), Cbor.of("z"), Cbor.of(5));
    assertEquals(Bytes.hex("a5 0a04 186403 2002 617a05 62616101"), map.encoded());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "18", "1c", "1f", "3f", "ff", "5b7fffffffffffffff", "5bffffffffffffffff", "41", "61ff",
      "62c080", "81", "9a7fffffff00", "ba7fffffff0000", "a2 01 02 01 03", "a1 01", "9f01", "bf01ff", "5f6161ff",
      "5f5f4101ffff", "f818", "fc", "c1", "df00", "0000", "1bffffffffffffffff", "7f 61c3 61bc ff"})
  void refusesWhatIsMalformed(String hex) {
    assertInstanceOf(CborReader.Read.Broken.class, CborReader.only(Bytes.hex(hex), CborLimits.DATA));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1817", "1900ff", "1a0000ffff", "1b00000000ffffffff", "9f01ff", "5f4101ff", "a2 02 01 01 02",
      "fa3f800000", "fb3ff0000000000000", "581700000000000000000000000000000000000000000000000000"})
  void refusesAnotherThanTheDeterministicFormWhereThatIsAsked(String hex) {
    assertInstanceOf(CborReader.Read.Broken.class, CborReader.only(Bytes.hex(hex), CborLimits.STRICT));
  }

  @Test
  void refusesNestingAndItemsBeyondTheLimits() {
    assertInstanceOf(CborReader.Read.Broken.class,
        CborReader.only(Bytes.hex("81".repeat(100_000) + "00"), CborLimits.DATA));
    assertInstanceOf(CborReader.Read.Item.class,
        CborReader.only(Bytes.hex("81".repeat(16) + "00"), CborLimits.DATA));
    assertInstanceOf(CborReader.Read.Broken.class,
        CborReader.only(Bytes.hex("992710" + "00".repeat(10_000)), CborLimits.DATA));
  }

  @Test
  void readsASequenceAndSaysHowFar() {
    CborReader in = new CborReader(Bytes.hex("01 4102 03"), CborLimits.STRICT);
    assertEquals(new CborReader.Read.Item(Cbor.of(1)), in.next());
    assertEquals(new CborReader.Read.Item(Cbor.of(Bytes.hex("02"))), in.next());
    assertEquals(3, in.position());
    assertEquals(new CborReader.Read.Item(Cbor.of(3)), in.next());
    assertEquals(new CborReader.Read.End(), in.next());
  }

  @FuzzTest
  void writesAgainWhatItReads(byte[] input) {
    if (CborReader.only(Bytes.copyOf(input), CborLimits.STRICT) instanceof CborReader.Read.Item(Cbor value)
        && !value.encoded().equals(Bytes.copyOf(input))) {
      throw new AssertionError(value + " was not in the deterministic form");
    }
    if (CborReader.only(Bytes.copyOf(input), CborLimits.DATA) instanceof CborReader.Read.Item(Cbor value)
        && !read(value.encoded()).encoded().equals(value.encoded())) {
      throw new AssertionError(value + " comes back as another");
    }
  }

  private static Cbor read(Bytes encoded) {
    return assertInstanceOf(CborReader.Read.Item.class, CborReader.only(encoded, CborLimits.DATA)).value();
  }

  @Test
  void writesAgainWhatItReadsOfRandomBytes() {
    Random random = new Random(7);
    for (int i = 0; i < 50_000; i++) {
      byte[] input = new byte[random.nextInt(24)];
      random.nextBytes(input);
      if (random.nextBoolean() && input.length > 0) {
        input[0] = (byte) (0x80 | random.nextInt(0x3F));
      }
      writesAgainWhatItReads(Arrays.copyOf(input, input.length));
    }
  }
}

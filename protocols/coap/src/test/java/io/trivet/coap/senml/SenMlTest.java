package io.trivet.coap.senml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SenMlTest {
  private static final double NOW = 1_800_000_000;

  /// After the examples of RFC 8428, section 5.1.
  private static final String SEVERAL = """
      [{"bn":"urn:dev:ow:10e2073a0108006:","bt":1.276020076001e+09,"bu":"A","bver":5,"n":"voltage","u":"V","v":120.1},
       {"n":"current","t":-5,"v":1.2},{"n":"current","t":-4,"v":1.3},{"n":"current","v":1.7}]""";

  private static final String KINDS = """
      [{"bn":"urn:dev:ow:10e2073a01080063:","n":"temp","u":"Cel","v":23.1},{"n":"label","vs":"Machine Room"},
       {"n":"open","vb":false},{"n":"nfc-reader","vd":"aGkgCg"},{"n":"energy","s":5.5,"ut":10}]""";

  static Stream<String> examples() {
    return Stream.of(SEVERAL, KINDS, "[]", "[{\"n\":\"a\",\"v\":null}]", "[{\"bn\":\"x/\",\"bs\":1,\"bv\":2,\"n\":\"a\"}]");
  }

  private static SenMlPack json(String text) {
    return SenMl.readJson(Bytes.utf8(text), SenMlLimits.DEFAULT).orThrow();
  }

  private static String what(Parsed<?> p) {
    if (p instanceof Parsed.Invalid<?>(_, String what)) {
      return what;
    }
    throw new AssertionError("taken: " + p);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void isTheSameInJsonAndInCbor(String text) {
    SenMlPack p = json(text);
    assertEquals(p, SenMl.readJson(SenMl.writeJson(p), SenMlLimits.DEFAULT).orThrow());
    assertEquals(p, SenMl.readCbor(SenMl.writeCbor(p), SenMlLimits.DEFAULT).orThrow());
  }

  @Test
  void writesCborByTheNumbersOfTheLabels() {
    // 81             array of 1
    //   a3           map of 3
    //     00 61 61     0 (n): "a"
    //     01 63 ...    1 (u): "Cel"
    //     02 17        2 (v): 23
    assertEquals(Bytes.hex("81a30061610163" + "43656c0217"),
        SenMl.writeCbor(new SenMlPack(List.of(SenMlRecord.of("a", "Cel", 23)))));
  }

  @Test
  void readsCborOfAnyNumberFormAndIndefiniteLength() {
    // 9f bf 00 61 61 02 f9 3c 00 06 20 ff ff: [_ {_ 0: "a", 2: 1.0 as a half, 6: -1}]
    SenMlPack p = SenMl.readCbor(Bytes.hex("9fbf00616102f93c000620ffff"), SenMlLimits.DEFAULT).orThrow();
    assertEquals(1.0, p.records().getFirst().number(SenMlField.VALUE).orElseThrow());
    assertEquals(-1.0, p.records().getFirst().number(SenMlField.TIME).orElseThrow());
  }

  @Test
  void resolvesNamesTimesAndUnits() {
    List<SenMlRecord> all = json(SEVERAL).resolve(NOW).orThrow();
    assertEquals(4, all.size());
    assertEquals("urn:dev:ow:10e2073a0108006:voltage", all.getFirst().text(SenMlField.NAME).orElseThrow());
    assertEquals("V", all.getFirst().text(SenMlField.UNIT).orElseThrow());
    assertEquals("A", all.get(1).text(SenMlField.UNIT).orElseThrow());
    assertEquals(1.276020071001e9, all.get(1).number(SenMlField.TIME).orElseThrow());
    assertTrue(all.stream().noneMatch(r -> r.fields().keySet().stream().anyMatch(SenMlField::isBase)));
  }

  @Test
  void addsBaseValuesAndSumsAndReadsSmallTimesAsRelative() {
    SenMlRecord r = json("[{\"bn\":\"a\",\"bv\":10,\"bs\":100},{\"n\":\"b\",\"v\":1,\"s\":2,\"t\":-60}]")
        .resolve(NOW).orThrow().getFirst();
    assertEquals(11.0, r.number(SenMlField.VALUE).orElseThrow());
    assertEquals(102.0, r.number(SenMlField.SUM).orElseThrow());
    assertEquals(NOW - 60, r.number(SenMlField.TIME).orElseThrow());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "[{\"v\":1}]|record 0: no name",
    "[{\"n\":\"-a\",\"v\":1}]|record 0: no name",
    "[{\"n\":\"a b\",\"v\":1}]|record 0: no name",
    "[{\"n\":\"a\"}]|record 0: neither a value nor a sum",
    "[{\"n\":\"a\",\"v\":1,\"vs\":\"x\"}]|record 0: more than one value",
    "[{\"n\":\"a\",\"v\":1},{\"bver\":11,\"n\":\"a\",\"v\":1}]|record 1: version 11.0 is not known",
    "[{\"n\":\"a\",\"v\":null}]|record 0: a null value is for patches",
    "[{\"bn\":\"a\",\"bv\":1e308},{\"n\":\"a\",\"v\":1e308}]|record 0: a number grows",
  })
  void refusesWhatMakesNoSense(String text, String expected) {
    String what = what(json(text).resolve(NOW));
    assertTrue(what.startsWith(expected), what);
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "", "{}", "[", "[1]", "[{}]x", "[{\"n\":1}]", "[{\"v\":\"1\"}]", "[{\"v\":1e999}]", "[{\"vb\":1}]", "[{\"vd\":\"*\"}]",
    "[{\"n\":\"a\",\"n\":\"b\"}]", "[{\"new_\":1}]", "[[[[[[[[[[]]]]]]]]]]", "[{\"x\":[[[[[[[[[]]]]]]]]]}]", "[{\"v\":NaN}]",
  })
  void refusesJsonThatIsNoPack(String text) {
    assertTrue(!what(SenMl.readJson(Bytes.utf8(text), SenMlLimits.DEFAULT)).isEmpty());
  }

  @Test
  void passesOverFieldsThatNeedNotBeUnderstood() {
    assertEquals(json("[{\"n\":\"a\",\"v\":1}]"), json("[{\"n\":\"a\",\"other\":{\"v\":[2]},\"v\":1}]"));
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "81a102c249ffffffffffffffffff", // a bignum
    "81a102c4821a7fffffff01", // 1 times 10 to the power of 2^31-1
    "81a102f97e00", // not a number
    "81a102fb7ff0000000000000", // infinity
    "81a10063eda080", // half of a surrogate pair
  })
  void refusesCborThatHoldsNoNumberOrText(String hex) {
    assertTrue(what(SenMl.readCbor(Bytes.hex(hex), SenMlLimits.DEFAULT)).startsWith("record 0: "));
  }

  @Test
  void takesDecimalFractions() {
    // 2: 4([-2, 2315])
    assertEquals(23.15, SenMl.readCbor(Bytes.hex("81a102c4822119090b"), SenMlLimits.DEFAULT).orThrow()
        .records().getFirst().number(SenMlField.VALUE).orElseThrow());
  }

  @Test
  void keepsItsLimits() {
    SenMlLimits tight = new SenMlLimits(60, 2, 9);
    assertTrue(what(SenMl.readJson(Bytes.utf8("[{},{},{}]"), tight)).startsWith("more than 2 records"));
    assertTrue(what(SenMl.readJson(Bytes.utf8("[{\"n\":\"0123456789\"}]"), tight)).startsWith("record 0: n holds no text"));
    assertTrue(what(SenMl.readJson(Bytes.utf8("[" + " ".repeat(60) + "]"), tight)).startsWith("more than 60 bytes"));
    // 81 a1 08 5b 7f ff ff ff ff ff ff ff: data that says it has 2^63-1 bytes
    assertTrue(!what(SenMl.readCbor(Bytes.hex("81a1085b7fffffffffffffff"), tight)).isEmpty());
    // a text that says it has 2^31-1 bytes
    assertTrue(!what(SenMl.readCbor(Bytes.hex("81a1007a7fffffff61"), tight)).isEmpty());
  }

  // --- RFC 8790 -----------------------------------------------------------------------------------------------------

  private static final String LIGHTS = "[{\"bn\":\"2001:db8::2/3311/0/\",\"n\":\"5850\",\"vb\":true},{\"n\":\"5851\",\"v\":42},"
      + "{\"n\":\"5750\",\"vs\":\"Ceiling light\"}]";

  private static List<SenMlRecord> lights() {
    return json(LIGHTS).resolve(NOW).orThrow();
  }

  private static List<Object> values(List<SenMlRecord> records) {
    return records.stream().map(r -> r.value().orElseThrow()).toList();
  }

  @Test
  void fetchesByName() {
    SenMlPack wanted = json("[{\"bn\":\"2001:db8::2/3311/0/\",\"n\":\"5850\"},{\"n\":\"5851\"}]");
    assertEquals(List.of(true, 42.0), values(SenMlEtch.fetch(lights(), wanted, NOW).orThrow()));
  }

  @Test
  void fetchesByTimeAndUnitWhereGiven() {
    List<SenMlRecord> all = json(SEVERAL).resolve(NOW).orThrow();
    String name = "\"n\":\"urn:dev:ow:10e2073a0108006:current\"";
    assertEquals(3, SenMlEtch.fetch(all, json("[{" + name + "}]"), NOW).orThrow().size());
    assertEquals(List.of(1.3),
        values(SenMlEtch.fetch(all, json("[{" + name + ",\"t\":1276020072.001}]"), NOW).orThrow()));
    assertEquals(0, SenMlEtch.fetch(all, json("[{" + name + ",\"u\":\"V\"}]"), NOW).orThrow().size());
  }

  @Test
  void patchesAddsAndRemoves() {
    SenMlPack patch = json("[{\"bn\":\"2001:db8::2/3311/0/\",\"n\":\"5850\",\"vb\":false},{\"n\":\"5851\",\"v\":null},"
        + "{\"n\":\"5999\",\"vs\":\"new\"},{\"n\":\"5750\",\"v\":7}]");
    List<SenMlRecord> after = SenMlEtch.patch(lights(), patch, NOW, 10).orThrow();
    assertEquals(List.of(false, 7.0, "new"), values(after));
  }

  @Test
  void doesNoPartOfAPatchThatIsWrong() {
    assertTrue(what(SenMlEtch.patch(lights(), json("[{\"n\":\"a\",\"v\":1},{\"n\":\"b\"}]"), NOW, 10)).contains("b"));
    assertTrue(what(SenMlEtch.patch(lights(), json("[{\"n\":\"a\",\"v\":1}]"), NOW, 3)).contains("more than 3"));
    assertEquals("no record", what(SenMlEtch.patch(lights(), json("[]"), NOW, 10)));
    assertTrue(what(SenMlEtch.fetch(lights(), json("[{\"n\":\"a\",\"v\":1}]"), NOW)).contains("no values"));
    assertTrue(what(SenMlEtch.fetch(lights(), json("[{\"t\":1}]"), NOW)).contains("without name"));
    assertTrue(what(SenMlEtch.fetch(lights(), json("[{\"bv\":1,\"n\":\"a\"}]"), NOW)).contains("base values"));
  }

  // --- any bytes ----------------------------------------------------------------------------------------------------

  static Stream<byte[]> jsonSeeds() {
    return examples().map(e -> Bytes.utf8(e).toArray());
  }

  static Stream<byte[]> cborSeeds() {
    return examples().map(e -> SenMl.writeCbor(json(e)).toArray());
  }

  private static void again(Parsed<SenMlPack> p) {
    if (p instanceof Parsed.Valid<SenMlPack>(SenMlPack pack)) {
      assertEquals(pack, SenMl.readJson(SenMl.writeJson(pack), SenMlLimits.DEFAULT).orThrow());
      assertEquals(pack, SenMl.readCbor(SenMl.writeCbor(pack), SenMlLimits.DEFAULT).orThrow());
      if (pack.resolve(NOW) instanceof Parsed.Valid<List<SenMlRecord>>(List<SenMlRecord> resolved)) {
        SenMlEtch.fetch(resolved, pack, NOW);
        SenMlEtch.patch(resolved, pack, NOW, 100);
      }
    }
  }

  @MethodSource("jsonSeeds")
  @FuzzTest(maxDuration = "25s")
  void answersAnyJson(byte[] input) {
    again(SenMl.readJson(Bytes.wrap(input), SenMlLimits.DEFAULT));
  }

  @MethodSource("cborSeeds")
  @FuzzTest(maxDuration = "25s")
  void answersAnyCbor(byte[] input) {
    again(SenMl.readCbor(Bytes.wrap(input), SenMlLimits.DEFAULT));
  }

  @Test
  void answersPacksMadeWrong() {
    List<byte[]> seeds = Stream.concat(jsonSeeds(), cborSeeds()).toList();
    for (int seed = 0; seed < 10_000; seed++) {
      Random random = new Random(seed);
      byte[] b = seeds.get(random.nextInt(seeds.size())).clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        b[random.nextInt(b.length)] = (byte) random.nextInt();
      }
      try {
        again(SenMl.readJson(Bytes.wrap(b), SenMlLimits.DEFAULT));
        again(SenMl.readCbor(Bytes.wrap(b), SenMlLimits.DEFAULT));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }
}

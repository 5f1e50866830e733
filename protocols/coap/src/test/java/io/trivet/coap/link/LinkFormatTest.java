package io.trivet.coap.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
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

class LinkFormatTest {
  /// The examples of RFC 6690, section 5.
  static Stream<String> examples() {
    return Stream.of(
        "</sensors>;ct=40;title=\"Sensor Index\",</sensors/temp>;rt=\"temperature-c\";if=\"sensor\","
            + "</sensors/light>;rt=\"light-lux\";if=\"sensor\","
            + "<http://www.example.com/sensors/t123>;anchor=\"/sensors/temp\";rel=\"describedby\","
            + "</t>;anchor=\"/sensors/temp\";rel=\"alternate\"",
        "</firmware/v2.1>;rt=\"firmware\";sz=262144",
        "</a>;obs;title=\"a \\\"b\\\", c;\";title*=UTF-8'en'%e2%82%ac",
        "<>;rel=self,<coap://[2001:db8::1]/x?y>;ct=\"0 41\"",
        "");
  }

  private static List<Link> links(String text) {
    return LinkFormat.parse(Bytes.utf8(text), LinkLimits.DEFAULT).orThrow();
  }

  private static String fault(String text, LinkLimits limits) {
    if (LinkFormat.parse(Bytes.utf8(text), limits) instanceof Parsed.Invalid<?>(_, String what)) {
      return what;
    }
    throw new AssertionError("taken: " + text);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void writesWhatItReads(String text) {
    assertEquals(text, LinkFormat.write(links(text)).asUtf8());
  }

  @Test
  void takesQuotesAndBackslashesAway() {
    Link l = links("</a>;title=\"say \\\"hi\\\" \\\\ bye\";obs;sz=3").getFirst();
    assertEquals("say \"hi\" \\ bye", l.attribute("title").orElseThrow());
    assertEquals("", l.attribute("obs").orElseThrow());
    assertEquals("3", l.attribute("sz").orElseThrow());
    assertTrue(l.attribute("ct").isEmpty());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "/a|'<' is missing at character 0",
    "<a|'>' is missing at character 2",
    "<a b>|'>' is missing at character 2",
    "<a>x|',' is missing at character 3",
    "<a>,|'<' is missing at character 4",
    "<a>;|the name of an attribute is missing at character 4",
    "<a>;=x|the name of an attribute is missing at character 4",
    "<a>;rt=|the value of rt is missing at character 7",
    "<a>;rt=,<b>|the value of rt is missing at character 7",
    "<a>;rt=\"x|a quoted value does not end at character 9",
    "<a>;rt=\"x\\|a quoted value does not end at character 10",
    "<a>;rt=\"x\"y|',' is missing at character 10",
  })
  void saysWhatIsWrongAndWhere(String text, String what) {
    assertEquals(what, fault(text, LinkLimits.DEFAULT));
  }

  @Test
  void keepsItsLimits() {
    LinkLimits tight = new LinkLimits(60, 2, 2, 5);
    assertTrue(fault("<a>".repeat(30), tight).startsWith("more than 60 bytes"));
    assertTrue(fault("<a>,<b>,<c>", tight).startsWith("more than 2 links"));
    assertTrue(fault("<a>;a;b;c", tight).startsWith("more than 2 attributes"));
    assertTrue(fault("<abcdef>", tight).startsWith("a text of more than 5"));
    assertTrue(fault("<a>;t=\"abcdef\"", tight).startsWith("a value of more than 5"));
    assertTrue(fault("<a>;t=abcdef", tight).startsWith("a text of more than 5"));
  }

  @Test
  void refusesBytesThatAreNoText() {
    assertTrue(LinkFormat.parse(Bytes.hex("3cff3e"), LinkLimits.DEFAULT) instanceof Parsed.Invalid<?>);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a>b", "a b", "a\"b", "<"})
  void buildsNoLinkThatCannotBeWritten(String target) {
    assertThrows(IllegalArgumentException.class, () -> Link.to(target));
  }

  @Test
  void buildsNoAttributeThatCannotBeWritten() {
    assertThrows(IllegalArgumentException.class, () -> LinkAttribute.flag("a b"));
    assertThrows(IllegalArgumentException.class, () -> LinkAttribute.flag("*"));
    assertThrows(IllegalArgumentException.class,
        () -> new LinkAttribute("a", "x y", LinkAttribute.Form.TOKEN));
  }

  @ParameterizedTest
  @CsvSource({
    "href=/sensors, 1", "href=/sensors*, 3", "rt=light-lux, 1", "rt=light, 0", "rt=li*, 1", "if=sensor, 2",
    "ct=40, 1", "ct, 1", "rt=*, 2", "rt=, 0", "none=*, 0", "title=Sensor Index, 1", "title=Index, 0", "rel=alternate, 1",
  })
  void filters(String query, int found) {
    List<Link> all = links(examples().findFirst().orElseThrow());
    assertEquals(found, all.stream().filter(LinkFilter.of(query)).count());
  }

  @Test
  void filtersListsByEachOfTheirValuesAndByAllCriteria() {
    List<Link> all = links("</a>;rt=\"x  yy\";if=\"i\",</b>;rt=\"yy\"");
    assertEquals(2, all.stream().filter(LinkFilter.of("rt=yy")).count());
    assertEquals(2, all.stream().filter(LinkFilter.of("rt=y*")).count());
    assertEquals(1, all.stream().filter(LinkFilter.of("rt=x  yy")).count());
    assertEquals(1, all.stream().filter(LinkFilter.all(List.of("rt=yy", "if=i"))).count());
    assertEquals(2, all.stream().filter(LinkFilter.all(List.of())).count());
  }

  /// Whatever is taken is written and taken again as the same.
  private static void again(Bytes input) {
    if (LinkFormat.parse(input, LinkLimits.DEFAULT) instanceof Parsed.Valid<List<Link>>(List<Link> links)) {
      Bytes written = LinkFormat.write(links);
      if (!LinkFormat.parse(written, new LinkLimits(1 << 20, 1_000, 32, 1_024)).orThrow().equals(links)) {
        throw new AssertionError(links + " became something else");
      }
    }
  }

  static Stream<byte[]> seeds() {
    return examples().map(e -> Bytes.utf8(e).toArray());
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "25s")
  void answersAnyBytes(byte[] input) {
    again(Bytes.wrap(input));
  }

  @Test
  void answersDocumentsMadeWrong() {
    List<String> seeds = examples().toList();
    for (int seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      byte[] b = Bytes.utf8(seeds.get(random.nextInt(seeds.size() - 1))).toArray();
      for (int i = random.nextInt(4); i >= 0; i--) {
        b[random.nextInt(b.length)] = random.nextBoolean() ? (byte) random.nextInt()
            : (byte) "<>;,=\"\\ *".charAt(random.nextInt(9));
      }
      try {
        again(Bytes.wrap(b));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }
}

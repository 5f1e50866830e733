package io.trivet.coap.resource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.ContentFormat;
import io.trivet.coap.Handler;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.coap.TestExchange;
import io.trivet.coap.link.Link;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResourcesTest {
  private static Handler says(String what) {
    return e -> e.respond(Response.content(ContentFormat.TEXT_PLAIN,
        Bytes.utf8(what + Resources.rest(e.request(), 1))));
  }

  private final List<Link> more = new ArrayList<>();
  private final Resources tree = Resources.builder()
      .at("", Traits.of(Code.GET).unlisted(), says("root"))
      .at("a", Traits.of(Code.GET, Code.PUT).with("rt", "x y").flagged("obs"), says("a"))
      .at("a/b", Traits.of(Code.GET).with("rt", "y"), says("b"))
      .at("formats", Traits.of(Code.GET, Code.PUT).taking(0, 50).offering(0, 60), says("formats"))
      .at("conditions", Traits.of(Code.PUT).understanding(OptionNumber.IF_MATCH), says("conditions"))
      .at("group", Traits.of(Code.GET).forGroups(), says("group"))
      .below("ps", Traits.own().with("rt", "core.ps"), says("ps"))
      .at("ps/exact", Traits.of(Code.GET), says("exact"))
      .wellKnownCore(() -> more)
      .build();

  private Response ask(Request r) {
    TestExchange e = new TestExchange(r);
    tree.handle(e);
    return e.response();
  }

  private Response get(Options o) {
    return ask(Request.of(Code.GET, "").with(o));
  }

  @ParameterizedTest
  @CsvSource({
    "'', root[]", "a, a[]", "a/b, b[b]", "ps, ps[]", "ps/x/y, 'ps[x, y]'", "ps/exact, exact[exact]",
    "ps/exact/z, 'ps[exact, z]'", "ps/, ps[]", "group, group[]",
  })
  void findsByPath(String path, String expected) {
    assertEquals(expected, ask(Request.of(Code.GET, path)).payload().asUtf8());
  }

  @Test
  void takesOneEmptySegmentForTheRoot() {
    assertEquals("root[]", get(Options.builder().add(OptionNumber.URI_PATH, "").build()).payload().asUtf8());
  }

  @ParameterizedTest
  @CsvSource({"b", "a/c", "a/b/c", "A", "a/"})
  void findsNothingElsewhere(String path) {
    assertEquals(Code.NOT_FOUND, ask(Request.of(Code.GET, path)).code());
  }

  @Test
  void refusesMethodsThatTheResourceOrNobodyKnows() {
    assertEquals(Code.METHOD_NOT_ALLOWED, ask(Request.of(Code.POST, "a")).code());
    assertEquals(Code.METHOD_NOT_ALLOWED, ask(Request.of(Code.of(31), "a")).code());
    assertEquals(Code.CONTENT, ask(Request.of(Code.PUT, "a")).code());
  }

  @Test
  void namesTheCriticalOptionItDoesNotKnow() {
    Response r = get(Options.builder().path("a").add(9_999, Bytes.EMPTY).build());
    assertEquals(Code.BAD_OPTION, r.code());
    assertEquals("option 9999 is not understood here", r.payload().asUtf8());
    assertEquals(Code.CONTENT, get(Options.builder().path("a").add(9_998, Bytes.EMPTY).build()).code());
    assertEquals(Code.BAD_OPTION, get(Options.builder().path("none").add(9_999, Bytes.EMPTY).build()).code());
  }

  @Test
  void takesConditionsOnlyWhereTheyAreJudged() {
    Options o = Options.builder().path("conditions").add(OptionNumber.IF_MATCH, Bytes.EMPTY).build();
    assertEquals(Code.CONTENT, ask(Request.of(Code.PUT, "").with(o)).code());
    o = Options.builder().path("a").add(OptionNumber.IF_MATCH, Bytes.EMPTY).build();
    assertEquals(Code.BAD_OPTION, ask(Request.of(Code.PUT, "").with(o)).code());
    o = Options.builder().path("ps").add(OptionNumber.IF_MATCH, Bytes.EMPTY).build();
    assertEquals(Code.CONTENT, ask(Request.of(Code.PUT, "").with(o)).code());
  }

  @Test
  void isNoProxy() {
    assertEquals(Code.PROXYING_NOT_SUPPORTED,
        get(Options.builder().add(OptionNumber.PROXY_URI, "coap://elsewhere/a").build()).code());
    assertEquals(Code.PROXYING_NOT_SUPPORTED,
        get(Options.builder().path("a").add(OptionNumber.PROXY_SCHEME, "http").build()).code());
  }

  @Test
  void takesAnyHostUnlessItIsToldItsNames() {
    Options o = Options.builder().path("x").add(OptionNumber.URI_HOST, "Here.Example").add(OptionNumber.URI_PORT, 1)
        .build();
    Resources any = Resources.builder().at("x", Traits.of(Code.GET), says("x")).build();
    Resources own = Resources.builder().hosts(Set.of("here.example")).at("x", Traits.of(Code.GET), says("x")).build();
    Resources other = Resources.builder().hosts(Set.of("there.example")).at("x", Traits.of(Code.GET), says("x")).build();
    assertEquals(Code.CONTENT, asked(any, o));
    assertEquals(Code.CONTENT, asked(own, o));
    assertEquals(Code.NOT_FOUND, asked(other, o));
  }

  private static Code asked(Resources tree, Options o) {
    TestExchange e = new TestExchange(Request.of(Code.GET, "").with(o));
    tree.handle(e);
    return e.response().code();
  }

  @Test
  void refusesFormatsItDoesNotTakeOrOffer() {
    Request put = Request.of(Code.PUT, "formats").with(Bytes.utf8("{}"));
    assertEquals(Code.CONTENT, ask(put).code());
    assertEquals(Code.CONTENT, ask(put.with(put.options().with(OptionNumber.CONTENT_FORMAT, 50))).code());
    assertEquals(Code.UNSUPPORTED_CONTENT_FORMAT,
        ask(put.with(put.options().with(OptionNumber.CONTENT_FORMAT, 41))).code());
    Options o = Options.builder().path("formats").build();
    assertEquals(Code.CONTENT, get(o.with(OptionNumber.ACCEPT, 60)).code());
    assertEquals(Code.NOT_ACCEPTABLE, get(o.with(OptionNumber.ACCEPT, 41)).code());
    assertEquals(Code.BAD_OPTION, get(Options.builder().path("a").add(OptionNumber.ACCEPT, 41).build()).code());
  }

  @Test
  void answersGroupsOnlyForResourcesThatAreForThem() {
    for (String path : List.of("a", "ps/x", "none", "group")) {
      TestExchange e = new TestExchange(Request.of(Code.GET, path));
      e.multicast = true;
      tree.handle(e);
      assertEquals(path.equals("group") ? Code.CONTENT : Code.NOT_FOUND, e.response().code(), path);
    }
  }

  @Test
  void refusesTwoResourcesAtOnePath() {
    assertThrows(IllegalArgumentException.class, () -> Resources.builder()
        .at("a", Traits.of(Code.GET), says("")).at("a", Traits.of(Code.GET), says("")));
  }

  // --- /.well-known/core --------------------------------------------------------------------------------------------

  private Response core(String... queries) {
    Options.Builder b = Options.builder().path(".well-known/core");
    for (String q : queries) {
      b.add(OptionNumber.URI_QUERY, q);
    }
    return get(b.build());
  }

  @Test
  void tellsOfAllThatIsListed() {
    Response r = core();
    assertEquals(40, r.options().contentFormat());
    assertEquals("</a>;rt=\"x y\";obs,</a/b>;rt=\"y\",</formats>;ct=\"0 60\",</conditions>,</group>,"
        + "</ps>;rt=\"core.ps\",</ps/exact>", r.payload().asUtf8());
  }

  @Test
  void tellsOfWhatMeetsTheQuery() {
    assertEquals("</a/b>;rt=\"y\"", core("href=/a/*").payload().asUtf8());
    assertEquals("</a>;rt=\"x y\";obs,</a/b>;rt=\"y\"", core("rt=y").payload().asUtf8());
    assertEquals("</a>;rt=\"x y\";obs", core("rt=y", "obs").payload().asUtf8());
    assertEquals(Code.CONTENT, core("rt=nothing").code());
    assertTrue(core("rt=nothing").payload().isEmpty());
  }

  @Test
  void saysThatNothingChangedUntilItDoes() {
    Bytes etag = core().options().bytes(OptionNumber.ETAG).orElseThrow();
    Options again = Options.builder().path(".well-known/core").add(OptionNumber.ETAG, etag).build();
    assertEquals(Code.VALID, get(again).code());
    more.add(Link.to("/new"));
    assertEquals(Code.CONTENT, get(again).code());
    assertTrue(core().payload().asUtf8().endsWith(",</new>"));
  }

  @Test
  void isSilentToAGroupWhereNothingMeetsTheQuery() {
    for (String rt : List.of("y", "nothing")) {
      TestExchange e = new TestExchange(Request.of(Code.GET, "").with(
          Options.builder().path(".well-known/core").query("rt", rt).build()));
      e.multicast = true;
      tree.handle(e);
      assertEquals(rt.equals("y") ? Code.CONTENT : Code.NOT_FOUND, e.response().code());
    }
  }

  // --- conditions ---------------------------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({
    "none, '', true", "none, 01, true", "match, '', false", "match, 01, true", "match, 02, false",
    "any, '', false", "any, 02, true", "absent, '', true", "absent, 01, false",
  })
  void judgesConditions(String condition, String etag, boolean met) {
    Options.Builder b = Options.builder();
    switch (condition) {
      case "match" -> b.add(OptionNumber.IF_MATCH, Bytes.hex("01"));
      case "any" -> b.add(OptionNumber.IF_MATCH, Bytes.EMPTY);
      case "absent" -> b.add(OptionNumber.IF_NONE_MATCH);
      default -> {}
    }
    Optional<Bytes> current = etag.isEmpty() ? Optional.empty() : Optional.of(Bytes.hex(etag));
    assertEquals(met, Answers.unmet(Request.of(Code.PUT, "a").with(b.build()), current).isEmpty());
  }
}

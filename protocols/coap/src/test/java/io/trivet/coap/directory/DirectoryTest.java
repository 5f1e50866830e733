package io.trivet.coap.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.broker.Principal;
import io.trivet.coap.Code;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Exchange;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import io.trivet.coap.SteppedLoop;
import io.trivet.coap.TestExchange;
import io.trivet.coap.TestPeer;
import io.trivet.coap.link.LinkFormat;
import io.trivet.coap.link.LinkLimits;
import io.trivet.coap.resource.Observers;
import io.trivet.coap.resource.Resources;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryTest {
  private static final DirectoryLimits LIMITS = new DirectoryLimits(4, 2, 6, 5, new LinkLimits(500, 3, 8, 100));
  private static final String LINKS =
      "</temp>;rt=\"temperature\";if=\"sensor\",</light>;rt=\"light\";anchor=\"/lamp\",<coap://other.example/x>";

  private final SteppedLoop loop = new SteppedLoop();
  private final DirectoryStore store = DirectoryStore.memory();
  private final Directory directory = new Directory(LIMITS, store, loop.wallMillis());
  private final CoapPeer node1 = peer("node1");
  private final CoapPeer node2 = peer("node2");
  private final Resources tree = tree(DirectoryPolicy.OWN_NAME);
  private Response fetched = Response.content(40, Bytes.utf8("</self>"));

  private static CoapPeer peer(String device) {
    return device.isEmpty() ? new TestPeer() : new TestPeer(new Principal(device, Map.of(), Set.of(), 1));
  }

  private Resources tree(DirectoryPolicy policy) {
    DirectoryResources d = new DirectoryResources(loop, directory, policy, new Observers.Settings(3, 2, 1));
    Resources.Builder b = d.mount(Resources.builder());
    return d.mountSimple(b, peer -> (request, replies) -> {
      assertEquals(List.of(".well-known", "core"), request.options().uriPath());
      loop.later(() -> {
        if (fetched.code() == Code.EMPTY) {
          replies.failed(Requester.Failure.TIMED_OUT);
        } else {
          replies.response(fetched, peer);
        }
      });
      return () -> {};
    }).wellKnownCore(List::of).build();
  }

  private TestExchange ask(Resources at, CoapPeer peer, Code method, String path, String payload, String... queries) {
    Options.Builder o = Options.builder().path(path);
    for (String q : queries) {
      if (q.startsWith("observe ")) {
        o.add(OptionNumber.OBSERVE, Long.parseLong(q.substring(8)));
      } else {
        o.add(OptionNumber.URI_QUERY, q);
      }
    }
    if (!payload.isEmpty()) {
      o.contentFormat(40);
    }
    TestExchange e = new TestExchange(peer, "0a", new Request(true, method, o.build(), Bytes.utf8(payload)));
    at.handle(e);
    loop.run();
    return e;
  }

  private Response post(CoapPeer peer, String path, String payload, String... queries) {
    return ask(tree, peer, Code.POST, path, payload, queries).response();
  }

  private String registered(CoapPeer peer, String... queries) {
    Response r = post(peer, "rd", LINKS, queries);
    assertEquals(Code.CREATED, r.code(), r.payload().asUtf8());
    return String.join("/", r.options().texts(OptionNumber.LOCATION_PATH));
  }

  private String lookUp(String path, String... queries) {
    Response r = ask(tree, node2, Code.GET, "rd-lookup/" + path, "", queries).response();
    assertEquals(Code.CONTENT, r.code(), r.payload().asUtf8());
    return r.payload().asUtf8();
  }

  // --- registration -------------------------------------------------------------------------------------------------

  @Test
  void registersAndIsFound() {
    String place = registered(node1, "ep=node1", "base=coap://[2001:db8::1]:61616", "et=oic.d.sensor", "d=floor3");
    assertEquals("<coap://[2001:db8::1]:61616/temp>;rt=\"temperature\";if=\"sensor\","
        + "<coap://[2001:db8::1]:61616/light>;rt=\"light\";anchor=\"coap://[2001:db8::1]:61616/lamp\","
        + "<coap://other.example/x>", lookUp("res"));
    assertEquals("</" + place + ">;ep=\"node1\";d=\"floor3\";base=\"coap://[2001:db8::1]:61616\";rt=\"core.rd-ep\";"
        + "et=\"oic.d.sensor\"", lookUp("ep"));
  }

  @Test
  void takesTheNameOfTheCredentialAndTheAddressWhereNeitherIsGiven() {
    registered(node1);
    assertTrue(lookUp("ep").contains("ep=\"node1\";base=\"coap://127.0.0.1:40000\""), lookUp("ep"));
  }

  @Test
  void keepsThePlaceWhenRegisteredAgain() {
    String place = registered(node1);
    assertEquals(place, registered(node1));
    assertEquals(1, directory.size());
    assertTrue(!place.equals(registered(node1, "ep=node1", "d=other")));
  }

  @Test
  void refusesOtherNamesAndAnonymousPeers() {
    assertEquals(Code.FORBIDDEN, post(node2, "rd", LINKS, "ep=node1").code());
    assertEquals(Code.UNAUTHORIZED, post(peer(""), "rd", LINKS, "ep=node1").code());
    assertEquals(Code.BAD_REQUEST, post(peer(""), "rd", LINKS).code());
    assertEquals(Code.UNAUTHORIZED, ask(tree, peer(""), Code.GET, "rd-lookup/ep", "").response().code());
    assertEquals(Code.CONTENT,
        ask(tree(DirectoryPolicy.OPEN_LOOKUP), peer(""), Code.GET, "rd-lookup/ep", "").response().code());
    assertEquals(0, directory.size());
  }

  @Test
  void letsNobodyTakeTheNameOfAnotherEvenWhereThePolicyLetsAnyName() {
    registered(node1);
    Resources open = tree((who, action, endpoint) -> true);
    assertEquals(Code.FORBIDDEN, ask(open, node2, Code.POST, "rd", LINKS, "ep=node1").response().code());
    assertEquals(Code.CREATED, ask(open, node2, Code.POST, "rd", LINKS, "ep=other").response().code());
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "lt=0", "lt=-1", "lt=4294967296", "lt=x", "lt=", "base=/x", "base=coap://h/path", "base=coap://u@h", "base=h",
    "d=", "ep=", "href=/x", "a b=1", "=1", "count=1", "anchor=x",
    "ep=0123456789012345678901234567890123456789012345678901234567890123",
  })
  void refusesQueriesThatCannotBe(String query) {
    assertEquals(Code.BAD_REQUEST, post(node1, "rd", LINKS, query).code());
  }

  @Test
  void refusesLinksThatCannotBe() {
    assertEquals(Code.BAD_REQUEST, post(node1, "rd", "</a").code());
    assertEquals(Code.BAD_REQUEST, post(node1, "rd", "<a>,<b>,<c>,<d>").code());
    assertEquals(Code.REQUEST_ENTITY_TOO_LARGE, post(node1, "rd", "<" + "a".repeat(600) + ">").code());
    Request r = Request.of(Code.POST, "rd").with(Bytes.utf8("{}"));
    TestExchange e = new TestExchange(node1, "01", r.with(r.options().with(OptionNumber.CONTENT_FORMAT, 50)));
    tree.handle(e);
    assertEquals(Code.UNSUPPORTED_CONTENT_FORMAT, e.response().code());
  }

  @Test
  void keepsItsLimits() {
    registered(node1);
    registered(node1, "d=2");
    assertEquals(Code.SERVICE_UNAVAILABLE, post(node1, "rd", "<a>", "d=3").code()); // of one owner
    assertEquals(Code.SERVICE_UNAVAILABLE, post(node2, "rd", "<a>").code()); // of links
    assertEquals(Code.CREATED, post(node2, "rd", "").code());
    assertEquals(Code.CREATED, post(peer("node3"), "rd", "").code());
    assertEquals(Code.SERVICE_UNAVAILABLE, post(peer("node4"), "rd", "").code()); // in all
    assertEquals(Code.CREATED, post(node1, "rd", LINKS, "d=2").code()); // renewing always fits
    assertEquals(4, directory.size());
  }

  // --- soft state ---------------------------------------------------------------------------------------------------

  @Test
  void forgetsWhatIsNotRenewed() {
    String place = registered(node1, "lt=60");
    loop.advance(Duration.ofSeconds(59));
    assertEquals(Code.CHANGED, post(node1, place, "").code());
    loop.advance(Duration.ofSeconds(59));
    assertTrue(!lookUp("ep").isEmpty());
    loop.advance(Duration.ofSeconds(1));
    assertEquals("", lookUp("ep"));
    assertEquals(Code.NOT_FOUND, post(node1, place, "").code());
    directory.expire(loop.wallMillis());
    assertEquals(0, directory.size());
    assertTrue(store.load().isEmpty());
  }

  @Test
  void updatesLifetimeBaseAndAttributes() {
    String place = registered(node1, "et=a", "x=1");
    assertEquals(Code.CHANGED, post(node1, place, "", "lt=5", "base=coaps://h", "et=b").code());
    assertTrue(lookUp("ep").endsWith(";base=\"coaps://h\";rt=\"core.rd-ep\";x=\"1\";et=\"b\""), lookUp("ep"));
    assertEquals(Code.BAD_REQUEST, post(node1, place, "", "ep=node1").code());
    assertEquals(Code.BAD_REQUEST, post(node1, place, "<a>").code());
    loop.advance(Duration.ofSeconds(5));
    assertEquals("", lookUp("ep"));
  }

  @Test
  void changesAndRemovesOnlyForItsOwner() {
    String place = registered(node1);
    for (CoapPeer other : List.of(node2, peer(""))) {
      Code refusal = other == node2 ? Code.FORBIDDEN : Code.UNAUTHORIZED;
      assertEquals(refusal, post(other, place, "").code());
      assertEquals(refusal, ask(tree, other, Code.DELETE, place, "").response().code());
    }
    assertEquals(Code.DELETED, ask(tree, node1, Code.DELETE, place, "").response().code());
    assertEquals(Code.NOT_FOUND, ask(tree, node1, Code.DELETE, place, "").response().code());
    assertEquals(Code.NOT_FOUND, post(node1, "rd/x/y", "").code());
    assertEquals(Code.METHOD_NOT_ALLOWED, ask(tree, node1, Code.GET, place, "").response().code());
  }

  @Test
  void keepsRegistrationsOverARestart() {
    registered(node1, "lt=60");
    registered(node2, "lt=600");
    Directory again = new Directory(LIMITS, store, loop.wallMillis() + 60_000);
    assertEquals(List.of("node2"), again.all(loop.wallMillis() + 60_000).stream().map(Registration::endpoint).toList());
    assertEquals(1, store.load().size());
  }

  // --- lookup -------------------------------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({
    "res, rt=temperature, 1", "res, rt=t*, 1", "res, ep=node1, 3", "res, ep=none, 0", "res, href=/temp, 1",
    "res, href=coap://127.0.0.1:40000/temp, 1", "res, et=lamp, 3", "res, et=lamp&rt=light, 1", "res, count=2, 2",
    "res, page=1&count=2, 1", "res, page=2&count=2, 0", "ep, rt=temperature, 1", "ep, et=lamp, 1", "ep, et=x, 0",
    "ep, href=/rd/*, 1", "ep, rt=core.rd-ep, 1", "ep, rt=temperature&rt=light, 1",
  })
  void filters(String kind, String queries, int found) {
    registered(node1, "et=lamp");
    String document = lookUp(kind, queries.split("&"));
    assertEquals(found, LinkFormat.parse(Bytes.utf8(document), LinkLimits.DEFAULT).orThrow().size(), document);
  }

  @ParameterizedTest
  @ValueSource(strings = {"page=1", "page=-1", "count=0", "count=x", "page=1&page=2", "count=9999999999"})
  void refusesPagesThatCannotBe(String queries) {
    assertEquals(Code.BAD_REQUEST,
        ask(tree, node2, Code.GET, "rd-lookup/res", "", queries.split("&")).response().code());
  }

  @Test
  void answersWithNoMoreThanItMay() {
    registered(node1);
    registered(node1, "d=2");
    assertEquals(5, LinkFormat.parse(Bytes.utf8(lookUp("res")), LinkLimits.DEFAULT).orThrow().size());
  }

  @Test
  void tellsObserversWhatChangesForThem() {
    TestExchange lights = ask(tree, node2, Code.GET, "rd-lookup/res", "", "observe 0", "rt=light");
    assertTrue(lights.response().options().has(OptionNumber.OBSERVE));
    String place = registered(node1);
    assertEquals(2, lights.responses.size());
    assertTrue(lights.last().payload().asUtf8().contains("/light"));
    lights.fates.getLast().told(Exchange.Fate.ACKNOWLEDGED);
    assertEquals(Code.CHANGED, post(node1, place, "", "et=new").code()); // nothing that this lookup shows
    assertEquals(2, lights.responses.size());
    ask(tree, node1, Code.DELETE, place, "");
    assertEquals("", lights.last().payload().asUtf8());
    lights.fates.getLast().told(Exchange.Fate.RESET);
    registered(node1);
    assertEquals(3, lights.responses.size());
  }

  @Test
  void sendsOneNotificationForWhatChangesWhileOneIsUnderWay() {
    TestExchange all = ask(tree, node2, Code.GET, "rd-lookup/ep", "", "observe 0");
    registered(node1);
    post(node2, "rd", "");
    post(node1, "rd", "", "d=2");
    assertEquals(2, all.responses.size());
    all.fates.getLast().told(Exchange.Fate.ACKNOWLEDGED);
    loop.run();
    assertEquals(3, all.responses.size());
    assertTrue(all.last().payload().asUtf8().contains("d=\"2\""));
  }

  @Test
  void tellsOfItselfInWellKnownCore() {
    String core = ask(tree, node1, Code.GET, ".well-known/core", "", "rt=core.rd*").response().payload().asUtf8();
    assertEquals("</rd>;rt=\"core.rd\";ct=40,</rd-lookup/res>;ct=40;obs;rt=\"core.rd-lookup-res\","
        + "</rd-lookup/ep>;ct=40;obs;rt=\"core.rd-lookup-ep\",</.well-known/rd>;rt=\"core.rd-simple\"", core);
  }

  // --- simple registration ------------------------------------------------------------------------------------------

  @Test
  void fetchesTheLinksOfWhoOnlySaysThatItIsThere() {
    assertEquals(Code.CHANGED, post(node1, ".well-known/rd", "", "lt=60").code());
    assertEquals("<coap://127.0.0.1:40000/self>", lookUp("res", "ep=node1"));
  }

  @Test
  void saysWhyItCouldNotFetch() {
    fetched = Response.of(Code.NOT_FOUND);
    assertEquals(Code.BAD_GATEWAY, post(node1, ".well-known/rd", "").code());
    fetched = Response.of(Code.EMPTY);
    assertEquals(Code.GATEWAY_TIMEOUT, post(node1, ".well-known/rd", "").code());
    fetched = Response.content(40, Bytes.utf8("<"));
    assertEquals(Code.BAD_REQUEST, post(node1, ".well-known/rd", "").code());
    assertEquals(0, directory.size());
  }

  @Test
  void asksNobodyOnBehalfOfAStranger() {
    fetched = Response.of(Code.CSM); // a fetch would answer otherwise
    assertEquals(Code.UNAUTHORIZED, post(peer(""), ".well-known/rd", "", "ep=x").code());
    TestPeer unproven = (TestPeer) peer("node1");
    unproven.proven = false;
    assertEquals(Code.FORBIDDEN, post(unproven, ".well-known/rd", "").code());
    assertEquals(Code.BAD_REQUEST, post(node1, ".well-known/rd", "", "base=coap://h").code());
  }

  // --- any queries --------------------------------------------------------------------------------------------------

  static Stream<byte[]> queries() {
    return Stream.of("ep=node1&d=x&lt=60&base=coap://[2001:db8::1]:61616&et=a", "page=1&count=2&rt=x*&obs", "=&&ep")
        .map(s -> Bytes.utf8(s).toArray());
  }

  @MethodSource("queries")
  @FuzzTest(maxDuration = "25s")
  void answersAnyQuery(byte[] input) {
    List<String> queries = List.of(Bytes.wrap(input).asUtf8().split("&", -1));
    if (RegistrationQuery.parse(queries) instanceof Parsed.Valid<RegistrationQuery>(RegistrationQuery q)) {
      Registration r = new Registration("0", q.endpoint(), q.sector(), "", q.base(), true, 1, 1, q.attributes(),
          LinkFormat.parse(Bytes.utf8(LINKS), LinkLimits.DEFAULT).orThrow());
      Bytes written = LinkFormat.write(List.of(r.asEndpoint(), r.resolved(r.links().getFirst())));
      assertTrue(LinkFormat.parse(written, LinkLimits.DEFAULT) instanceof Parsed.Valid<?>, written.asUtf8());
    }
    if (Lookup.parse(queries) instanceof Parsed.Valid<Lookup>(Lookup l)) {
      assertTrue(l.resources(directory.all(0), 5).size() <= 5);
    }
  }
}

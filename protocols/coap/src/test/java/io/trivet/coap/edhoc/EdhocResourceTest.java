package io.trivet.coap.edhoc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trivet.base.Bytes;
import io.trivet.broker.Principal;
import io.trivet.coap.Code;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Handler;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import io.trivet.coap.SteppedLoop;
import io.trivet.coap.TestExchange;
import io.trivet.coap.TestPeer;
import io.trivet.coap.oscore.MemorySequenceStore;
import io.trivet.coap.oscore.OscoreAssociation;
import io.trivet.coap.oscore.OscoreLayer;
import io.trivet.coap.oscore.OscoreRequester;
import io.trivet.coap.oscore.OscoreSettings;
import io.trivet.coap.oscore.OscoreTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EdhocResourceTest {
  private static final Principal DEVICE = new Principal("pump-7", Map.of(), Set.of(), 1);

  private final SteppedLoop loop = new SteppedLoop();
  private final OscoreTable table = new OscoreTable(100, _ -> List.of());
  private final Identity client = EdhocMachineTest.identity(Method.STATIC_KEYS, Suite.S3, "0a");
  private final Identity server = EdhocMachineTest.identity(Method.STATIC_KEYS, Suite.S3, "0b");
  private Optional<Principal> principal = Optional.of(DEVICE);
  private final EdhocResource resource = new EdhocResource(
      new Responder(List.of(Suite.S3, Suite.S1), (_, s) -> s == Suite.S3 ? Optional.of(server) : Optional.empty(),
          Trace.trusting(client)),
      table, _ -> principal, loop, new EdhocResource.Settings(3, Duration.ofSeconds(20)), OscoreSettings.DEFAULT);
  private final List<EdhocClient.Result> results = new ArrayList<>();

  private static Requester to(Handler handler, CoapPeer peer) {
    return (request, replies) -> {
      TestExchange e = new TestExchange(peer, "01", request);
      handler.handle(e);
      replies.response(e.response(), peer);
      return () -> {};
    };
  }

  private void agree(Suite suite) {
    EdhocClient.agree(to(resource, new TestPeer()), Method.STATIC_KEYS, suite, client, Trace.trusting(server),
        loop.randomness(), results::add);
  }

  @Test
  void agreesOnKeysThatOscoreThenUses() {
    agree(Suite.S3);
    EdhocSession session = assertInstanceOf(EdhocClient.Result.Agreed.class, results.getFirst()).session();
    assertEquals(0, resource.openCount());
    assertEquals(1, table.size());
    List<Principal> seen = new ArrayList<>();
    OscoreLayer layer = new OscoreLayer(e -> {
      seen.add(e.peer().principal());
      e.respond(Response.of(Code.CHANGED));
    }, table, loop, OscoreSettings.DEFAULT);
    List<Response> got = new ArrayList<>();
    OscoreAssociation a = OscoreAssociation.of("server", Principal.SERVER, session.oscore(), Optional.empty(), false,
        false, new MemorySequenceStore(), OscoreSettings.DEFAULT);
    new OscoreRequester(to(layer, new TestPeer()), a, loop).send(Request.of(Code.PUT, "a"), new Requester.Replies() {
      @Override
      public void response(Response response, CoapPeer from) {
        got.add(response);
      }

      @Override
      public void failed(Requester.Failure failure) {
        throw new AssertionError(failure);
      }
    });
    assertEquals(List.of(DEVICE), seen);
    assertEquals(List.of(Response.of(Code.CHANGED)), got);
  }

  @Test
  void keepsOnlyTheLatestKeysOfADevice() {
    for (int i = 0; i < 5; i++) {
      agree(Suite.S3);
      EdhocSession session = assertInstanceOf(EdhocClient.Result.Agreed.class, results.getLast()).session();
      assertEquals(1, table.find(session.oscore().senderId()).size());
      assertEquals(1, table.size());
    }
    table.remove("edhoc/pump-7");
    assertEquals(0, table.size());
  }

  @Test
  void findsASuiteThatBothHave() {
    agree(Suite.S2);
    assertEquals(Suite.S3, assertInstanceOf(EdhocClient.Result.Agreed.class, results.getFirst()).session().suite());
  }

  @Test
  void tellsWhyItFailed() {
    agree(Suite.S0);
    assertEquals(List.of(new EdhocClient.Result.Failed("no credential for that method and suite")), results);
    principal = Optional.empty();
    agree(Suite.S3);
    assertEquals(new EdhocClient.Result.Failed("the credential is not known"), results.getLast());
    assertEquals(0, table.size());
  }

  private Bytes message1() {
    return Hash.joined(Bytes.hex("f5"), Initiator.start(Method.STATIC_KEYS, List.of(3L), client, Trace.trusting(server),
        Bytes.hex("01"), loop.randomness()).message());
  }

  private Response post(CoapPeer peer, Bytes payload) {
    TestExchange e = new TestExchange(peer, "01", new Request(true, Code.POST,
        Options.builder().path(".well-known/edhoc").contentFormat(65).build(), payload));
    resource.handle(e);
    return e.response();
  }

  @Test
  void boundsOpenSessionsAndForgetsThemAtTheirDeadline() {
    TestPeer one = new TestPeer();
    for (int i = 0; i < 5; i++) {
      assertEquals(Code.CHANGED, post(one, message1()).code());
      assertEquals(1, resource.openCount(), "one place for a peer");
    }
    post(new TestPeer(), message1());
    loop.advance(Duration.ofSeconds(10));
    post(new TestPeer(), message1());
    Response refused = post(new TestPeer(), message1());
    assertEquals(Code.SERVICE_UNAVAILABLE, refused.code());
    assertTrue(refused.options().has(OptionNumber.MAX_AGE));
    loop.advance(Duration.ofSeconds(11));
    assertEquals(1, resource.openCount());
    loop.advance(Duration.ofSeconds(10));
    assertEquals(0, resource.openCount());
    one.leave();
  }

  @Test
  void givesASessionOneTry() {
    TestPeer peer = new TestPeer();
    Initiator.Started s = Initiator.start(Method.STATIC_KEYS, List.of(3L), client, Trace.trusting(server),
        Bytes.hex("01"), loop.randomness());
    Bytes message2 = post(peer, Hash.joined(Bytes.hex("f5"), s.message())).payload();
    Outcome.Next<Initiator.AwaitMessage4> three = Rfc9529TracesTest.next(s.state().receive(message2));
    Bytes whole = Hash.joined(three.state().prefix(), three.message());
    assertEquals(Code.BAD_REQUEST, post(peer, Rfc9529TracesTest.altered(whole, whole.length() - 1)).code());
    assertEquals(Code.BAD_REQUEST, post(peer, whole).code());
    assertEquals(0, table.size());
  }

  @Test
  void refusesWhatIsNoMessage() {
    TestPeer peer = new TestPeer();
    for (String hex : List.of("", "f4", "f5", "f500", "00", "4101", "a0", "ff", "f5".repeat(5_000))) {
      assertTrue(post(peer, Bytes.hex(hex)).code().codeClass() == 4, hex);
    }
    TestExchange get = new TestExchange(Request.of(Code.GET, ".well-known/edhoc"));
    resource.handle(get);
    assertEquals(Code.METHOD_NOT_ALLOWED, get.response().code());
    TestExchange json = new TestExchange(new Request(true, Code.POST, Options.builder().contentFormat(50).build(),
        message1()));
    resource.handle(json);
    assertEquals(Code.UNSUPPORTED_CONTENT_FORMAT, json.response().code());
    assertEquals(0, resource.openCount());
  }
}

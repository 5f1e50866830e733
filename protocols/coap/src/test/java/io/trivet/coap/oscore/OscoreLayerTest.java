package io.trivet.coap.oscore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trivet.base.Bytes;
import io.trivet.broker.Principal;
import io.trivet.broker.TransportIdentity;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OscoreLayerTest {
  private static final Principal DEVICE = new Principal("pump-7", Map.of(), Set.of(), 1);

  /// Keeps reservations as a disk would; the test may have it answer late, or not make any.
  private static final class Disk implements SequenceStore {
    final Map<String, Long> kept = new HashMap<>();
    final List<Runnable> late = new ArrayList<>();
    boolean isLate;
    boolean isFull;

    @Override
    public long unreserved(String contextId) {
      return kept.getOrDefault(contextId, 0L);
    }

    @Override
    public void reserve(String contextId, long upTo, Consumer<Boolean> done) {
      Runnable work = () -> {
        if (!isFull) {
          assertTrue(upTo > unreserved(contextId), "reservations grow");
          kept.put(contextId, upTo);
        }
        done.accept(!isFull);
      };
      if (isLate) {
        late.add(work);
      } else {
        work.run();
      }
    }

    @Override
    public void forget(String contextId) {
      kept.remove(contextId);
    }
  }

  private final SteppedLoop loop = new SteppedLoop();
  private final Disk disk = new Disk();
  private final List<Exchange> served = new ArrayList<>();
  private final List<Response> got = new ArrayList<>();
  private final List<CoapPeer> from = new ArrayList<>();
  private final List<Requester.Failure> failures = new ArrayList<>();
  private final Requester.Replies replies = new Requester.Replies() {
    @Override
    public void response(Response response, CoapPeer who) {
      got.add(response);
      from.add(who);
    }

    @Override
    public void failed(Requester.Failure failure) {
      failures.add(failure);
    }
  };

  private static OscoreSecret clientSecret(Aead aead) {
    return new OscoreSecret(Bytes.hex("0102030405060708090a0b0c0d0e0f10"), Bytes.hex("9e7ca92223786340"),
        Bytes.hex("0a"), Bytes.hex("0b"), aead);
  }

  private static OscoreAssociation client() {
    return client(Aead.AES_CCM_16_64_128);
  }

  private static OscoreAssociation client(Aead aead) {
    return OscoreAssociation.of("server", Principal.SERVER, clientSecret(aead), Optional.empty(), false, true,
        new MemorySequenceStore(), OscoreSettings.DEFAULT);
  }

  private OscoreAssociation server(boolean wasUsed) {
    return server(Aead.AES_CCM_16_64_128, wasUsed);
  }

  private OscoreAssociation server(Aead aead, boolean wasUsed) {
    return OscoreAssociation.of("pump-7", DEVICE, clientSecret(aead).mirrored(), Optional.empty(), wasUsed, true, disk,
        OscoreSettings.DEFAULT);
  }

  private OscorePipe pipe(OscoreAssociation a) {
    OscoreTable table = new OscoreTable(10, _ -> List.of());
    table.add(a);
    return new OscorePipe(new OscoreLayer(e -> {
      served.add(e);
      e.respond(e.request().isObserve()
          ? Response.content(0, Bytes.utf8("first")).with(OptionNumber.OBSERVE, 7)
          : Response.content(0, Bytes.utf8("sealed")));
    }, table, loop, OscoreSettings.DEFAULT));
  }

  private OscoreRequester requester(OscorePipe pipe, OscoreAssociation a) {
    return new OscoreRequester(pipe, a, loop);
  }

  @ParameterizedTest
  @EnumSource(Aead.class)
  void carriesARequestAndItsResponseWithEveryCipher(Aead aead) {
    OscorePipe pipe = pipe(server(aead, false));
    Request put = new Request(true, Code.PUT, Options.builder().path("ps/ward/7").query("qos", "1").contentFormat(60)
        .add(OptionNumber.URI_HOST, "here").add(9_999, Bytes.hex("42")).build(), Bytes.utf8("21.5"));
    requester(pipe, client(aead)).send(put, replies);
    assertEquals(put, served.getFirst().request());
    assertEquals(Response.content(0, Bytes.utf8("sealed")), got.getFirst());
    CoapPeer peer = served.getFirst().peer();
    assertEquals(DEVICE, peer.principal());
    assertEquals("OSCORE " + aead, peer.peer().protection());
    assertEquals(new TransportIdentity.ObjectSecurity(Bytes.hex("0a"), Optional.empty()), peer.peer().identity());
    assertTrue(peer.peer().secured() && peer.isProven());
    assertEquals(Principal.SERVER, from.getFirst().principal());
    Request outer = pipe.requests.getFirst();
    assertEquals(Code.POST, outer.method());
    assertEquals(2, outer.options().count(), "only Uri-Host and OSCORE are to be seen: " + outer.options());
    assertEquals(Code.CHANGED, pipe.responses.getFirst().code());
  }

  @Test
  void keepsOnePeerForAnAssociationAtAnAddress() {
    OscorePipe pipe = pipe(server(false));
    OscoreRequester r = requester(pipe, client());
    r.send(Request.of(Code.GET, "a"), replies);
    r.send(Request.of(Code.GET, "b"), replies);
    assertSame(served.get(0).peer(), served.get(1).peer());
    List<String> told = new ArrayList<>();
    served.get(0).peer().whenGone(() -> told.add("gone"));
    pipe.peer.leave();
    assertEquals(List.of("gone"), told);
    assertEquals(0, ((OscoreLayer) pipe.server).peerCount());
  }

  @Test
  void letsWhatIsNotProtectedThroughAsItIs() {
    OscorePipe pipe = pipe(server(false));
    Request plain = Request.of(Code.GET, "a");
    pipe.send(plain, replies);
    assertSame(plain, served.getFirst().request());
    assertSame(pipe.peer, served.getFirst().peer());
  }

  private static void refused(Code code, String words, Response r) {
    assertEquals(code, r.code());
    assertEquals(Bytes.utf8(words), r.payload());
    assertEquals(0, r.options().uint(OptionNumber.MAX_AGE, -1));
    assertFalse(r.options().has(OptionNumber.OSCORE));
  }

  @Test
  void refusesAsSection82Says() {
    OscorePipe pipe = pipe(server(false));
    requester(pipe, client()).send(Request.of(Code.GET, "a"), replies);
    Request genuine = pipe.requests.getFirst();
    pipe.send(genuine, replies);
    refused(Code.UNAUTHORIZED, "Replay detected", pipe.responses.getLast());
    for (String option : List.of("", "00", "20", "0e14", "09", "0114", "08", "19140201", "0a0014")) {
      pipe.send(genuine.with(genuine.options().with(OptionNumber.OSCORE, Bytes.hex(option))), replies);
      refused(Code.BAD_OPTION, "Failed to decode COSE", pipe.responses.getLast());
    }
    pipe.send(genuine.with(Bytes.EMPTY), replies);
    refused(Code.BAD_OPTION, "Failed to decode COSE", pipe.responses.getLast());
    pipe.send(genuine.with(genuine.options().with(OptionNumber.OSCORE, Bytes.hex("09140c"))), replies);
    refused(Code.UNAUTHORIZED, "Security context not found", pipe.responses.getLast());
    pipe.send(genuine.with(genuine.options().with(OptionNumber.OSCORE, Bytes.hex("09140a"))), replies);
    refused(Code.BAD_REQUEST, "Decryption failed", pipe.responses.getLast());
    assertEquals(1, served.size());
  }

  @Test
  void refusesEveryTamperedByte() {
    OscorePipe pipe = pipe(server(false));
    pipe.onTheWayBack = r -> r;
    OscoreKeys keys = client().context().orElseThrow().keys();
    Request genuine = Protection.protect(keys, 5, Optional.empty(),
        Request.of(Code.PUT, "a").with(Bytes.utf8("payload"))).request();
    for (int i = 0; i < genuine.payload().length(); i++) {
      for (int bit = 1; bit < 256; bit <<= 1) {
        byte[] altered = genuine.payload().toArray();
        altered[i] ^= (byte) bit;
        pipe.send(genuine.with(Bytes.wrap(altered)), replies);
      }
    }
    Bytes option = genuine.options().bytes(OptionNumber.OSCORE).orElseThrow();
    for (int i = 0; i < option.length(); i++) {
      for (int bit = 1; bit < 256; bit <<= 1) {
        byte[] altered = option.toArray();
        altered[i] ^= (byte) bit;
        pipe.send(genuine.with(genuine.options().with(OptionNumber.OSCORE, Bytes.wrap(altered))), replies);
      }
    }
    assertEquals(List.of(), served);
    assertEquals(0, ((OscoreLayer) pipe.server).peerCount(), "nothing is remembered of what does not verify");
    pipe.send(genuine, replies);
    assertEquals(1, served.size(), "and the window did not move");
  }

  @Test
  void refusesEveryTamperedByteOfAResponse() {
    for (int i = 0; i < 16; i++) {
      int at = i;
      OscorePipe pipe = pipe(server(false));
      pipe.onTheWayBack = r -> {
        byte[] altered = r.payload().toArray();
        altered[at] ^= 1;
        return r.with(Bytes.wrap(altered));
      };
      requester(pipe, client()).send(Request.of(Code.GET, "a"), replies);
    }
    assertEquals(List.of(), got);
    assertEquals(16, failures.size());
  }

  @Test
  void takesWhatWasOvertakenWithinTheWindowOnce() {
    OscorePipe pipe = pipe(server(false));
    OscoreKeys keys = client().context().orElseThrow().keys();
    for (long number : new long[] {40, 10, 9, 40, 8, 41, 10, 1_000, 41, 968, 969}) {
      pipe.send(Protection.protect(keys, number, Optional.empty(), Request.of(Code.GET, "n" + number)).request(), replies);
    }
    assertEquals(List.of("n40", "n10", "n9", "n41", "n1000", "n969"),
        served.stream().map(e -> e.request().options().uriPath().getFirst()).toList());
  }

  @Test
  void challengesTheFirstRequestAfterARestart() {
    OscorePipe pipe = pipe(server(true));
    OscoreKeys keys = client().context().orElseThrow().keys();
    Request old = Protection.protect(keys, 3, Optional.empty(), Request.of(Code.PUT, "old")).request();
    pipe.send(old, replies);
    assertEquals(List.of(), served);
    got.clear();
    requester(pipe, client()).send(Request.of(Code.GET, "new"), replies);
    assertEquals(List.of("new"), served.getFirst().request().options().uriPath());
    assertEquals(Code.CONTENT, got.getLast().code());
    OscoreOption challenge = pipe.responses.getFirst().options().bytes(OptionNumber.OSCORE)
        .flatMap(OscoreOption::decode).orElseThrow();
    assertEquals(0, challenge.number(), "a challenge has a partial IV of its own");
    pipe.send(old, replies);
    assertEquals(2, served.size(), "3 lies above the number that was proved fresh, and was not taken before");
    pipe.send(old, replies);
    refused(Code.UNAUTHORIZED, "Replay detected", pipe.responses.getLast());
    pipe.send(pipe.requests.get(1), replies);
    refused(Code.UNAUTHORIZED, "Replay detected", pipe.responses.getLast());
  }

  @Test
  void forgetsAChallengeThatIsNotAnsweredInTime() {
    OscorePipe pipe = pipe(server(true));
    OscoreKeys keys = client().context().orElseThrow().keys();
    Protection.ProtectedRequest first = Protection.protect(keys, 1, Optional.empty(), Request.of(Code.GET, "a"));
    pipe.send(first.request(), replies);
    Bytes echo = Protection.verify(keys, first.binding(), pipe.responses.getLast()).orElseThrow().response().options()
        .bytes(OptionNumber.ECHO).orElseThrow();
    loop.advance(Duration.ofSeconds(31));
    Request answer = Request.of(Code.GET, "a");
    answer = answer.with(answer.options().with(OptionNumber.ECHO, echo));
    pipe.send(Protection.protect(keys, 2, Optional.empty(), answer).request(), replies);
    assertEquals(List.of(), served);
  }

  @Test
  void observesInOrderOfPartialIvs() {
    OscorePipe pipe = pipe(server(false));
    Request observe = Request.of(Code.GET, "a");
    observe = observe.with(observe.options().with(OptionNumber.OBSERVE, 0));
    requester(pipe, client()).send(observe, replies);
    Exchange e = served.getFirst();
    assertTrue(e.request().isObserve());
    assertEquals(Code.FETCH, pipe.requests.getFirst().method());
    for (int i = 1; i <= 3; i++) {
      e.notify(Response.content(0, Bytes.utf8("n" + i)).with(OptionNumber.OBSERVE, 7 + i), true, Exchange.Fate.Listener.NONE);
    }
    assertEquals(List.of("first", "n1", "n2", "n3"), got.stream().map(r -> r.payload().asUtf8()).toList());
    assertEquals(List.of(0L, 1L, 2L, 3L), got.stream().map(r -> r.options().uint(OptionNumber.OBSERVE, -1)).toList());
    assertTrue(pipe.responses.stream().allMatch(r -> r.code() == Code.CONTENT));
  }

  @Test
  void passesOverReplayedAndOvertakenNotifications() {
    OscorePipe pipe = pipe(server(false));
    List<Response> held = new ArrayList<>();
    Requester shuffling = (request, up) -> pipe.send(request, new Requester.Replies() {
      @Override
      public void response(Response response, CoapPeer who) {
        held.add(response);
        if (held.size() == 3) {
          for (int i : new int[] {1, 0, 1, 2, 2}) {
            up.response(held.get(i), who);
          }
        }
      }

      @Override
      public void failed(Requester.Failure failure) {
        up.failed(failure);
      }
    });
    Request observe = Request.of(Code.GET, "a");
    new OscoreRequester(shuffling, client(), loop)
        .send(observe.with(observe.options().with(OptionNumber.OBSERVE, 0)), replies);
    for (int i = 1; i <= 2; i++) {
      served.getFirst().notify(Response.content(0, Bytes.utf8("n" + i)).with(OptionNumber.OBSERVE, i), true,
          Exchange.Fate.Listener.NONE);
    }
    assertEquals(List.of("n1", "n2"), got.stream().map(r -> r.payload().asUtf8()).toList());
  }

  @Test
  void makesNewKeysForAClientThatLostItsOwn() {
    OscoreAssociation server = server(true);
    OscorePipe pipe = pipe(server);
    OscoreAssociation client = OscoreAssociation.toBeRenewed("server", Principal.SERVER,
        clientSecret(Aead.AES_CCM_16_64_128), new MemorySequenceStore(), OscoreSettings.DEFAULT);
    OscoreRequester r = requester(pipe, client);
    r.send(Request.of(Code.GET, "a"), replies);
    r.send(Request.of(Code.GET, "b"), replies);
    assertEquals(List.of(), failures);
    assertEquals(2, served.size());
    assertEquals(2, got.size());
    assertEquals(24, server.context().orElseThrow().keys().idContext().orElseThrow().length());
    pipe.send(pipe.requests.get(1), replies);
    refused(Code.UNAUTHORIZED, "Replay detected", pipe.responses.getLast());
    pipe.send(pipe.requests.get(0), replies);
    assertEquals(2, served.size(), "request #1 again only brings another offer");
    r.send(Request.of(Code.GET, "c"), replies);
    assertEquals(3, served.size(), "and does not disturb the keys in use");
    OscoreContext before = server.context().orElseThrow();
    requester(pipe, OscoreAssociation.toBeRenewed("server", Principal.SERVER, clientSecret(Aead.AES_CCM_16_64_128),
        new MemorySequenceStore(), OscoreSettings.DEFAULT)).send(Request.of(Code.GET, "d"), replies);
    assertEquals(4, served.size());
    assertNotSame(before, server.context().orElseThrow());
    int answers = pipe.responses.size();
    pipe.send(pipe.requests.get(1), replies);
    assertEquals(4, served.size(), "request #2 of an earlier run is an offer at best");
    assertEquals(answers + 1, pipe.responses.size());
  }

  @Test
  void reusesNoNumberAfterACrash() {
    OscoreAssociation first = server(false);
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < 2_500; i++) {
      first.context().orElseThrow().sequence().next(loop, numbers::add);
    }
    long last = numbers.getLast();
    assertEquals(2_499, last);
    server(true).context().orElseThrow().sequence().next(loop, numbers::add);
    assertTrue(numbers.getLast() > last && numbers.getLast() <= last + 1_000, numbers.getLast() + " after " + last);
  }

  @Test
  void waitsForAReservationThatTakesItsTime() {
    disk.isLate = true;
    OscorePipe pipe = pipe(server(false));
    Request observe = Request.of(Code.GET, "a");
    requester(pipe, client()).send(observe.with(observe.options().with(OptionNumber.OBSERVE, 0)), replies);
    served.getFirst().notify(Response.content(0, Bytes.utf8("n1")).with(OptionNumber.OBSERVE, 9), true,
        Exchange.Fate.Listener.NONE);
    assertEquals(List.of(), got);
    disk.late.removeFirst().run();
    loop.run();
    assertEquals(List.of("first", "n1"), got.stream().map(r -> r.payload().asUtf8()).toList());
  }

  @Test
  void notifiesNobodyWithoutAReservation() {
    disk.isFull = true;
    OscorePipe pipe = pipe(server(false));
    Request observe = Request.of(Code.GET, "a");
    requester(pipe, client()).send(observe.with(observe.options().with(OptionNumber.OBSERVE, 0)), replies);
    loop.run();
    assertEquals(Code.SERVICE_UNAVAILABLE, got.getFirst().code());
    List<Exchange.Fate> fates = new ArrayList<>();
    served.getFirst().notify(Response.of(Code.CONTENT), true, fates::add);
    loop.run();
    assertEquals(List.of(Exchange.Fate.DROPPED), fates);
  }

  @Test
  void givesOutNoNumberBeyondTheLast() {
    disk.kept.put("pump-7", SenderSequence.LAST);
    List<Long> numbers = new ArrayList<>();
    SenderSequence sequence = server(true).context().orElseThrow().sequence();
    for (int i = 0; i < 3; i++) {
      sequence.next(loop, numbers::add);
      loop.run();
    }
    assertEquals(List.of(SenderSequence.LAST, -1L, -1L), numbers);
  }

  @Test
  void stopsUsingKeysThatTooManyForgeriesWereTriedOn() {
    OscoreKeys keys = client().context().orElseThrow().keys();
    OscoreContext context = new OscoreContext(keys, new SenderSequence("x", disk, 10), false, 32, 2);
    context.forged();
    assertFalse(context.isSpent());
    context.forged();
    assertTrue(context.isSpent());
  }

  @Test
  void boundsPeersAndKeepsThoseHeld() {
    OscorePeers peers = new OscorePeers(2);
    OscoreAssociation a = server(false);
    OscorePeer held = peers.of(a, new TestPeer()).orElseThrow();
    held.hold();
    OscorePeer loose = peers.of(a, new TestPeer()).orElseThrow();
    OscorePeer third = peers.of(a, new TestPeer()).orElseThrow();
    assertTrue(loose.isGone() && !held.isGone());
    third.hold();
    assertEquals(Optional.empty(), peers.of(a, new TestPeer()));
    assertEquals(2, peers.size());
  }

  @Test
  void answersAFloodOfForgeriesWithoutKeepingAnything() {
    OscorePipe pipe = pipe(server(false));
    OscoreTable table = new OscoreTable(3, _ -> List.of());
    java.util.Random random = new java.util.Random(3);
    for (int i = 0; i < 2_000; i++) {
      byte[] junk = new byte[1 + random.nextInt(40)];
      random.nextBytes(junk);
      byte[] option = {0x19, (byte) (1 + i), 8, 1, 2, 3, 4, 5, 6, 7, (byte) i, i % 2 == 0 ? 0x0a : (byte) i};
      TestExchange e = new TestExchange(new Request(true, Code.POST,
          Options.NONE.with(OptionNumber.OSCORE, Bytes.wrap(option)), Bytes.wrap(junk)));
      pipe.server.handle(e);
      assertFalse(e.response().code().isSuccess());
      table.find(Bytes.wrap(option));
    }
    assertEquals(0, ((OscoreLayer) pipe.server).peerCount());
    assertEquals(0, table.size());
  }
}

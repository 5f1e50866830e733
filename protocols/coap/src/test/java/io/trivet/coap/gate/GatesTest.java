package io.trivet.coap.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.trivet.base.Bytes;
import io.trivet.broker.Counter;
import io.trivet.broker.Counters;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.coap.Code;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Exchange;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.OptionsCodec;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.coap.SteppedLoop;
import io.trivet.coap.TestExchange;
import io.trivet.coap.TestPeer;
import io.trivet.coap.TokenBucket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What an unproven address gets (RFC 9175, section 2.4, and figure 2), and one that asks too fast (RFC 8516).
class GatesTest {
  private final SteppedLoop loop = new SteppedLoop();
  private final Counters counters = new Counters();
  private Response answer = new Response(Code.CONTENT, Options.NONE, Bytes.wrap(new byte[200]));
  private final EchoGate gate = new EchoGate(loop, counters, e -> e.respond(answer));
  private final Stranger stranger = new Stranger();

  /// A peer that can prove its address, and has a share of what may come.
  private static final class Stranger implements CoapPeer {
    private final TestPeer inner = new TestPeer();
    private final TokenBucket bucket = new TokenBucket();
    private boolean proven;

    @Override
    public Peer peer() {
      return inner.peer();
    }

    @Override
    public Principal principal() {
      return inner.principal();
    }

    @Override
    public boolean isProven() {
      return proven;
    }

    @Override
    public boolean isReliable() {
      return false;
    }

    @Override
    public int messageBytesMax() {
      return inner.messageBytesMax();
    }

    @Override
    public void whenGone(Runnable listener) {
      inner.whenGone(listener);
    }

    @Override
    public void proved() {
      proven = true;
    }

    @Override
    public TokenBucket bucket() {
      return bucket;
    }
  }

  private Response ask(Request r) {
    TestExchange e = new TestExchange(stranger, "01", r);
    gate.handle(e);
    return e.response();
  }

  private static Request get() {
    return Request.of(Code.GET, "large");
  }

  private static Request with(Bytes echo) {
    return get().with(get().options().with(OptionNumber.ECHO, echo));
  }

  @Test
  void challengesAStrangerOnceAndThenBelieves() {
    Response first = ask(get());
    assertEquals(Code.UNAUTHORIZED, first.code());
    assertEquals(1, counters.get(Counter.COAP_CHALLENGED));
    loop.advance(Duration.ofSeconds(2));
    assertEquals(answer, ask(with(first.options().bytes(OptionNumber.ECHO).orElseThrow())));
    assertTrue(stranger.isProven());
    assertEquals(answer, ask(get()));
  }

  @Test
  void challengesAStrangerWhoWantsAllOfABodyAtOnce() {
    answer = Response.of(Code.CONTENT, "small");
    Options burst = get().options().with(OptionNumber.Q_BLOCK2, 8 | 6);
    assertEquals(Code.UNAUTHORIZED, ask(get().with(burst)).code());
    assertEquals(answer, ask(get().with(get().options().with(OptionNumber.Q_BLOCK2, 6))), "one block");
  }

  @Test
  void believesNoEchoThatIsOldOrAnothers() {
    Bytes echo = ask(get()).options().bytes(OptionNumber.ECHO).orElseThrow();
    byte[] other = echo.toArray();
    other[other.length - 1] ^= 1;
    for (Bytes forged : new Bytes[] {Bytes.wrap(other), Bytes.EMPTY, echo.slice(0, 15), Bytes.wrap(new byte[16])}) {
      assertEquals(Code.UNAUTHORIZED, ask(with(forged)).code());
    }
    loop.advance(Duration.ofSeconds(32));
    assertEquals(Code.UNAUTHORIZED, ask(with(echo)).code());
    assertFalse(stranger.isProven());
  }

  @Test
  void sendsAStrangerNoMoreThanThreeTimesWhatItSent() {
    int asked = 4 + 1 + OptionsCodec.size(get().options(), 0);
    for (int n = 0; n < 60; n++) {
      answer = new Response(Code.CONTENT, Options.NONE, Bytes.wrap(new byte[n]));
      Response r = ask(get());
      int size = 4 + 1 + OptionsCodec.size(r.options(), r.payload().length());
      assertTrue(size <= 3 * asked, size + " bytes for " + asked);
      assertEquals(4 + 1 + OptionsCodec.size(Options.NONE, n) <= 3 * asked, r.code().equals(Code.CONTENT));
    }
  }

  @Test
  void takesAnAcknowledgedNotificationAsProof() {
    Exchange[] kept = new Exchange[1];
    TestExchange e = new TestExchange(stranger, "01", get());
    new EchoGate(loop, counters, x -> kept[0] = x).handle(e);
    kept[0].respond(Response.of(Code.CONTENT));
    kept[0].notify(Response.of(Code.CONTENT), false, Exchange.Fate.Listener.NONE);
    assertTrue(e.confirmable.getFirst());
    e.fates.getFirst().told(Exchange.Fate.TIMED_OUT);
    assertFalse(stranger.isProven());
    e.fates.getFirst().told(Exchange.Fate.ACKNOWLEDGED);
    assertTrue(stranger.isProven());
  }

  @Test
  void saysWhenToComeAgainToWhoComesTooFast() {
    RateGate rate = new RateGate(loop, counters, 0.5, 100, e -> e.respond(Response.of(Code.CONTENT)));
    assertEquals(Code.CONTENT, through(rate, stranger).code());
    Response refused = through(rate, stranger);
    assertEquals(Code.TOO_MANY_REQUESTS, refused.code());
    assertEquals(1, counters.get(Counter.COAP_LIMIT_RATE));
    assertEquals(Code.CONTENT, through(rate, new Stranger()).code(), "another has a share of its own");
    loop.advance(Duration.ofSeconds(refused.options().uint(OptionNumber.MAX_AGE, 0)));
    assertEquals(Code.CONTENT, through(rate, stranger).code());
  }

  @Test
  void boundsWhatComesFromAllTogether() {
    RateGate rate = new RateGate(loop, counters, 10, 2, e -> e.respond(Response.of(Code.CONTENT)));
    for (int i = 0; i < 20; i++) {
      Code expected = i < 4 ? Code.CONTENT : Code.TOO_MANY_REQUESTS;
      assertEquals(expected, through(rate, new Stranger()).code(), "request " + i);
    }
  }

  private static Response through(RateGate rate, CoapPeer from) {
    TestExchange e = new TestExchange(from, "01", get());
    rate.handle(e);
    return e.response();
  }
}

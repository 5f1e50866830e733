package io.trivet.coap.gate;

import io.trivet.base.Bytes;
import io.trivet.broker.Counter;
import io.trivet.broker.Counters;
import io.trivet.coap.Code;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Exchange;
import io.trivet.coap.Handler;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.OptionsCodec;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.coap.WrappedExchange;
import io.trivet.coap.block.Block;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Keeps the server from being turned on others (RFC 9175, section 2.4): to an address that has not shown that it is its
/// own goes nothing larger than three times what came from it, but 4.01 with an Echo option to bring back. The option
/// holds the time and a MAC over it and the address, so nothing is kept for who never comes back.
///
/// Such an address gets its notifications one at a time and confirmable; an acknowledgement is taken as proof too.
public final class EchoGate implements Handler {
  private static final int AMPLIFICATION = 3;
  private static final int HEADER = 4;
  private static final int MAC_BYTES = 12;
  private static final int KEY_BYTES = 32;
  private static final long VALID_SECONDS = 30;

  private final CoapLoop loop;
  private final Counters counters;
  private final Mac mac;
  private final Handler next;

  public EchoGate(CoapLoop loop, Counters counters, Handler next) {
    this.loop = loop;
    this.counters = counters;
    this.next = next;
    byte[] key = new byte[KEY_BYTES];
    loop.randomness().fill(key);
    try {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has HmacSHA256", e);
    }
  }

  @Override
  public void handle(Exchange e) {
    if (e.peer().isProven() || e.isMulticast()) {
      next.handle(e);
      return;
    }
    int echo = e.request().options().indexOf(OptionNumber.ECHO);
    if (echo >= 0 && isMine(e.request().options().value(echo), e.peer())) {
      e.peer().proved();
      next.handle(e);
    } else if (asksForABurst(e.request().options())) {
      e.respond(challenged(e.peer()));
    } else {
      next.handle(new Unproven(e));
    }
  }

  /// All of a body at once (RFC 9177, section 4.4): each block may be small enough, but not all of them.
  private static boolean asksForABurst(Options o) {
    return (o.uint(OptionNumber.Q_BLOCK2, 0) & Block.MORE) != 0;
  }

  private Bytes challenge(CoapPeer peer) {
    return echo(peer, loop.nowNanos() / 1_000_000_000L);
  }

  private Bytes echo(CoapPeer peer, long seconds) {
    byte[] time = ByteBuffer.allocate(Integer.BYTES).putInt((int) seconds).array();
    InetSocketAddress a = peer.peer().address();
    mac.update(time);
    mac.update(a.getAddress().getAddress());
    mac.update((byte) (a.getPort() >> 8));
    mac.update((byte) a.getPort());
    byte[] value = Arrays.copyOf(time, Integer.BYTES + MAC_BYTES);
    System.arraycopy(mac.doFinal(), 0, value, Integer.BYTES, MAC_BYTES);
    return Bytes.wrap(value);
  }

  private boolean isMine(Bytes value, CoapPeer peer) {
    if (value.length() != Integer.BYTES + MAC_BYTES) {
      return false;
    }
    long now = loop.nowNanos() / 1_000_000_000L;
    int then = ByteBuffer.wrap(value.toArray()).getInt();
    int age = (int) now - then;
    return age >= 0 && age <= VALID_SECONDS
        && MessageDigest.isEqual(value.toArray(), echo(peer, then).toArray());
  }

  private Response challenged(CoapPeer peer) {
    counters.increment(Counter.COAP_CHALLENGED);
    return Response.of(Code.UNAUTHORIZED).with(Options.builder().add(OptionNumber.ECHO, challenge(peer)).build());
  }

  /// What is sent to an address that may be another's.
  private final class Unproven extends WrappedExchange {
    private final int most;

    Unproven(Exchange outer) {
      super(outer);
      Request r = outer.request();
      this.most = AMPLIFICATION
          * (HEADER + outer.token().length() + OptionsCodec.size(r.options(), r.payload().length()));
    }

    private boolean isTooLarge(Response r) {
      return !outer.peer().isProven()
          && HEADER + outer.token().length() + OptionsCodec.size(r.options(), r.payload().length()) > most;
    }

    @Override
    public void respond(Response response) {
      outer.respond(isTooLarge(response) ? challenged(peer()) : response);
    }

    @Override
    public void notify(Response response, boolean confirmable, Fate.Listener fate) {
      if (isTooLarge(response)) {
        outer.notify(challenged(peer()), false, Fate.Listener.NONE);
        fate.told(Fate.RESET); // it has to observe anew, and then brings the Echo
      } else {
        boolean asks = confirmable || !peer().isProven();
        outer.notify(response, asks, told -> {
          if (told == Fate.ACKNOWLEDGED) {
            peer().proved();
          }
          fate.told(told);
        });
      }
    }
  }
}

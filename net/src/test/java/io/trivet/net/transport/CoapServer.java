package io.trivet.net.transport;

import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import io.trivet.broker.Limits;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.broker.Timers;
import io.trivet.broker.TransportIdentity;
import io.trivet.coap.Code;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Exchange;
import io.trivet.coap.Handler;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Response;
import io.trivet.coap.message.DatagramLimits;
import io.trivet.coap.message.Transmission;
import io.trivet.coap.stream.StreamLimits;
import io.trivet.mqtt.MqttSettings;
import io.trivet.net.host.CoapContext;
import io.trivet.net.host.CoapHost;
import io.trivet.net.host.CoapStreams;
import io.trivet.net.host.PlainServer;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.NullMarked;

/// Listeners of all kinds with a few resources behind them that speak CoAP.
@NullMarked
final class CoapServer implements AutoCloseable {
  /// In letters, as libcoap's client takes keys.
  static final String KEY = "sixteen-letters!";

  /// One whose handshake succeeds, but whom the registry does not know.
  private static final String STRANGER = "stranger";

  final AtomicInteger observers = new AtomicInteger();
  final AtomicLong notified = new AtomicLong();
  final AtomicLong dropped = new AtomicLong();
  final AtomicInteger underWay = new AtomicInteger();
  final PlainServer plain = new PlainServer(1, 0, MqttSettings.DEFAULT, Limits.DEFAULT);
  final CoapHost host;
  final CoapStreams streams;
  final Listeners listeners;

  CoapServer(Pki pki, StreamLimits limits) {
    host = plain.host().coap(new CoapContext(Transmission.DEFAULT, DatagramLimits.DEFAULT, CoapServer::random,
        (loop, _) -> new Resources(loop)));
    streams = host.streams(limits, CoapServer::principal);
    TransportPorts ports = new TransportPorts(plain.host()::open, new Admission(AdmissionLimits.DEFAULT,
        new SteppedClock(), 7), new TransportCounters(), SetupWatcher.SILENT, CoapServer::random);
    listeners = new Listeners(plain.group(), ports, Optional.of(pki.material(pki.issue("server"))),
        Optional.of(CoapServer::key));
  }

  private static void random(byte[] b) {
    new SecureRandom().nextBytes(b);
  }

  private static Optional<SecretBytes> key(String identity) {
    return identity.equals("lamp-1") || identity.equals(STRANGER)
        ? Optional.of(SecretBytes.utf8(KEY))
        : Optional.empty();
  }

  private static Optional<Principal> principal(Peer peer) {
    return switch (peer.identity()) {
      case TransportIdentity.None _ ->
          peer.listener().equals("closed") ? Optional.empty() : Optional.of(Principal.ANONYMOUS);
      case TransportIdentity.PreSharedKey(String identity) -> known(identity);
      case TransportIdentity.RawPublicKey _, TransportIdentity.ObjectSecurity _ -> Optional.empty();
      case TransportIdentity.Certificate(var chain) ->
          known(chain.getFirst().getSubjectX500Principal().getName().substring(3));
    };
  }

  private static Optional<Principal> known(String name) {
    return name.equals(STRANGER) ? Optional.empty() : Optional.of(new Principal(name, Map.of(), Set.of(), 1));
  }

  /// @return its port
  int open(ListenerSpec spec) throws IOException {
    return listeners.open(spec.speaking(ListenerSpec.Protocol.COAP),
        spec.kind().isWebSocket() ? streams.overWebSocket() : streams.overTcp()).address().getPort();
  }

  @Override
  public void close() {
    listeners.close();
    host.close();
    plain.close();
  }

  private final class Resources implements Handler {
    private final CoapLoop loop;
    private final List<Exchange> watching = new ArrayList<>();

    Resources(CoapLoop loop) {
      this.loop = loop;
    }

    @Override
    public void handle(Exchange e) {
      String path = String.join("/", e.request().options().uriPath());
      switch (path) {
        case "hello" -> e.respond(text("hello"));
        case "who" -> e.respond(text("you are " + e.peer().principal().device()));
        case "echo" -> e.respond(Response.content(42, e.request().payload()));
        case "slow" -> later(e);
        case "obs" -> observable(e);
        default -> e.respond(Response.of(Code.NOT_FOUND, "no " + path));
      }
    }

    private Response text(String text) {
      return Response.content(0, Bytes.utf8(text));
    }

    private void later(Exchange e) {
      underWay.incrementAndGet();
      loop.timers().set(new Timers.Timer() {
        @Override
        protected void fire(long nowNanos) {
          underWay.decrementAndGet();
          e.respond(text("at last"));
        }
      }, loop.nowNanos() + Duration.ofMillis(300).toNanos());
    }

    private void observable(Exchange e) {
      long observe = e.request().options().uint(OptionNumber.OBSERVE, -1);
      if (e.request().method() == Code.PUT) {
        Response news = Response.content(0, e.request().payload()).with(OptionNumber.OBSERVE, 7);
        e.respond(Response.of(Code.CHANGED));
        for (Exchange w : List.copyOf(watching)) {
          w.notify(news, false, f -> (f.isReceived() ? notified : dropped).incrementAndGet());
        }
      } else if (observe == 0) {
        watching.add(e);
        e.peer().hold();
        observers.set(watching.size());
        e.peer().whenGone(() -> forget(e.peer(), Bytes.EMPTY));
        e.respond(text("first").with(OptionNumber.OBSERVE, 1));
      } else {
        forget(e.peer(), e.token());
        e.respond(text("now"));
      }
    }

    /// @param token of the observation; empty for all of the peer
    private void forget(CoapPeer peer, Bytes token) {
      if (watching.removeIf(w -> w.peer() == peer && (token.isEmpty() || w.token().equals(token)))) {
        peer.release();
        observers.set(watching.size());
      }
    }
  }
}

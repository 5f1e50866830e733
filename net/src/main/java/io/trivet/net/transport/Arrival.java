package io.trivet.net.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import io.trivet.broker.Peer;
import io.trivet.broker.TransportIdentity;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection on its way in: the PROXY header, then TLS, then WebSocket, then the protocol, each stage put into
/// the pipeline when the one before has finished. Lives on the channel's event loop and remembers what is to be
/// given back to [Admission].
final class Arrival {
  static final AttributeKey<Arrival> KEY = AttributeKey.valueOf(Arrival.class, "arrival");

  private static final Logger LOG = LoggerFactory.getLogger(Arrival.class);
  private static final int WHAT_CHARS_MAX = 200;

  private enum State {
    ARRIVING,
    READY,
    FAILED
  }

  private final Door door;
  private final Channel channel;
  private InetSocketAddress address;
  private boolean named;
  private boolean handshaking;
  private String protection = "";
  private TransportIdentity identity = TransportIdentity.NONE;
  private State state = State.ARRIVING;
  private @Nullable Future<?> deadline;

  Arrival(Door door, Channel channel, InetSocketAddress address) {
    this.door = door;
    this.channel = channel;
    this.address = address;
    this.named = door.spec().proxyProtocol().isEmpty();
    this.handshaking = !named || door.spec().kind() != ListenerSpec.Kind.PLAIN;
  }

  Door door() {
    return door;
  }

  boolean isArriving() {
    return state == State.ARRIVING;
  }

  /// Called once the channel has its event loop.
  void begin() {
    channel.closeFuture().addListener(_ -> closed());
    if (handshaking) {
      long millis = door.spec().handshakeTimeout().toMillis();
      deadline = channel.eventLoop().schedule(() -> expired(millis), millis, TimeUnit.MILLISECONDS);
    }
    if (named) {
      secure();
    } else {
      channel.pipeline().addLast(new ProxyStage(this));
    }
  }

  private void expired(long millis) {
    if (state == State.FAILED) {
      abort(); // whoever had a last word to send has had the time for it
    } else {
      fail(SetupFailure.DEADLINE, "not ready within " + millis + " ms");
    }
  }

  /// The load balancer has named its client.
  ///
  /// @return whether the client is let in; if not, the connection is closed already
  boolean proxied(InetSocketAddress client) {
    InetSocketAddress plain = Addresses.plain(client);
    Optional<Refusal> refusal = door.ports().admission().named(plain.getAddress());
    address = plain;
    if (refusal.isPresent()) {
      state = State.FAILED;
      door.ports().counters().refused(refusal.get()).increment();
      door.ports().watcher().refused(address, door.spec().name(), refusal.get());
      abort();
      return false;
    }
    named = true;
    secure();
    return true;
  }

  /// The load balancer speaks for itself; its own address is not counted.
  void local() {
    secure();
  }

  private void secure() {
    ChannelPipeline pipeline = channel.pipeline();
    switch (door.spec().kind()) {
      case PLAIN -> ready();
      case WS -> WebSocketStage.addTo(pipeline, this);
      case TLS, WSS -> TlsStage.addTo(pipeline, this);
      case PSK -> pipeline.addLast(door.pskEndpoint().handler(this));
    }
  }

  /// TLS has proved what it proves.
  void secured(String how, TransportIdentity who) {
    if (state != State.ARRIVING) {
      return;
    }
    door.ports().counters().handshakes.increment();
    protection = how;
    identity = who;
    if (door.spec().kind().isWebSocket()) {
      WebSocketStage.addTo(channel.pipeline(), this);
    } else {
      ready();
    }
  }

  /// All stages are through: from here on the connection is the protocol's.
  void ready() {
    if (state != State.ARRIVING) {
      return;
    }
    state = State.READY;
    endHandshake();
    door.ports().counters().ready.increment();
    ListenerSpec spec = door.spec();
    Peer peer = new Peer(address, spec.name(), spec.kind().isSecured(), protection, identity);
    ChannelHandler handler;
    try {
      handler = door.opener().open(channel, peer);
    } catch (RuntimeException | AssertionError fault) {
      state = State.ARRIVING;
      internal(fault);
      return;
    }
    channel.pipeline().addLast(handler);
  }

  /// Counts, tells the watcher, and closes at once; only the first call of a connection does anything.
  void fail(SetupFailure why, String what) {
    if (failed(why, what)) {
      abort();
    }
  }

  /// As [#fail(SetupFailure, String)], but leaves closing to who has a last word to send.
  boolean failed(SetupFailure why, String what) {
    if (state != State.ARRIVING) {
      return false;
    }
    state = State.FAILED;
    door.ports().counters().failed(why).increment();
    door.ports().watcher().failed(address, door.spec().name(), why, printable(what));
    return true;
  }

  void internal(Throwable fault) {
    LOG.error("a connection from {} on {} failed by our own fault", address, door.spec().name(), fault);
    fail(SetupFailure.INTERNAL, fault.toString());
  }

  /// Past the pipeline, which might wait for a peer that does not read.
  private void abort() {
    if (channel.isOpen()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    channel.unsafe().close(channel.newPromise());
  }

  private void closed() {
    failed(SetupFailure.CLOSED, "the peer left before it was ready");
    endHandshake();
    if (named) {
      door.ports().admission().closed(address.getAddress());
    } else {
      door.ports().admission().closedUnnamed();
    }
  }

  private void endHandshake() {
    if (handshaking) {
      handshaking = false;
      if (named) {
        door.ports().admission().handshakeEnded(address.getAddress());
      } else {
        door.ports().admission().handshakeEndedUnnamed();
      }
    }
    Future<?> d = deadline;
    if (d != null) {
      deadline = null;
      d.cancel(false);
    }
  }

  private static String printable(String what) {
    String s = what.length() > WHAT_CHARS_MAX ? what.substring(0, WHAT_CHARS_MAX) : what;
    StringBuilder b = new StringBuilder(s.length());
    s.chars().forEach(c -> b.append(Character.isISOControl(c) ? '?' : (char) c));
    return b.toString();
  }
}

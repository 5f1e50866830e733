package io.trivet.coap.stream;

import io.trivet.base.Bytes;
import io.trivet.broker.Counters;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.broker.TransportIdentity;
import io.trivet.broker.Watcher;
import io.trivet.coap.Code;
import io.trivet.coap.Exchange;
import io.trivet.coap.Options;
import io.trivet.coap.SteppedLoop;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// A connection with a test at its other end: says and hears messages; what the connection has for a handler waits in a
/// list. Keeps the bytes that are not consumed, as a host does.
final class Wire implements StreamPort, Watcher {
  final SteppedLoop loop;
  final Counters counters = new Counters();
  final List<Exchange> exchanges = new ArrayList<>();
  final List<String> violations = new ArrayList<>();
  final List<Throwable> faults = new ArrayList<>();
  final StreamConnection machine;
  private final Framing framing;
  private final ArrayDeque<StreamMessage> sent = new ArrayDeque<>();
  private byte[] partial = new byte[0];
  int unsent;
  boolean paused;
  boolean closed;

  /// Whether the handler fails instead of taking what comes.
  boolean handlerFails;

  Wire(StreamLimits limits) {
    this(limits, Framing.LENGTH);
  }

  Wire(StreamLimits limits, Framing framing) {
    this.loop = new SteppedLoop();
    this.framing = framing;
    StreamEndpoint endpoint = new StreamEndpoint(loop, limits, counters, this, this::handle);
    Peer peer = new Peer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000), "coap+tcp", false, "",
        TransportIdentity.NONE);
    machine = endpoint.connection(framing, peer, Principal.ANONYMOUS, this);
    machine.start();
  }

  /// One whose ends know what each takes.
  static Wire open(StreamLimits limits) {
    Wire w = new Wire(limits);
    w.hear(Code.CSM);
    w.say(StreamMessage.of(Code.CSM));
    return w;
  }

  static Wire open() {
    return open(StreamLimits.DEFAULT);
  }

  private void handle(Exchange e) {
    if (handlerFails) {
      throw new IllegalStateException("a defect");
    }
    exchanges.add(e);
  }

  // --- the other end ------------------------------------------------------------------------------------------------

  void say(StreamMessage m) {
    feed(StreamCodec.encode(framing, m));
  }

  void say(Code code, String token, Options options, String payload) {
    say(new StreamMessage(code, Bytes.hex(token), options, Bytes.utf8(payload)));
  }

  void get(String token, String path) {
    say(Code.GET, token, Options.builder().path(path).build(), "");
  }

  void feed(byte[] bytes) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(partial);
    all.writeBytes(bytes);
    partial = all.toByteArray();
    feedPartial();
  }

  private void feedPartial() {
    byte[] now = partial;
    int consumed = machine.receive(now, 0, now.length);
    partial = java.util.Arrays.copyOfRange(now, consumed, now.length);
  }

  int waitingBytes() {
    return partial.length;
  }

  StreamMessage hear() {
    StreamMessage m = sent.poll();
    if (m == null) {
      throw new AssertionError("nothing was sent");
    }
    return m;
  }

  StreamMessage hear(Code code) {
    StreamMessage m = hear();
    if (m.code() != code) {
      throw new AssertionError(m + ", not " + code);
    }
    return m;
  }

  boolean isSilent() {
    return sent.isEmpty();
  }

  Exchange exchange() {
    return exchanges.removeFirst();
  }

  // --- port ---------------------------------------------------------------------------------------------------------

  @Override
  public void send(byte[] message) {
    if (closed) {
      throw new AssertionError("sent behind the end");
    }
    if (!(StreamCodec.decode(framing, message, 0, message.length, StreamLimits.DEFAULT.withMessageBytesMax(16 << 20))
        instanceof Frame.Whole(StreamMessage m, int consumed)) || consumed != message.length) {
      throw new AssertionError("not one message: " + Bytes.wrap(message));
    }
    sent.add(m);
  }

  @Override
  public int unsentBytes() {
    return unsent;
  }

  @Override
  public void pause(boolean now) {
    if (paused == now) {
      throw new AssertionError("paused twice");
    }
    paused = now;
    if (!now) {
      loop.later(this::feedPartial);
    }
  }

  @Override
  public void close() {
    if (closed) {
      throw new AssertionError("closed twice");
    }
    closed = true;
  }

  @Override
  public void violated(Peer peer, String clientId, String rule, String what) {
    violations.add(what);
  }

  @Override
  public void failed(String where, Throwable fault) {
    faults.add(fault);
  }
}

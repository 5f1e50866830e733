package io.trivet.coap.stream;

import io.trivet.base.Bytes;
import io.trivet.broker.Counter;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.broker.Timers;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Code;
import io.trivet.coap.Options;
import io.trivet.coap.OptionsCodec;
import io.trivet.coap.Request;
import io.trivet.coap.Response;

/// One end of a connection, from its first byte to its last, server and client at once (RFC 8323). Single-threaded, owned
/// by the loop it came in on; sees no socket and no clock.
/// ```
/// AWAIT_SETTINGS ──CSM──▶ OPEN ──Release, ours or theirs──▶ RELEASING ──nothing waits any more──▶ CLOSED
/// ```
/// Every state ends in `CLOSED` on an Abort, a broken message, a deadline, or the end of the connection.
///
/// Requests are served concurrently. Where as many wait as may, or the peer takes no responses, nothing more is read: the
/// peer feels it by the flow control of TCP.
public final class StreamConnection {
  enum State {
    AWAIT_SETTINGS,
    OPEN,
    RELEASING,
    CLOSED
  }

  private static final int HEADER_BYTES = 2;

  private final StreamEndpoint endpoint;
  private final Framing framing;
  private final StreamPort port;
  private final StreamPeer peer;
  private final Signals signals = new Signals(this);
  private final StreamRequester requester = new StreamRequester(this);
  private final Watchdog watchdog = new Watchdog();
  private State state = State.AWAIT_SETTINGS;
  private int bytesNeeded = HEADER_BYTES;
  private int underWay;
  private long requestsSeen;
  private boolean paused;
  private boolean pausedForRoom;
  private boolean probed;
  private boolean releasedByPeer;
  private long lastActivityNanos;
  private String peersReason = "";

  StreamConnection(StreamEndpoint endpoint, Framing framing, Peer peer, Principal principal, StreamPort port) {
    this.endpoint = endpoint;
    this.framing = framing;
    this.peer = new StreamPeer(peer, principal);
    this.port = port;
  }

  /// Says what this end takes (section 5.3); to be called before anything else.
  public void start() {
    lastActivityNanos = loop().nowNanos();
    signals.sendSettings();
    watch(limits().settingsDeadline().toNanos());
  }

  // --- events -------------------------------------------------------------------------------------------------------

  /// Bytes came; over WebSocket one whole message.
  ///
  /// @return how many were consumed; the rest is to be fed again, before what comes later, once there are
  /// [#bytesNeeded()] of it or a pause has ended. Over WebSocket all are, also during a pause
  public int receive(byte[] buf, int from, int to) {
    int at = from;
    lastActivityNanos = loop().nowNanos();
    probed = false;
    try {
      while (isOpen() && at < to && (!paused || framing == Framing.WEB_SOCKET)) {
        switch (StreamCodec.decode(framing, buf, at, to, limits())) {
          case Frame.NeedMore(int atLeast) -> {
            bytesNeeded = atLeast;
            return at - from;
          }
          case Frame.Whole(StreamMessage message, int consumed) -> {
            at += consumed;
            count(Counter.PACKETS_RECEIVED);
            on(message);
            pauseWhereFull();
          }
          case Frame.Broken(_, String what) -> violated(what);
        }
      }
    } catch (RuntimeException | AssertionError fault) {
      failed(fault);
    }
    bytesNeeded = HEADER_BYTES;
    return isOpen() ? at - from : to - from;
  }

  /// How many bytes, counted from the first not consumed, the next step needs at least.
  public int bytesNeeded() {
    return bytesNeeded;
  }

  /// The connection is gone, by whomever.
  public void closed() {
    if (isOpen()) {
      end();
    }
  }

  /// Something of ours went wrong for this connection: it ends, the loop goes on.
  public void failed(Throwable fault) {
    endpoint.watcher().failed("a connection from " + peer, fault);
    abort("internal error");
  }

  /// The port, once asked for too much, has room again.
  public void roomAgain() {
    pausedForRoom = false;
    resumeWhereRoom();
  }

  // --- what the owner may ask -------------------------------------------------------------------------------------------

  public CoapPeer peer() {
    return peer;
  }

  /// What the peer has said that it takes.
  public PeerSettings settings() {
    return peer.settings();
  }

  /// Sends requests to the peer.
  public StreamRequester requester() {
    return requester;
  }

  /// Whether the peer has said what it takes, and nobody has asked for the end.
  public boolean isReady() {
    return state == State.OPEN;
  }

  /// Why the peer aborted the connection, in its words and unchecked; empty where it did not, or gave no reason.
  public String peersReason() {
    return peersReason;
  }

  /// Asks the peer for an orderly end (section 5.5): what waits is still answered; then, or after
  /// [StreamLimits#releaseDeadline()], the connection closes.
  public void release() {
    if (state == State.AWAIT_SETTINGS) {
      abort("the server is about to stop");
    } else if (state == State.OPEN) {
      signals.sendRelease();
      beginRelease();
    }
  }

  /// Ends the connection at once and says why (section 5.6).
  public void abort(String why) {
    if (isOpen()) {
      signals.sendAbort(why, Options.NONE);
      end();
    }
  }

  /// Sends a Ping (section 5.4); its Pong counts as activity, and nothing else comes of it.
  public void ping() {
    if (isOpen()) {
      signals.sendPing();
    }
  }

  // --- for the parts ------------------------------------------------------------------------------------------------

  CoapLoop loop() {
    return endpoint.loop();
  }

  StreamLimits limits() {
    return endpoint.limits();
  }

  void count(Counter c) {
    endpoint.counters().increment(c);
  }

  boolean isOpen() {
    return state != State.CLOSED;
  }

  /// Own requests need not wait for the peer's first message (section 3.3).
  boolean mayRequest() {
    return state == State.AWAIT_SETTINGS || state == State.OPEN;
  }

  StreamPeer streamPeer() {
    return peer;
  }

  /// @return false where it is longer than the peer takes; where the connection has ended, it is just lost
  boolean send(Code code, Bytes token, byte[] body) {
    if (!isOpen()) {
      return true;
    }
    if (StreamCodec.size(framing, token.length(), body.length) > peer.messageBytesMax()) {
      return false;
    }
    port.send(StreamCodec.encode(framing, code, token, body));
    return true;
  }

  /// A signal that is shorter than anybody's limit.
  void sendSignal(Code code, Bytes token, Options options, Bytes payload) {
    if (isOpen()) {
      port.send(StreamCodec.encode(framing, code, token, StreamCodec.body(options, payload)));
    }
  }

  boolean respond(Bytes token, Response response) {
    return send(response.code(), token, endpoint.body(response));
  }

  /// Whether a message nobody waits for may be sent.
  boolean hasRoom() {
    return isOpen() && port.unsentBytes() <= limits().outputBytesMax();
  }

  /// The peer broke the protocol or a limit: it is told so, and the connection ends.
  void violated(String what) {
    violated(what, Options.NONE);
  }

  void violated(String what, Options abortOptions) {
    count(Counter.COAP_MALFORMED);
    endpoint.watcher().violated(peer.peer(), "", "RFC 8323", what);
    if (isOpen()) {
      signals.sendAbort(what, abortOptions);
      end();
    }
  }

  // --- messages -----------------------------------------------------------------------------------------------------

  private void on(StreamMessage m) {
    Code code = m.code();
    if (state == State.AWAIT_SETTINGS && code != Code.CSM) {
      violated("the first message has to be a CSM, not " + code + " (section 5.3)");
    } else if (code.isRequest()) {
      request(m);
    } else if (code.isResponse()) {
      requester.response(m);
    } else if (code.isSignal()) {
      signals.on(m);
    } else if (code != Code.EMPTY) { // which keeps a connection alive, no more (section 3.4)
      violated("a message of the reserved code " + code);
    }
  }

  private void request(StreamMessage m) {
    count(Counter.COAP_REQUESTS);
    underWay++;
    Request request = new Request(true, m.code(), OptionsCodec.withoutBadElective(m.options()), m.payload());
    StreamExchange exchange = new StreamExchange(this, request, m.token(), ++requestsSeen);
    int bad = OptionsCodec.badCritical(m.options());
    if (bad != 0) {
      exchange.respond(Response.of(Code.BAD_OPTION, "option " + bad + " breaks its definition"));
      return;
    }
    try {
      endpoint.handler().handle(exchange);
    } catch (RuntimeException | AssertionError fault) {
      if (exchange.isAnswered()) {
        throw fault;
      }
      // One request failed by our fault; the connection's others did not.
      endpoint.watcher().failed("a request from " + peer, fault);
      exchange.respond(Response.of(Code.INTERNAL_SERVER_ERROR));
    }
  }

  /// The peer has said what it takes.
  void settingsCame(PeerSettings now) {
    peer.settings(now);
    if (state == State.AWAIT_SETTINGS) {
      state = State.OPEN;
      watch(limits().idle().toNanos());
    }
  }

  /// How many requests wait for their response.
  int underWay() {
    return underWay;
  }

  /// The serial number of the latest request.
  long requestsSeen() {
    return requestsSeen;
  }

  void answered(long serial) {
    underWay--;
    signals.answered(serial);
    resumeWhereRoom();
    endWhereReleased();
  }

  void requestEnded() {
    endWhereReleased();
  }

  // --- back-pressure ------------------------------------------------------------------------------------------------

  private void pauseWhereFull() {
    if (!isOpen() || paused) {
      return;
    }
    pausedForRoom = port.unsentBytes() > limits().outputBytesMax();
    if (pausedForRoom || underWay >= limits().requestsMax()) {
      paused = true;
      port.pause(true);
    }
  }

  private void resumeWhereRoom() {
    if (isOpen() && paused && !pausedForRoom && underWay < limits().requestsMax()) {
      paused = false;
      port.pause(false);
    }
  }

  // --- the end ------------------------------------------------------------------------------------------------------

  void abortCame(String reason) {
    peersReason = reason;
    end();
  }

  /// The peer asks for an orderly end.
  void releaseCame() {
    releasedByPeer = true;
    if (state == State.OPEN) {
      beginRelease();
    }
    endWhereReleased();
  }

  private void beginRelease() {
    state = State.RELEASING;
    watch(limits().releaseDeadline().toNanos());
  }

  /// Who is asked to end the connection closes it, once nothing waits (section 5.5).
  private void endWhereReleased() {
    if (state == State.RELEASING && releasedByPeer && underWay == 0 && requester.isIdle()) {
      end();
    }
  }

  /// Ends the connection without another word.
  void end() {
    state = State.CLOSED;
    loop().timers().cancel(watchdog);
    port.close();
    requester.closed();
    peer.leave();
  }

  // --- silence ------------------------------------------------------------------------------------------------------

  private void watch(long nanos) {
    loop().timers().set(watchdog, loop().nowNanos() + nanos);
  }

  /// Wakes when silence could have lasted long enough, and otherwise sleeps again: no message touches the timers.
  private final class Watchdog extends Timers.Timer {
    @Override
    protected void fire(long nowNanos) {
      switch (state) {
        case AWAIT_SETTINGS -> violated("no CSM within " + limits().settingsDeadline().toMillis() + " ms");
        case OPEN -> silentSince(lastActivityNanos, nowNanos);
        case RELEASING -> end();
        case CLOSED -> {}
      }
    }
  }

  private void silentSince(long since, long nowNanos) {
    long idle = limits().idle().toNanos();
    if (nowNanos - since < idle) {
      loop().timers().set(watchdog, since + idle);
    } else if (paused && !pausedForRoom) {
      watch(idle); // it is we who do not listen
    } else if (pausedForRoom) {
      abort("you take no responses");
    } else if (underWay == 0 && requester.isIdle() && !peer.isHeld()) {
      release();
    } else if (probed) {
      abort("no answer to a Ping within " + limits().pongDeadline().toMillis() + " ms");
    } else {
      probed = true;
      signals.sendPing();
      watch(limits().pongDeadline().toNanos());
    }
  }
}

package io.trivet.coap.message;

import io.trivet.base.Bytes;
import io.trivet.broker.Counter;
import io.trivet.broker.Counters;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.Code;
import io.trivet.coap.Exchange.Fate;
import io.trivet.coap.Handler;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.OptionsCodec;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import org.jspecify.annotations.Nullable;

/// The message layer of one loop (RFC 7252, section 4): acknowledges, sends again, knows duplicates, matches responses to
/// requests by their tokens. Server and client at once, as every CoAP endpoint is.
/// ```
///   datagram ─▶ decode ─▶ duplicate? answered as before
///                     ├─▶ request  ─▶ ServerExchange ─▶ Handler
///                     ├─▶ response ─▶ Requests (by token)
///                     └─▶ ACK, RST ─▶ Outgoing (by message id)
/// ```
public final class DatagramEndpoint {
  /// How long an address counts as proven after its Echo (RFC 9175, section 2.4).
  static final long PROVEN_NANOS = 300_000_000_000L;

  private final CoapLoop loop;
  private final Transmission transmission;
  private final DatagramLimits limits;
  private final Counters counters;
  private final Handler next;
  private final DatagramSink sink;
  private final Memory memory;
  private final Requests requests = new Requests(this);

  /// What was encoded last: a notification goes to all its observers in a row.
  private @Nullable Response lastResponse;

  private byte[] lastTail = new byte[0];

  public DatagramEndpoint(CoapLoop loop, Transmission transmission, DatagramLimits limits, Counters counters,
      Handler next, DatagramSink sink) {
    this.loop = loop;
    this.transmission = transmission;
    this.limits = limits;
    this.counters = counters;
    this.next = next;
    this.sink = sink;
    this.memory = new Memory(limits);
  }

  /// A peer that messages come from and go to.
  ///
  /// @param provenance whether its address is known to be its own; null where only an Echo can tell
  /// @param messageBytesMax how much one datagram to it may hold
  /// @param carrier what the sink reaches it by
  public DatagramPeer peer(Peer peer, Principal principal, DatagramPeer.@Nullable Provenance provenance,
      int messageBytesMax, Object carrier) {
    return new DatagramPeer(this, peer, principal, provenance, messageBytesMax, carrier);
  }

  /// The same where it is known from the beginning whether the address is the peer's own.
  public DatagramPeer peer(Peer peer, Principal principal, boolean proven, int messageBytesMax, Object carrier) {
    return new DatagramPeer(this, peer, principal, proven ? DatagramPeer.Provenance.KNOWN : null, messageBytesMax, carrier);
  }

  CoapLoop loop() {
    return loop;
  }

  Transmission transmission() {
    return transmission;
  }

  DatagramLimits limits() {
    return limits;
  }

  Counters counters() {
    return counters;
  }

  Memory memory() {
    return memory;
  }

  /// What is kept of requests that came, for the figures that the operator sees.
  public int exchangesKept() {
    return memory.count();
  }

  public long exchangeBytesKept() {
    return memory.bytes();
  }

  int randomMessageId() {
    byte[] b = new byte[2];
    loop.randomness().fill(b);
    return (b[0] & 0xFF) << 8 | b[1] & 0xFF;
  }

  private double random() {
    return (loop.randomness().nextLong() >>> 11) * 0x1.0p-53;
  }

  long randomTimeoutNanos() {
    return (long) (transmission.ackTimeout().toNanos() * (1 + random() * (transmission.ackRandomFactor() - 1)));
  }

  long randomLeisureNanos() {
    return (long) (transmission.leisure().toNanos() * random());
  }

  // --- outward ------------------------------------------------------------------------------------------------------

  void send(DatagramPeer to, byte[] datagram) {
    sink.send(to, datagram);
  }

  private byte[] tail(Response r) {
    if (lastResponse != r) {
      byte[] tail = new byte[OptionsCodec.size(r.options(), r.payload().length())];
      OptionsCodec.write(r.options(), r.payload(), tail, 0);
      lastTail = tail;
      lastResponse = r;
    }
    return lastTail;
  }

  byte[] encode(Type type, int messageId, Bytes token, Response r) {
    return type == Type.ACK
        ? DatagramCodec.encode(type, r.code(), messageId, token, r.options(), r.payload())
        : DatagramCodec.encode(type, r.code(), messageId, token, tail(r));
  }

  /// @return its message id
  int sendNon(DatagramPeer to, Bytes token, Response r) {
    int messageId = to.takeMessageId();
    send(to, encode(Type.NON, messageId, token, r));
    return messageId;
  }

  void sendCon(DatagramPeer to, Bytes token, Response r, Fate.Listener fate) {
    int messageId = to.takeMessageId();
    to.outgoing().send(messageId, encode(Type.CON, messageId, token, r), fate);
  }

  private void sendEmpty(DatagramPeer to, Type type, int messageId) {
    send(to, DatagramCodec.encode(CoapMessage.empty(type, messageId)));
  }

  /// Sends requests to that peer.
  public Requester requester(DatagramPeer to) {
    return (request, replies) -> requests.send(to, false, request, replies);
  }

  /// Sends requests to all who listen at that peer's address, a group's (section 8): never confirmable, answered by any
  /// number of peers until [Requester.Failure#TIMED_OUT].
  public Requester groupRequester(DatagramPeer group) {
    return (request, replies) -> requests.send(group, true, request, replies);
  }

  // --- inward -------------------------------------------------------------------------------------------------------

  /// A datagram came; the array becomes the endpoint's.
  ///
  /// @param multicast whether it was sent to a group
  public void receive(DatagramPeer from, byte[] datagram, int length, boolean multicast) {
    counters.increment(Counter.PACKETS_RECEIVED);
    switch (DatagramCodec.decode(datagram, length, limits.optionsMax(), limits.tokenBytesMax())) {
      case CoapMessage m -> receive(from, m, multicast, length);
      case Decoded.FormatError(Type type, int messageId, _) -> {
        counters.increment(Counter.COAP_MALFORMED);
        if (type == Type.CON && !multicast) {
          sendEmpty(from, Type.RST, messageId);
        }
      }
      case Decoded.Ignored _ -> counters.increment(Counter.COAP_MALFORMED);
    }
  }

  private void receive(DatagramPeer from, CoapMessage m, boolean multicast, int length) {
    switch (m.type()) {
      case ACK -> {
        // Both must match what was asked, the message id and the token (section 5.3.2): a doubled acknowledgement would
        // otherwise pass for a second notification.
        if (from.answered(m.messageId(), Fate.ACKNOWLEDGED) && m.code().isResponse()) {
          response(from, m);
        }
      }
      case RST -> from.answered(m.messageId(), Fate.RESET);
      case CON, NON -> message(from, m, multicast, length);
    }
  }

  private void message(DatagramPeer from, CoapMessage m, boolean multicast, int length) {
    boolean con = m.type() == Type.CON;
    if (con && multicast) {
      counters.increment(Counter.COAP_MALFORMED); // section 8.1: never confirmable
      return;
    }
    if (m.isEmpty() || !m.code().isRequest() && !m.code().isResponse()) {
      if (con) {
        sendEmpty(from, Type.RST, m.messageId()); // a ping, or a class of codes that has no meaning here
      }
      return;
    }
    long now = loop.nowNanos();
    Remembered before = from.find(m.messageId(), now);
    if (before != null) {
      counters.increment(Counter.COAP_DUPLICATES);
      byte[] answer = before.answer;
      if (con && answer != null) {
        send(from, answer);
      }
      return;
    }
    memory.trim(now);
    if (m.code().isResponse()) {
      separate(from, m, multicast, now);
    } else {
      request(from, m, multicast, length, now);
    }
  }

  private Remembered remember(DatagramPeer from, CoapMessage m, long now) {
    return from.remember(m.messageId(), now
        + (m.type() == Type.CON ? transmission.exchangeLifetimeNanos() : transmission.nonLifetimeNanos()));
  }

  private void request(DatagramPeer from, CoapMessage m, boolean multicast, int length, long now) {
    counters.increment(Counter.COAP_REQUESTS);
    counters.add(Counter.BYTES_RECEIVED, length);
    boolean con = m.type() == Type.CON;
    Request request = new Request(con, m.code(), OptionsCodec.withoutBadElective(m.options()), m.payload());
    ServerExchange e = new ServerExchange(this, from, m, request, multicast, remember(from, m, now));
    boolean room = from.begin();
    if (!room) {
      from.beginAnyway();
    }
    int bad = OptionsCodec.badCritical(m.options());
    if (!room) {
      counters.increment(Counter.COAP_LIMIT_UNDER_WAY);
      e.respond(Response.of(Code.SERVICE_UNAVAILABLE, "too many requests wait for their responses")
          .with(OptionNumber.MAX_AGE, 1));
    } else if (bad != 0) {
      // A non-confirmable one could be rejected in silence (section 5.4.1), but who sent it gains by knowing.
      e.respond(Response.of(Code.BAD_OPTION, "option " + bad + " breaks its definition"));
    } else {
      next.handle(e);
      if (!e.isAnswered()) {
        e.awaitAnswer();
      }
    }
  }

  private void separate(DatagramPeer from, CoapMessage m, boolean multicast, long now) {
    Requests.Open open = requests.find(from, m.token());
    if (open == null) {
      // Nobody here asked for it, or not any more: this is how an observation is cancelled (RFC 7641, section 3.6). Sent
      // to a group it would make all members answer whose address it bears.
      if (!multicast) {
        sendEmpty(from, Type.RST, m.messageId());
      }
      return;
    }
    if (!isUnderstood(m.options())) {
      sendEmpty(from, Type.RST, m.messageId()); // section 5.4.1
      open.broken();
      return;
    }
    Remembered r = remember(from, m, now);
    if (m.type() == Type.CON) {
      byte[] ack = DatagramCodec.encode(CoapMessage.empty(Type.ACK, m.messageId()));
      memory.answered(r, ack);
      send(from, ack);
    }
    deliver(open, from, m);
  }

  private void response(DatagramPeer from, CoapMessage m) {
    Requests.Open open = requests.find(from, m.token());
    if (open == null) {
      return;
    }
    if (isUnderstood(m.options())) {
      deliver(open, from, m);
    } else {
      open.broken();
    }
  }

  private static boolean isUnderstood(Options options) {
    return OptionsCodec.badCritical(options) == 0
        && options.firstUnknownCritical(n -> OptionNumber.of(n) != null) == 0;
  }

  private static void deliver(Requests.Open open, DatagramPeer from, CoapMessage m) {
    Options options = OptionsCodec.withoutBadElective(m.options());
    open.response(new Response(m.code(), options, m.payload()), from);
  }
}

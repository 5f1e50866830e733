package io.trivet.coap.edhoc;

import io.trivet.base.Bytes;
import io.trivet.broker.Principal;
import io.trivet.broker.Timers;
import io.trivet.coap.Code;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.ContentFormat;
import io.trivet.coap.Exchange;
import io.trivet.coap.Handler;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Response;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import io.trivet.base.cbor.CborReader;
import io.trivet.coap.oscore.MemorySequenceStore;
import io.trivet.coap.oscore.OscoreAssociation;
import io.trivet.coap.oscore.OscoreSettings;
import io.trivet.coap.oscore.OscoreTable;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// `/.well-known/edhoc`: the responder over CoAP (RFC 9528, appendix A.2.1). What is agreed goes into a table of OSCORE's
/// associations. Stands on one loop.
///
/// A session that waits for message 3 takes a place until its deadline. Each peer has one place; a further message 1 takes
/// the place of its earlier one; one that is gone keeps it until the deadline. When all are taken a message 1 is refused: those who wait are not driven out.
public final class EdhocResource implements Handler {
  /// How many bytes our connection ids have: enough that a draw seldom meets one in use.
  private static final int ID_BYTES = 3;

  private static final int DRAWS_MAX = 16;
  private static final int MESSAGE_BYTES_MAX = 4_096;
  private static final int RETRY_SECONDS = 5;

  /// @param openMax how many sessions may wait for message 3
  /// @param deadline how long one waits
  public record Settings(int openMax, Duration deadline) {
    public static final Settings DEFAULT = new Settings(1_000, Duration.ofSeconds(20));
  }

  private record Open(Responder.AwaitMessage3 state, long untilNanos) {}

  private final Responder responder;
  private final OscoreTable table;
  private final Function<String, Optional<Principal>> principals;
  private final CoapLoop loop;
  private final Settings settings;
  private final OscoreSettings oscore;

  /// Oldest first, so that those past their deadline stand in front.
  private final Map<CoapPeer, Open> open = new LinkedHashMap<>();

  private final Timers.Timer expiry = new Timers.Timer() {
    @Override
    protected void fire(long nowNanos) {
      expire(nowNanos);
    }
  };

  /// @param principals who a device is, as the registry has it now
  public EdhocResource(Responder responder, OscoreTable table, Function<String, Optional<Principal>> principals,
      CoapLoop loop, Settings settings, OscoreSettings oscore) {
    this.responder = responder;
    this.table = table;
    this.principals = principals;
    this.loop = loop;
    this.settings = settings;
    this.oscore = oscore;
  }

  /// Names the one association that a device has by EDHOC.
  public static String associationId(String device) {
    return "edhoc/" + device;
  }

  /// How many sessions wait for message 3.
  public int openCount() {
    return open.size();
  }

  @Override
  public void handle(Exchange exchange) {
    Bytes payload = exchange.request().payload();
    int format = exchange.request().options().contentFormat();
    if (exchange.request().method() != Code.POST) {
      exchange.respond(Response.of(Code.METHOD_NOT_ALLOWED));
    } else if (format != -1 && format != ContentFormat.CID_EDHOC_CBOR_SEQ) {
      exchange.respond(Response.of(Code.UNSUPPORTED_CONTENT_FORMAT));
    } else if (payload.length() > MESSAGE_BYTES_MAX) {
      exchange.respond(Response.of(Code.REQUEST_ENTITY_TOO_LARGE).with(OptionNumber.SIZE1, MESSAGE_BYTES_MAX));
    } else {
      exchange.respond(answer(exchange.peer(), payload));
    }
  }

  private Response answer(CoapPeer peer, Bytes payload) {
    CborReader in = new CborReader(payload, CborLimits.STRICT);
    if (!(in.next() instanceof CborReader.Read.Item(Cbor first))) {
      return failed(new EdhocError.Unspecified("no EDHOC message"));
    }
    Bytes message = payload.slice(in.position(), payload.length() - in.position());
    if (first.equals(Cbor.Simple.TRUE)) {
      return begun(peer, message);
    }
    return ConnectionId.of(first).map(id -> finished(peer, id, message))
        .orElseGet(() -> failed(new EdhocError.Unspecified("neither true nor a connection id in front")));
  }

  private Response begun(CoapPeer peer, Bytes message1) {
    if (!open.containsKey(peer) && open.size() >= settings.openMax()) {
      return Response.of(Code.SERVICE_UNAVAILABLE).with(OptionNumber.MAX_AGE, RETRY_SECONDS);
    }
    return switch (responder.receive(message1, this::newId, loop.randomness())) {
      case Outcome.Failed<Responder.AwaitMessage3>(EdhocError error) -> failed(error);
      case Outcome.Next<Responder.AwaitMessage3>(Bytes message2, Responder.AwaitMessage3 state) -> {
        open.remove(peer);
        open.put(peer, new Open(state, loop.nowNanos() + settings.deadline().toNanos()));
        setExpiry();
        yield sent(message2);
      }
    };
  }

  private Response finished(CoapPeer peer, Bytes id, Bytes message3) {
    Open waiting = open.get(peer);
    if (waiting == null || !waiting.state.ownId().equals(id)) {
      return failed(new EdhocError.Unspecified("no session waits for this message"));
    }
    // One try: whatever comes of it, the keys of this session are not tried on again (section 5.4.3).
    open.remove(peer);
    return switch (waiting.state.receive(message3)) {
      case Outcome.Failed<Responder.Finished>(EdhocError error) -> failed(error);
      case Outcome.Next<Responder.Finished>(Bytes message4, Responder.Finished done) -> {
        Optional<Principal> principal = principals.apply(done.session().peer());
        if (principal.isEmpty()) {
          yield failed(new EdhocError.UnknownCredential());
        }
        table.add(OscoreAssociation.of(associationId(done.session().peer()), principal.get(), done.session().oscore(),
            Optional.empty(), false, false, new MemorySequenceStore(), oscore));
        yield sent(message4);
      }
    };
  }

  /// One that nobody uses, differing from the initiator's.
  private Bytes newId(Bytes initiators) {
    for (int i = 0; i < DRAWS_MAX; i++) {
      byte[] drawn = new byte[ID_BYTES];
      loop.randomness().fill(drawn);
      Bytes id = Bytes.wrap(drawn);
      boolean isOpen = open.values().stream().anyMatch(o -> o.state.ownId().equals(id));
      if (!id.equals(initiators) && !isOpen && !table.isTaken(id)) {
        return id;
      }
    }
    throw new AssertionError("no free connection id in " + DRAWS_MAX + " draws of " + ID_BYTES + " bytes");
  }

  private void setExpiry() {
    if (!expiry.isSet() && !open.isEmpty()) {
      loop.timers().set(expiry, open.values().iterator().next().untilNanos);
    }
  }

  private void expire(long nowNanos) {
    open.values().removeIf(o -> o.untilNanos - nowNanos <= 0);
    setExpiry();
  }

  private static Response sent(Bytes message) {
    return message(Code.CHANGED, message);
  }

  private static Response failed(EdhocError error) {
    return message(Code.BAD_REQUEST, error.encoded());
  }

  private static Response message(Code code, Bytes message) {
    return new Response(code, Options.builder().contentFormat(ContentFormat.EDHOC_CBOR_SEQ).build(), message);
  }
}

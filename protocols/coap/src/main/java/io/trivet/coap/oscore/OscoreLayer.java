package io.trivet.coap.oscore;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.Exchange;
import io.trivet.coap.Handler;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.base.cbor.Cbor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The server's end of OSCORE (RFC 8613, section 8.2), before all that looks at a request: one that is protected goes on
/// verified, from a peer of its own; one that is not goes on as it is. Stands on one loop; associations may be shared.
///
/// A request that does not verify leaves nothing behind: no entry in a table, no number in a window, only a count.
public final class OscoreLayer implements Handler {
  private static final int RETRY_SECONDS = 5;

  private final Handler next;
  private final ContextLookup lookup;
  private final CoapLoop loop;
  private final long echoNanos;
  private final OscorePeers peers;

  public OscoreLayer(Handler next, ContextLookup lookup, CoapLoop loop, OscoreSettings settings) {
    this.next = next;
    this.lookup = lookup;
    this.loop = loop;
    this.echoNanos = settings.echoLifetime().toNanos();
    this.peers = new OscorePeers(settings.peersMax());
  }

  /// Of how many addresses something is remembered.
  public int peerCount() {
    return peers.size();
  }

  @Override
  public void handle(Exchange exchange) {
    Request outer = exchange.request();
    Optional<Bytes> value = outer.options().bytes(OptionNumber.OSCORE);
    if (value.isEmpty()) {
      next.handle(exchange);
      return;
    }
    Optional<OscoreOption> option = OscoreOption.decode(value.get())
        .filter(o -> o.kid().isPresent() && !o.partialIv().isEmpty());
    if (option.isEmpty() || outer.payload().isEmpty()) {
      exchange.respond(refusal(Code.BAD_OPTION, "Failed to decode COSE"));
    } else {
      verify(exchange, option.get());
    }
  }

  private void verify(Exchange exchange, OscoreOption option) {
    List<OscoreAssociation> known = lookup.find(option.kid().orElseThrow());
    List<OscoreContext> failed = new ArrayList<>();
    boolean isReplay = false;
    for (OscoreAssociation a : known) {
      Optional<OscoreContext> context = a.contextFor(option.kidContext());
      if (context.isEmpty()) {
        continue;
      }
      if (context.get().isReplayed(option.number())) {
        isReplay = true;
        continue;
      }
      Optional<Protection.ProtectedRequest> verified =
          Protection.verify(context.get().keys(), option, exchange.request());
      if (verified.isPresent()) {
        taken(exchange, option, a, context.get(), verified.get());
        return;
      }
      failed.add(context.get());
    }
    if (isReplay) {
      exchange.respond(refusal(Code.UNAUTHORIZED, "Replay detected"));
    } else if (!failed.isEmpty()) {
      failed.forEach(OscoreContext::forged);
      exchange.respond(refusal(Code.BAD_REQUEST, "Decryption failed"));
    } else if (!renewed(exchange, option, known)) {
      exchange.respond(refusal(Code.UNAUTHORIZED, "Security context not found"));
    }
  }

  private void taken(Exchange exchange, OscoreOption option, OscoreAssociation a, OscoreContext context,
      Protection.ProtectedRequest verified) {
    Optional<Bytes> echo = verified.request().options().bytes(OptionNumber.ECHO);
    switch (context.take(option.number(), echo, loop.nowNanos())) {
      case FRESH -> serve(exchange, a, context, verified);
      case REPLAYED -> exchange.respond(refusal(Code.UNAUTHORIZED, "Replay detected"));
      case DOUBTFUL -> challenge(exchange, context, verified.binding());
    }
  }

  private void serve(Exchange exchange, OscoreAssociation a, OscoreContext context,
      Protection.ProtectedRequest verified) {
    Optional<OscorePeer> peer = peers.of(a, exchange.peer());
    if (peer.isEmpty()) {
      exchange.respond(Protection.protect(context.keys(), verified.binding(), -1, Optional.empty(),
          Response.of(Code.SERVICE_UNAVAILABLE).with(OptionNumber.MAX_AGE, RETRY_SECONDS)));
      return;
    }
    peer.get().verified();
    next.handle(new OscoreExchange(exchange, peer.get(), context, verified, loop));
  }

  /// Appendix B.1.2: protected, with a partial IV of our own, nothing in it but the Echo.
  private void challenge(Exchange exchange, OscoreContext context, Protection.Binding binding) {
    Bytes echo = context.challenge(loop.randomness(), loop.nowNanos(), echoNanos);
    Response asking = new Response(Code.UNAUTHORIZED, Options.NONE.with(OptionNumber.ECHO, echo), Bytes.EMPTY);
    context.sequence().next(loop, number -> exchange.respond(number < 0
        ? Response.of(Code.SERVICE_UNAVAILABLE).with(OptionNumber.MAX_AGE, RETRY_SECONDS)
        : Protection.protect(context.keys(), binding, number, Optional.empty(), asking)));
  }

  /// Appendix B.2, steps 2 and 4.
  private boolean renewed(Exchange exchange, OscoreOption option, List<OscoreAssociation> known) {
    Optional<Bytes> idContext = option.kidContext().flatMap(OscoreAssociation::unwrapped);
    if (idContext.isEmpty() || idContext.get().length() < OscoreAssociation.NONCE_BYTES) {
      return false;
    }
    for (OscoreAssociation a : known) {
      if (!a.isRenewable()) {
        continue;
      }
      boolean isThird = a.beginsWithR2(idContext.get());
      OscoreKeys keys = a.secret().keys(idContext);
      Optional<Protection.ProtectedRequest> verified = Protection.verify(keys, option, exchange.request());
      if (verified.isEmpty()) {
        continue;
      }
      Optional<OscoreContext> third = isThird ? a.renew(keys, true) : Optional.empty();
      if (third.isPresent()) {
        taken(exchange, option, a, third.get(), verified.get());
      } else {
        offer(exchange, a, idContext.get(), verified.get().binding());
      }
      return true;
    }
    return false;
  }

  private void offer(Exchange exchange, OscoreAssociation a, Bytes first, Protection.Binding request) {
    Bytes r2 = a.newR2(loop.randomness());
    OscoreKeys second = a.secret().keys(Optional.of(OscoreAssociation.joined(r2, first)));
    // The nonce must be that of the request as these keys make it, since their common IV is another.
    Protection.Binding binding = new Protection.Binding(request.kid(), request.partialIv(),
        second.nonce(request.kid(), request.partialIv()), request.isObserve());
    exchange.respond(Protection.protect(second, binding, -1, Optional.of(Cbor.of(r2).encoded()),
        Response.of(Code.UNAUTHORIZED)));
  }

  /// Unprotected, and not to be cached (section 8.2).
  private static Response refusal(Code code, String diagnostic) {
    return Response.of(code, diagnostic).with(OptionNumber.MAX_AGE, 0);
  }
}

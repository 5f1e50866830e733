package io.trivet.coap.oscore;

import io.trivet.coap.Code;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Exchange;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.coap.WrappedExchange;
import java.util.Optional;

/// A verified request; what is answered is protected on the way back.
final class OscoreExchange extends WrappedExchange {
  private final OscorePeer peer;
  private final OscoreContext context;
  private final Protection.ProtectedRequest verified;
  private final CoapLoop loop;

  OscoreExchange(Exchange below, OscorePeer peer, OscoreContext context, Protection.ProtectedRequest verified,
      CoapLoop loop) {
    super(below);
    this.peer = peer;
    this.context = context;
    this.verified = verified;
    this.loop = loop;
  }

  @Override
  public Request request() {
    return verified.request();
  }

  @Override
  public CoapPeer peer() {
    return peer;
  }

  @Override
  public void respond(Response response) {
    if (verified.binding().isObserve() && response.options().has(OptionNumber.OBSERVE)) {
      context.sequence().next(loop, number -> outer.respond(sealed(number,
          // Without a number there can be no notification: the one nonce left serves an error, and no observation.
          number < 0 ? Response.of(Code.SERVICE_UNAVAILABLE) : response)));
    } else {
      outer.respond(sealed(-1, response));
    }
  }

  @Override
  public void notify(Response response, boolean confirmable, Fate.Listener fate) {
    context.sequence().next(loop, number -> {
      if (number < 0) {
        fate.told(Fate.DROPPED);
      } else {
        outer.notify(sealed(number, response), confirmable, fate);
      }
    });
  }

  private Response sealed(long number, Response response) {
    return Protection.protect(context.keys(), verified.binding(), number, Optional.empty(), response);
  }
}

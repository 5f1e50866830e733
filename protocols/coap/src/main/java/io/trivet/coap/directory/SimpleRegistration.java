package io.trivet.coap.directory;

import io.trivet.base.Parsed;
import io.trivet.coap.Code;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.ContentFormat;
import io.trivet.coap.Exchange;
import io.trivet.coap.Handler;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// Registers an endpoint that only says that it is there: reads its `/.well-known/core` first (RFC 9176, section 5.1).
/// Asked only of peers whose address is proven and who may register, one at a time each, so that nobody makes the
/// directory ask a third party.
final class SimpleRegistration implements Handler {
  /// Peers asked at the same time.
  private static final int UNDER_WAY_MAX = 64;

  private final DirectoryResources directory;
  private final Function<CoapPeer, Requester> toPeer;
  private final Set<CoapPeer> underWay = new HashSet<>();

  SimpleRegistration(DirectoryResources directory, Function<CoapPeer, Requester> toPeer) {
    this.directory = directory;
    this.toPeer = toPeer;
  }

  @Override
  public void handle(Exchange e) {
    CoapPeer peer = e.peer();
    List<String> query = e.request().options().uriQuery();
    Parsed<RegistrationQuery> parsed = RegistrationQuery.parse(query);
    if (!(parsed instanceof Parsed.Valid<RegistrationQuery>(RegistrationQuery q))) {
      e.respond(Response.of(Code.BAD_REQUEST, parsed instanceof Parsed.Invalid<?>(_, String what) ? what : ""));
      return;
    }
    if (!q.base().isEmpty() || !e.request().payload().isEmpty()) {
      e.respond(Response.of(Code.BAD_REQUEST, "simple registration takes neither a base nor links"));
      return;
    }
    String endpoint = q.endpoint().isEmpty() ? peer.principal().device() : q.endpoint();
    if (!peer.isProven() || !directory.policy().may(peer.principal(), DirectoryPolicy.Action.REGISTER, endpoint)) {
      e.respond(peer.principal().isAnonymous() ? Response.of(Code.UNAUTHORIZED)
          : Response.of(Code.FORBIDDEN, DirectoryResources.FORBIDDEN));
      return;
    }
    if (underWay.size() >= UNDER_WAY_MAX || !underWay.add(peer)) {
      e.respond(Response.of(Code.SERVICE_UNAVAILABLE, "others are being asked").with(OptionNumber.MAX_AGE, 5));
      return;
    }
    Options wanted = Options.builder().path(".well-known/core").add(OptionNumber.ACCEPT, ContentFormat.LINK_FORMAT).build();
    toPeer.apply(peer).send(Request.of(Code.GET, "").with(wanted), new Answer(e, query));
  }

  private final class Answer implements Requester.Replies {
    private final Exchange exchange;
    private final List<String> query;
    private boolean done;

    Answer(Exchange exchange, List<String> query) {
      this.exchange = exchange;
      this.query = query;
    }

    @Override
    public void response(Response r, CoapPeer from) {
      int format = r.options().contentFormat();
      finish(r.code() != Code.CONTENT || format >= 0 && format != ContentFormat.LINK_FORMAT
          ? Response.of(Code.BAD_GATEWAY, "your /.well-known/core answered " + r.code())
          : directory.registered(exchange.peer(), query, r.payload(), Code.CHANGED));
    }

    @Override
    public void failed(Requester.Failure failure) {
      finish(Response.of(Code.GATEWAY_TIMEOUT, "your /.well-known/core did not answer"));
    }

    private void finish(Response r) {
      if (!done) {
        done = true;
        underWay.remove(exchange.peer());
        exchange.respond(r);
      }
    }
  }
}

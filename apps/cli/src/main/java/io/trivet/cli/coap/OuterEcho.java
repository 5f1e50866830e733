package io.trivet.cli.coap;

import io.trivet.base.Bytes;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import java.util.Optional;

/// Below OSCORE: keeps what the server's network side asks for in an unprotected Echo option, and shows it outside of what
/// is protected from then on. It sends nothing again, since that would be a replay: the layer above OSCORE does.
final class OuterEcho implements Requester {
  private final Requester next;
  private Optional<Bytes> echo = Optional.empty();

  OuterEcho(Requester next) {
    this.next = next;
  }

  @Override
  public Pending send(Request request, Replies replies) {
    Request shown = echo.map(e -> request.with(request.options().with(OptionNumber.ECHO, e))).orElse(request);
    return next.send(shown, new Replies() {
      @Override
      public void response(Response response, CoapPeer from) {
        if (response.code() == Code.UNAUTHORIZED && !response.options().has(OptionNumber.OSCORE)) {
          echo = response.options().bytes(OptionNumber.ECHO);
        }
        replies.response(response, from);
      }

      @Override
      public void failed(Failure failure) {
        replies.failed(failure);
      }
    });
  }
}

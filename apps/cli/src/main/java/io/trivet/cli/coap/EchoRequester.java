package io.trivet.cli.coap;

import io.trivet.base.Bytes;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import java.util.Optional;

/// Brings back what a server asks for in an Echo option, once, and thereby shows that this client's address is its own
/// (RFC 9175, section 2.3).
final class EchoRequester implements Requester {
  private final Requester next;

  EchoRequester(Requester next) {
    this.next = next;
  }

  @Override
  public Pending send(Request request, Replies replies) {
    return new Call(request, replies).begin();
  }

  private final class Call implements Pending, Replies {
    private final Request request;
    private final Replies replies;
    private Pending under = () -> {};
    private boolean shown;
    private boolean cancelled;

    Call(Request request, Replies replies) {
      this.request = request;
      this.replies = replies;
    }

    Pending begin() {
      under = next.send(request, this);
      return this;
    }

    @Override
    public void response(Response response, CoapPeer from) {
      Optional<Bytes> echo = response.options().bytes(OptionNumber.ECHO);
      if (echo.isEmpty() || shown || cancelled || response.code() != Code.UNAUTHORIZED) {
        replies.response(response, from);
        return;
      }
      shown = true;
      Pending again = next.send(request.with(request.options().with(OptionNumber.ECHO, echo.get())), this);
      under = again;
    }

    @Override
    public void failed(Failure failure) {
      replies.failed(failure);
    }

    @Override
    public void cancel() {
      cancelled = true;
      under.cancel();
    }
  }
}

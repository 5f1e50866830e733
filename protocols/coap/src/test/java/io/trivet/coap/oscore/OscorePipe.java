package io.trivet.coap.oscore;

import io.trivet.base.Bytes;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Exchange;
import io.trivet.coap.Handler;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import io.trivet.coap.TestPeer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// A way from client to server on which the test sees, keeps and alters what passes.
final class OscorePipe implements Requester {
  final Handler server;
  final TestPeer peer = new TestPeer();
  final List<Request> requests = new ArrayList<>();
  final List<Response> responses = new ArrayList<>();
  UnaryOperator<Response> onTheWayBack = r -> r;

  OscorePipe(Handler server) {
    this.server = server;
    peer.proven = false;
  }

  @Override
  public Pending send(Request request, Replies replies) {
    requests.add(request);
    server.handle(new Passing(request, replies));
    return () -> {};
  }

  private final class Passing implements Exchange {
    private final Request request;
    private final Replies replies;
    private boolean answered;

    Passing(Request request, Replies replies) {
      this.request = request;
      this.replies = replies;
    }

    @Override
    public Request request() {
      return request;
    }

    @Override
    public Bytes token() {
      return Bytes.hex("01");
    }

    @Override
    public CoapPeer peer() {
      return peer;
    }

    @Override
    public boolean isMulticast() {
      return false;
    }

    @Override
    public void respond(Response response) {
      if (answered) {
        throw new AssertionError("answered twice");
      }
      answered = true;
      pass(response);
    }

    @Override
    public void dismiss() {
      answered = true;
    }

    @Override
    public void notify(Response response, boolean confirmable, Fate.Listener fate) {
      if (!answered) {
        throw new AssertionError("notified before it was answered");
      }
      pass(response);
      fate.told(Fate.SENT);
    }

    private void pass(Response response) {
      responses.add(response);
      replies.response(onTheWayBack.apply(response), peer);
    }
  }
}

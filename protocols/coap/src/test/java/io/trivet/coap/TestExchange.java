package io.trivet.coap;

import io.trivet.base.Bytes;
import java.util.ArrayList;
import java.util.List;

/// An exchange that keeps what it was answered.
public final class TestExchange implements Exchange {
  private final Request request;
  private final Bytes token;
  private final CoapPeer peer;
  public boolean multicast;

  /// The response, then the notifications.
  public final List<Response> responses = new ArrayList<>();

  /// For each notification whether it was confirmable, and who is told its fate.
  public final List<Boolean> confirmable = new ArrayList<>();

  public final List<Fate.Listener> fates = new ArrayList<>();

  public TestExchange(CoapPeer peer, String token, Request request) {
    this.peer = peer;
    this.token = Bytes.hex(token);
    this.request = request;
  }

  public TestExchange(Request request) {
    this(new TestPeer(), "01", request);
  }

  @Override
  public Request request() {
    return request;
  }

  @Override
  public Bytes token() {
    return token;
  }

  @Override
  public CoapPeer peer() {
    return peer;
  }

  @Override
  public boolean isMulticast() {
    return multicast;
  }

  @Override
  public void respond(Response response) {
    if (!responses.isEmpty()) {
      throw new AssertionError("answered twice: " + responses + ", then " + response);
    }
    responses.add(response);
  }

  public boolean dismissed;

  @Override
  public void dismiss() {
    if (!responses.isEmpty() || dismissed) {
      throw new AssertionError("dismissed after its answer: " + responses);
    }
    dismissed = true;
  }

  @Override
  public void notify(Response response, boolean isConfirmable, Fate.Listener fate) {
    if (responses.isEmpty() && !dismissed) {
      throw new AssertionError("notified before it was answered: " + response);
    }
    responses.add(response);
    confirmable.add(isConfirmable);
    fates.add(fate);
  }

  /// The only or first response.
  public Response response() {
    if (responses.isEmpty()) {
      throw new AssertionError("not answered");
    }
    return responses.getFirst();
  }

  public Response last() {
    response();
    return responses.getLast();
  }
}

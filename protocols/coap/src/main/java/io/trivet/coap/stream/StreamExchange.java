package io.trivet.coap.stream;

import io.trivet.base.Bytes;
import io.trivet.broker.Counter;
import io.trivet.coap.Code;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Exchange;
import io.trivet.coap.NoResponse;
import io.trivet.coap.Request;
import io.trivet.coap.Response;

/// A request that came over a connection; responses may leave in any order.
final class StreamExchange implements Exchange {
  private final StreamConnection connection;
  private final Request request;
  private final Bytes token;

  /// Grows with each request of the connection.
  private final long serial;

  private boolean answered;

  StreamExchange(StreamConnection connection, Request request, Bytes token, long serial) {
    this.connection = connection;
    this.request = request;
    this.token = token;
    this.serial = serial;
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
    return connection.peer();
  }

  @Override
  public boolean isMulticast() {
    return false;
  }

  boolean isAnswered() {
    return answered;
  }

  @Override
  public void respond(Response response) {
    if (answered) {
      throw new AssertionError("answered twice: " + request + " by " + response);
    }
    answered = true;
    if (!NoResponse.suppresses(request, response.code()) && !connection.respond(token, response)) {
      connection.respond(token,
          Response.of(Code.INTERNAL_SERVER_ERROR, "the response is longer than the longest message you take"));
    }
    connection.answered(serial);
  }

  @Override
  public void dismiss() {
    if (answered) {
      throw new AssertionError("dismissed after its answer: " + request);
    }
    answered = true;
    connection.answered(serial);
  }

  /// Nothing tells it from a response: order and delivery are the stream's (RFC 8323, section 7.1).
  @Override
  public void notify(Response response, boolean confirmable, Fate.Listener fate) {
    if (!answered) {
      throw new AssertionError("notified before it was answered: " + request);
    }
    boolean sent = connection.hasRoom() && connection.respond(token, response);
    connection.count(sent ? Counter.COAP_NOTIFICATIONS : Counter.COAP_DROPPED_OUTGOING);
    fate.told(sent ? Fate.SENT : Fate.DROPPED);
  }
}

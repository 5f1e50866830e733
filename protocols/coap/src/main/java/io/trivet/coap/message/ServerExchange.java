package io.trivet.coap.message;

import io.trivet.base.Bytes;
import io.trivet.broker.Counter;
import io.trivet.broker.Timers;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Exchange;
import io.trivet.coap.NoResponse;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import org.jspecify.annotations.Nullable;

/// A request that came in a datagram. What is answered at once goes with the acknowledgement; otherwise an empty one is
/// sent after a while and the response follows by itself (RFC 7252, sections 5.2.1 to 5.2.3).
final class ServerExchange implements Exchange {
  private final DatagramEndpoint endpoint;
  private final DatagramPeer peer;
  private final Request request;
  private final int messageId;
  private final Bytes token;
  private final boolean multicast;
  private final Remembered remembered;
  private Timers.@Nullable Timer waiting;
  private boolean acknowledged;
  private boolean answered;

  ServerExchange(DatagramEndpoint endpoint, DatagramPeer peer, CoapMessage m, Request request, boolean multicast,
      Remembered remembered) {
    this.endpoint = endpoint;
    this.peer = peer;
    this.request = request;
    this.messageId = m.messageId();
    this.token = m.token();
    this.multicast = multicast;
    this.remembered = remembered;
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

  boolean isAnswered() {
    return answered;
  }

  /// The handler takes its time: the peer is to know that the request has come.
  void awaitAnswer() {
    if (!request.confirmable()) {
      return;
    }
    Timers.Timer t = new Timers.Timer() {
      @Override
      protected void fire(long nowNanos) {
        acknowledge();
      }
    };
    waiting = t;
    endpoint.loop().timers().set(t, endpoint.loop().nowNanos() + endpoint.transmission().ackDelay().toNanos());
  }

  private void acknowledge() {
    if (peer.isGone()) {
      return;
    }
    acknowledged = true;
    answerWith(DatagramCodec.encode(CoapMessage.empty(Type.ACK, messageId)));
  }

  private void answerWith(byte[] datagram) {
    endpoint.memory().answered(remembered, datagram);
    endpoint.send(peer, datagram);
  }

  @Override
  public void respond(Response response) {
    if (answered) {
      throw new AssertionError("answered twice: " + request + " by " + response);
    }
    answered = true;
    if (waiting != null) {
      endpoint.loop().timers().cancel(waiting);
    }
    if (!delays(response)) {
      peer.finished();
    }
  }

  @Override
  public void dismiss() {
    if (answered) {
      throw new AssertionError("dismissed after its answer: " + request);
    }
    answered = true;
    if (waiting != null) {
      endpoint.loop().timers().cancel(waiting);
    }
    if (request.confirmable() && !acknowledged && !multicast) {
      acknowledge();
    }
    peer.finished();
  }

  /// Sends it, or has it sent later.
  ///
  /// @return whether it waits, and counts as under way until it is sent
  private boolean delays(Response response) {
    if (peer.isGone()) {
      return false;
    }
    boolean silent = multicast && NoResponse.suppressesOfGroup(request, response)
        || NoResponse.suppresses(request, response.code());
    if (multicast) {
      if (!silent) {
        answerAtLeisure(response);
        return true;
      }
    } else if (!request.confirmable()) {
      if (!silent) {
        endpoint.sendNon(peer, token, response);
      }
    } else if (acknowledged) {
      if (!silent) {
        endpoint.sendCon(peer, token, response, Fate.Listener.NONE);
      }
    } else if (silent) {
      acknowledge();
    } else {
      answerWith(endpoint.encode(Type.ACK, messageId, token, response));
    }
    return false;
  }

  /// Not all members of a group at once (section 8.2).
  private void answerAtLeisure(Response response) {
    Timers.Timer t = new Timers.Timer() {
      @Override
      protected void fire(long nowNanos) {
        peer.finished();
        if (!peer.isGone()) {
          endpoint.sendNon(peer, token, response);
        }
      }
    };
    endpoint.loop().timers().set(t, endpoint.loop().nowNanos() + endpoint.randomLeisureNanos());
  }

  @Override
  public void notify(Response response, boolean confirmable, Fate.Listener fate) {
    if (!answered) {
      throw new AssertionError("notified before it was answered: " + request);
    }
    endpoint.counters().increment(Counter.COAP_NOTIFICATIONS);
    if (peer.isGone()) {
      fate.told(Fate.DROPPED);
    } else if (confirmable) {
      endpoint.sendCon(peer, token, response, fate);
    } else {
      peer.sentNon(endpoint.sendNon(peer, token, response), fate);
      fate.told(Fate.SENT);
    }
  }
}

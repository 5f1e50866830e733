package io.trivet.coap.message;

import io.trivet.broker.Counter;
import io.trivet.broker.Timers;
import io.trivet.coap.Exchange.Fate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// Confirmable messages on their way to one peer: at most NSTART at a time (RFC 7252, section 4.7), sent again at
/// intervals that double until acknowledged (section 4.2).
final class Outgoing {
  private final DatagramEndpoint endpoint;
  private final DatagramPeer peer;
  private final List<Transmitted> inFlight = new ArrayList<>(1);
  private final ArrayDeque<Transmitted> waiting = new ArrayDeque<>(2);

  Outgoing(DatagramEndpoint endpoint, DatagramPeer peer) {
    this.endpoint = endpoint;
    this.peer = peer;
  }

  boolean isBusy() {
    return !inFlight.isEmpty();
  }

  /// One message until it is acknowledged.
  final class Transmitted extends Timers.Timer {
    private final int messageId;
    private final byte[] datagram;
    private final Fate.Listener fate;
    private int transmissions;
    private long timeoutNanos;

    Transmitted(int messageId, byte[] datagram, Fate.Listener fate) {
      this.messageId = messageId;
      this.datagram = datagram;
      this.fate = fate;
    }

    private void send() {
      if (transmissions++ == 0) {
        timeoutNanos = endpoint.randomTimeoutNanos();
      } else {
        endpoint.counters().increment(Counter.COAP_RETRANSMISSIONS);
        timeoutNanos *= 2;
      }
      endpoint.send(peer, datagram);
      endpoint.loop().timers().set(this, endpoint.loop().nowNanos() + timeoutNanos);
    }

    @Override
    protected void fire(long nowNanos) {
      if (transmissions <= endpoint.transmission().maxRetransmit()) {
        send();
        return;
      }
      inFlight.remove(this);
      endpoint.counters().increment(Counter.COAP_TIMEOUTS);
      // Who was silent for so long will not hear what waits behind this either. What a listener sends when told is not
      // behind it but new.
      List<Transmitted> behind = List.copyOf(waiting);
      waiting.clear();
      fate.told(Fate.TIMED_OUT);
      behind.forEach(t -> t.fate.told(Fate.TIMED_OUT));
    }

    /// Nobody is interested any more.
    void withdraw() {
      if (inFlight.remove(this)) {
        endpoint.loop().timers().cancel(this);
        sendNext();
      } else {
        waiting.remove(this);
      }
    }
  }

  Transmitted send(int messageId, byte[] datagram, Fate.Listener fate) {
    Transmitted t = new Transmitted(messageId, datagram, fate);
    if (peer.isGone()) {
      fate.told(Fate.DROPPED);
    } else if (waiting.isEmpty() && inFlight.size() < endpoint.transmission().nstart()) {
      inFlight.add(t);
      t.send();
    } else if (waiting.size() < endpoint.limits().outgoingPerPeer()) {
      waiting.add(t);
    } else {
      endpoint.counters().increment(Counter.COAP_DROPPED_OUTGOING);
      fate.told(Fate.DROPPED);
    }
    return t;
  }

  private void sendNext() {
    while (!waiting.isEmpty() && inFlight.size() < endpoint.transmission().nstart()) {
      Transmitted t = waiting.remove();
      inFlight.add(t);
      t.send();
    }
  }

  /// @return false where no message of that id waits for it
  boolean answered(int messageId, Fate fate) {
    for (int i = 0; i < inFlight.size(); i++) {
      Transmitted t = inFlight.get(i);
      if (t.messageId == messageId) {
        inFlight.remove(i);
        endpoint.loop().timers().cancel(t);
        t.fate.told(fate);
        sendNext();
        return true;
      }
    }
    return false;
  }

  void end(Fate fate) {
    List<Transmitted> all = new ArrayList<>(inFlight);
    all.addAll(waiting);
    inFlight.clear();
    waiting.clear();
    for (Transmitted t : all) {
      endpoint.loop().timers().cancel(t);
      t.fate.told(fate);
    }
  }
}

package io.trivet.coap.pubsub;

import io.trivet.base.Bytes;
import io.trivet.broker.Message;
import io.trivet.broker.Outlet;
import io.trivet.broker.QoS;
import io.trivet.broker.Session;
import io.trivet.broker.SessionEnd;
import io.trivet.broker.TopicName;
import io.trivet.coap.Code;
import io.trivet.coap.Exchange;
import io.trivet.coap.Exchange.Fate;
import io.trivet.coap.Response;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One observation of one topic or of all that a filter matches: a session of the broker that receives, whose outlet sends
/// notifications. QoS 0 goes non-confirmable, QoS 1 and 2 confirmable, and the session's window waits for the
/// acknowledgement.
final class Watch implements Outlet {
  private final Watches all;
  private final Exchange exchange;
  private final Optional<TopicName> topic;
  private final TopicConfigurations.@Nullable Configured configured;
  private @Nullable Session session;
  private int sinceConfirmable;
  private long confirmableNanos;
  private boolean inPublish;
  private boolean over;

  /// @param topic the only one; absent where a filter matches several, so that notifications say which they are about
  /// @param configured the topic's configuration, if it has one
  Watch(Watches all, Exchange exchange, Optional<TopicName> topic,
      TopicConfigurations.@Nullable Configured configured) {
    this.all = all;
    this.exchange = exchange;
    this.topic = topic;
    this.configured = configured;
    this.confirmableNanos = all.loop().nowNanos();
  }

  boolean isOf(TopicName t) {
    return topic.isPresent() && topic.get().equals(t);
  }

  void began() {
    if (configured != null) {
      configured.observers.incrementAndGet();
    }
  }

  /// Whether it is long since the observer last said that it is there (RFC 7641, section 4.5).
  private boolean isDue() {
    long most = configured == null ? TopicConfiguration.OBSERVER_CHECK_SECONDS * 1_000_000_000L
        : configured.configuration().observerCheckNanos();
    return all.loop().nowNanos() - confirmableNanos >= most;
  }

  Exchange exchange() {
    return exchange;
  }

  void session(Session s) {
    session = s;
  }

  Session session() {
    Session s = session;
    if (s == null) {
      throw new AssertionError("an observation without its session");
    }
    return s;
  }

  /// Ends it without a word.
  void end() {
    if (!over) {
      over = true;
      gone();
    }
  }

  private void gone() {
    if (configured != null) {
      configured.observers.decrementAndGet();
    }
    all.ended(this);
  }

  // --- Outlet -------------------------------------------------------------------------------------------------------

  /// What is unsent waits with the message layer, which bounds it for each peer.
  @Override
  public int unsentBytes() {
    return 0;
  }

  @Override
  public boolean publish(Message m, QoS qos, boolean dup, boolean retain, int packetId, int[] subscriptionIds) {
    if (over) {
      return false;
    }
    if (!Mapping.accepts(exchange.request(), m)) {
      endWith(Response.of(Code.NOT_ACCEPTABLE, "the topic's content format has changed"));
      return false;
    }
    boolean confirmable = qos != QoS.AT_MOST_ONCE || ++sinceConfirmable >= all.settings().confirmableEvery() || isDue();
    if (confirmable) {
      sinceConfirmable = 0;
      confirmableNanos = all.loop().nowNanos();
    }
    inPublish = true;
    exchange.notify(all.notification(m, topic.isEmpty()), confirmable, fate -> told(fate, qos, packetId));
    inPublish = false;
    return true;
  }

  private void told(Fate fate, QoS qos, int packetId) {
    switch (fate) {
      case SENT, ACKNOWLEDGED -> {
        if (qos == QoS.AT_MOST_ONCE || over) {
          return;
        }
        if (inPublish) {
          all.loop().later(() -> acknowledged(qos, packetId)); // the session is in the midst of sending
        } else {
          acknowledged(qos, packetId);
        }
      }
      case DROPPED -> {
        // More waits for the peer than may. QoS 0 is lost; of the others none may be passed over, so it ends here.
        if (qos != QoS.AT_MOST_ONCE) {
          endLater();
        }
      }
      case RESET, TIMED_OUT -> endLater();
    }
  }

  private void endLater() {
    if (inPublish) {
      all.loop().later(this::end);
    } else {
      end();
    }
  }

  private void acknowledged(QoS qos, int packetId) {
    if (over) {
      return;
    }
    if (qos == QoS.AT_LEAST_ONCE) {
      session().acknowledged(packetId);
    } else {
      session().receivedByPeer(packetId, true);
    }
  }

  /// CoAP acknowledges once: the message layer's de-duplication stands for the second half of QoS 2.
  @Override
  public void pubRel(int packetId) {
    all.loop().later(() -> {
      if (!over) {
        session().completed(packetId);
      }
    });
  }

  @Override
  public void end(SessionEnd why) {
    endWith(switch (why) {
      case REVOKED -> Response.of(Code.UNAUTHORIZED, "the device is not trusted any more");
      case NOT_ALLOWED -> Response.of(Code.FORBIDDEN, "no rule allows it any more");
      case SERVER_STOPS -> Response.of(Code.SERVICE_UNAVAILABLE, "the server stops");
      case TAKEN_OVER, ADMINISTRATIVE -> Response.of(Code.SERVICE_UNAVAILABLE, "observe anew");
    });
  }

  /// An error is the last notification (RFC 7641, section 4.2).
  void endWith(Response last) {
    if (!over) {
      over = true;
      exchange.notify(last, false, Fate.Listener.NONE);
      gone();
    }
  }

  Bytes token() {
    return exchange.token();
  }
}

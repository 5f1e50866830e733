package io.trivet.coap.pubsub;

import io.trivet.base.Bytes;
import io.trivet.broker.BrokerLoop;
import io.trivet.broker.Counter;
import io.trivet.broker.Message;
import io.trivet.broker.SessionEnd;
import io.trivet.broker.TopicName;
import io.trivet.coap.Code;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The observations of one loop, by peer and token (RFC 7641, section 4.1).
final class Watches {
  private final CoapLoop loop;
  private final BrokerLoop broker;
  private final PubSubSettings settings;
  private final String root;
  private final Map<CoapPeer, Map<Bytes, Watch>> byPeer = new HashMap<>();
  private int count;

  /// Of all notifications of the loop, so that the notification of one message is the same for all its observers; 24 bits
  /// (RFC 7641, section 4.4).
  private int sequence = 1;

  private @Nullable Message lastMessage;
  private boolean lastLocates;
  private Response lastNotification = Response.of(Code.CONTENT);

  Watches(CoapLoop loop, BrokerLoop broker, PubSubSettings settings, String root) {
    this.loop = loop;
    this.broker = broker;
    this.settings = settings;
    this.root = root;
  }

  CoapLoop loop() {
    return loop;
  }

  PubSubSettings settings() {
    return settings;
  }

  int count() {
    return count;
  }

  /// Whether the peer may have one more.
  boolean hasRoom(CoapPeer peer) {
    Map<Bytes, Watch> its = byPeer.get(peer);
    return count < settings.observationsMax() && (its == null || its.size() < settings.observationsPerPeer());
  }

  void add(Watch w) {
    CoapPeer peer = w.exchange().peer();
    Map<Bytes, Watch> its = byPeer.get(peer);
    if (its == null) {
      its = new HashMap<>(2);
      byPeer.put(peer, its);
      peer.whenGone(() -> gone(peer));
    }
    Watch before = its.get(w.token());
    if (before != null) {
      before.end();
    }
    its.put(w.token(), w);
    count++;
    w.began();
    peer.hold();
  }

  private void gone(CoapPeer peer) {
    Map<Bytes, Watch> its = byPeer.remove(peer);
    if (its != null) {
      List.copyOf(its.values()).forEach(Watch::end);
    }
  }

  /// The peer does not want it any more, or asks anew by the same token.
  void cancel(CoapPeer peer, Bytes token) {
    Map<Bytes, Watch> its = byPeer.get(peer);
    Watch w = its == null ? null : its.get(token);
    if (w != null) {
      w.end();
    }
  }

  /// The topic is gone, or has more observers than it may have: so many of them hear 4.04.
  void endTopic(TopicName topic, long most) {
    long left = most;
    for (Map<Bytes, Watch> its : List.copyOf(byPeer.values())) {
      for (Watch w : List.copyOf(its.values())) {
        if (left > 0 && w.isOf(topic)) {
          left--;
          w.endWith(Response.of(Code.NOT_FOUND));
        }
      }
    }
  }

  /// Ends those of certain peers, and says why.
  void endWhere(Predicate<CoapPeer> which, SessionEnd why) {
    for (CoapPeer peer : List.copyOf(byPeer.keySet())) {
      Map<Bytes, Watch> its = byPeer.get(peer);
      if (its != null && which.test(peer)) {
        List.copyOf(its.values()).forEach(w -> w.end(why));
      }
    }
  }

  /// Ends those that are not allowed any more.
  void reexamine() {
    for (Map<Bytes, Watch> its : List.copyOf(byPeer.values())) {
      for (Watch w : List.copyOf(its.values())) {
        if (!broker.rights().keepsAll(w.session())) {
          broker.counters().increment(Counter.SUBSCRIPTIONS_ENDED);
          w.endWith(Response.of(w.exchange().peer().principal().isAnonymous() ? Code.UNAUTHORIZED : Code.FORBIDDEN,
              "no rule allows it any more"));
        }
      }
    }
  }

  void ended(Watch w) {
    CoapPeer peer = w.exchange().peer();
    Map<Bytes, Watch> its = byPeer.get(peer);
    if (its != null) {
      its.remove(w.token(), w); // the map stays until the peer is gone, since so does the listener for that
    }
    count--;
    peer.release();
    broker.sessions().endUnlisted(w.session());
  }

  int nextSequence() {
    sequence = sequence + 1 & 0xFFFFFF;
    return sequence;
  }

  /// The message as a notification: the same object for one observer after another.
  Response notification(Message m, boolean locates) {
    if (m != lastMessage || locates != lastLocates) {
      Response content = Mapping.content(m, loop.wallMillis());
      Options.Builder b = content.options().toBuilder().add(OptionNumber.OBSERVE, nextSequence());
      if (locates) {
        Mapping.locate(b, root, m.topic());
      }
      lastNotification = content.with(b.build());
      lastMessage = m;
      lastLocates = locates;
    }
    return lastNotification;
  }
}

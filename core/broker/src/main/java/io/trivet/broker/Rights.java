package io.trivet.broker;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rights that go on: what was allowed when a client subscribed ends when it is not allowed any more, be it because rules
/// were changed, a device was, or what the rules speak of. One loop's share.
///
/// A client is not told, for MQTT has no word for it; it finds out when it subscribes again. What was sent before, and
/// waits in its queue, is judged once more at each delivery.
public final class Rights {
  private static final int SESSIONS_AT_A_TIME = 200;

  private final BrokerLoop loop;
  private @Nullable Iterator<Session> walk;

  Rights(BrokerLoop loop) {
    this.loop = loop;
  }

  /// Looks at all sessions of the loop, some in each cycle. Where it is still at it, it begins again.
  void examineAll() {
    boolean isAtIt = walk != null;
    walk = loop.broker().allSessions().iterator();
    if (!isAtIt) {
      goOn();
    }
  }

  private void goOn() {
    Iterator<Session> w = walk;
    if (w == null) {
      return;
    }
    for (int i = 0; i < SESSIONS_AT_A_TIME && w.hasNext(); i++) {
      Session s = w.next();
      if (s.loop == loop && loop.sessions().isSettled(s)) {
        examine(s);
      }
    }
    if (w.hasNext()) {
      loop.later(l -> l.rights().goOn());
    } else {
      walk = null;
    }
  }

  /// Why that peer may not have a session; null where it may.
  @Nullable String denied(ConnectRequest r) {
    return rule(loop.broker().decider().connect(r.principal(), r.clientId(), r.peer()));
  }

  /// Ends the connection, and the subscriptions, that the session may not have any more.
  void examine(Session s) {
    Peer peer = s.peer();
    String no = peer == null ? null : rule(decider().review(s.principal(), s.clientId(), peer));
    if (no != null) {
      loop.broker().watcher().denied(s.clientId(), s.principal(), "connect", "", no);
      loop.sessions().disconnect(s, SessionEnd.NOT_ALLOWED, false);
    }
    if (!s.isEnded()) {
      examineSubscriptions(s);
    }
  }

  /// Ends the subscriptions that the session may not have any more.
  void examineSubscriptions(Session s) {
    List<SubscriptionFilter> over = new ArrayList<>(0);
    for (Subscription sub : s.subscriptions()) {
      String rule = denied(s, sub);
      if (rule != null) {
        over.add(sub.filter());
        loop.counters().increment(Counter.SUBSCRIPTIONS_ENDED);
        loop.broker().watcher().denied(s.clientId(), s.principal(), "subscribe", sub.filter().toString(), rule);
      }
    }
    if (!over.isEmpty()) {
      loop.sessions().unsubscribe(s, over, _ -> {});
    }
  }

  /// Whether it may keep all that it has subscribed to.
  public boolean keepsAll(Session s) {
    for (Subscription sub : s.subscriptions()) {
      if (denied(s, sub) != null) {
        return false;
      }
    }
    return true;
  }

  private @Nullable String denied(Session s, Subscription sub) {
    return rule(decider().review(s.principal(), s.clientId(), sub.filter().filter(), sub.qos()));
  }

  private Decider decider() {
    return loop.broker().decider();
  }

  private static @Nullable String rule(Decider.Decision d) {
    return switch (d) {
      case Decider.Decision.Allow _ -> null;
      case Decider.Decision.Deny(String rule) -> rule;
      case Decider.Decision.Modify _, Decider.Decision.Delay _, Decider.Decision.Unfit _ ->
          "such a thing is allowed or denied";
    };
  }
}

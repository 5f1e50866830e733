package io.trivet.local;

import io.trivet.broker.Message;
import io.trivet.broker.Recovery;
import io.trivet.broker.StoreOp;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;

/// Notes what a store has kept.
@NullMarked
final class Recovered implements Recovery {
  long last = -1;
  final List<StoreOp.PutSession> sessions = new ArrayList<>();
  final List<StoreOp.PutSubscription> subscriptions = new ArrayList<>();
  final List<StoreOp.PutReceived> received = new ArrayList<>();
  final List<StoreOp.PutWill> wills = new ArrayList<>();
  final List<String> retained = new ArrayList<>();

  @Override
  public void lastSession(long number) {
    last = number;
  }

  @Override
  public void session(StoreOp.PutSession session) {
    sessions.add(session);
  }

  @Override
  public void subscription(StoreOp.PutSubscription subscription) {
    if (isKnown(subscription.session())) {
      subscriptions.add(subscription);
    }
  }

  @Override
  public void received(StoreOp.PutReceived r) {
    if (isKnown(r.session())) {
      received.add(r);
    }
  }

  @Override
  public void will(StoreOp.PutWill will) {
    if (isKnown(will.session())) {
      wills.add(will);
    }
  }

  // What belongs to a session that has ended may still be told: the broker passes over it, as this does.
  private boolean isKnown(long session) {
    return sessions.stream().anyMatch(s -> s.session() == session);
  }

  @Override
  public void retained(Message message, long number) {
    retained.add(message.topic() + "=" + message.payload().asUtf8() + "@" + number);
  }
}

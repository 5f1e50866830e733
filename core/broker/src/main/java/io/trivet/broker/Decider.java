package io.trivet.broker;

import java.time.Duration;

/// Port: judges every message and subscription. Called on event loops, answers at once, never blocks, never throws: an
/// implementation that cannot judge denies.
public interface Decider {
  /// Whether who has proved who it is may have a session.
  default Decision connect(Principal who, ClientId clientId, Peer peer) {
    return Decision.ALLOW;
  }

  /// The same about a connection that stands, whenever [#generation()] has grown: it ends where the answer is no longer
  /// [Decision.Allow]. Nothing happens by the question, so nothing is counted.
  default Decision review(Principal who, ClientId clientId, Peer peer) {
    return connect(who, clientId, peer);
  }

  /// As [#subscribe], about a subscription that stands or might be made. Nothing happens by the question.
  default Decision review(Principal who, ClientId clientId, TopicFilter filter, QoS qos) {
    return subscribe(who, clientId, filter, qos);
  }

  Decision publish(Principal who, ClientId clientId, Message message);

  /// Asked again once a message has waited as [#publish] said: the right may have been taken away meanwhile. To be told to
  /// wait again counts as having waited.
  default Decision publishDelayed(Principal who, ClientId clientId, Message message) {
    return publish(who, clientId, message);
  }

  /// What a client has left to be published in case that it vanishes; asked at that time.
  default Decision will(Principal who, ClientId clientId, Message message) {
    return publish(who, clientId, message);
  }

  /// `filter` is the filter inside where the subscription is shared.
  Decision subscribe(Principal who, ClientId clientId, TopicFilter filter, QoS qos);

  /// Asked again for each receiver, also when a retained message is replayed.
  Decision deliver(Principal receiver, ClientId clientId, Message message);

  /// Grows whenever an earlier [Allow] that holds may have become wrong: rules were reloaded, a device changed.
  long generation();

  sealed interface Decision {
    /// @param holds whether the same question (who, topic, action) gets the same answer until [Decider#generation()]
    /// grows, so that the caller need not ask again
    record Allow(boolean holds) implements Decision {}

    /// @param rule what denied, for the operator's log, such as a line of the rules file
    record Deny(String rule) implements Decision {}

    /// Of a publish alone: whoever sent it may publish there, but not such a message, as where a topic asks for sealed ones.
    ///
    /// @param what is wrong with it, for the operator's log
    record Unfit(String what) implements Decision {}

    record Modify(Message message) implements Decision {}

    record Delay(Duration duration) implements Decision {}

    Decision ALLOW = new Allow(true);
    Decision ALLOW_ONCE = new Allow(false);
  }
}

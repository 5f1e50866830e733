package io.trivet.policy;

import io.trivet.broker.ClientId;
import io.trivet.broker.Message;
import io.trivet.broker.Principal;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicFilter;
import io.trivet.broker.TopicName;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a policy is asked about: who does what where, tentatively or actually. Immutable.
public final class Event {
  private final Phase phase;
  private final EventKind kind;
  private final Principal subject;
  private final @Nullable ClientId client;
  private final @Nullable TopicName topic;
  private final @Nullable TopicFilter filter;
  private final @Nullable Message message;
  private final @Nullable QoS qos;
  private final Peer peer;

  private Event(
      Phase phase,
      EventKind kind,
      Principal subject,
      @Nullable ClientId client,
      @Nullable TopicName topic,
      @Nullable TopicFilter filter,
      @Nullable Message message,
      @Nullable QoS qos,
      Peer peer) {
    this.phase = phase;
    this.kind = kind;
    this.subject = subject;
    this.client = client;
    this.topic = topic;
    this.filter = filter;
    this.message = message;
    this.qos = qos;
    this.peer = peer;
  }

  /// About a message: publish, retain, deliver, will, or a CoAP method that carries one.
  public static Event ofMessage(EventKind kind, Principal subject, ClientId client, Message message) {
    return new Event(
        Phase.TENTATIVE, kind, subject, client, message.topic(), null, message, message.qos(), Peer.UNKNOWN);
  }

  /// @param filter the filter inside where the subscription is shared
  public static Event ofSubscription(Principal subject, ClientId client, TopicFilter filter, QoS qos) {
    return new Event(
        Phase.TENTATIVE, EventKind.SUBSCRIBE, subject, client, null, filter, null, qos, Peer.UNKNOWN);
  }

  /// About a topic without a message, such as a CoAP GET.
  public static Event ofTopic(EventKind kind, Principal subject, ClientId client, TopicName topic) {
    return new Event(Phase.TENTATIVE, kind, subject, client, topic, null, null, null, Peer.UNKNOWN);
  }

  /// About a connection alone.
  ///
  /// @param client null where none is known yet, as when a credential was refused
  public static Event ofConnection(EventKind kind, Principal subject, @Nullable ClientId client, Peer peer) {
    return new Event(Phase.TENTATIVE, kind, subject, client, null, null, null, null, peer);
  }

  /// The same event, having happened.
  public Event happened() {
    return new Event(Phase.ACTUAL, kind, subject, client, topic, filter, message, qos, peer);
  }

  public Event from(Peer newPeer) {
    return new Event(phase, kind, subject, client, topic, filter, message, qos, newPeer);
  }

  public Phase phase() {
    return phase;
  }

  public EventKind kind() {
    return kind;
  }

  public Principal subject() {
    return subject;
  }

  public Optional<ClientId> client() {
    return Optional.ofNullable(client);
  }

  /// The client identifier, or the empty text.
  public String clientText() {
    ClientId c = client;
    return c == null ? "" : c.text();
  }

  public @Nullable TopicName topic() {
    return topic;
  }

  public @Nullable TopicFilter filter() {
    return filter;
  }

  public @Nullable Message message() {
    return message;
  }

  public @Nullable QoS qos() {
    return qos;
  }

  public Peer peer() {
    return peer;
  }

  @Override
  public String toString() {
    TopicName t = topic;
    TopicFilter f = filter;
    String where = t != null ? " " + t : f != null ? " " + f : "";
    String who = subject.isAnonymous() ? "an anonymous peer" : subject.device();
    return phase + "." + kind + where + " by " + who;
  }
}

package io.trivet.broker;

/// One filter of one session, with its options (MQTT 5.0, section 3.8.3.1). Identity is the object: the session holds
/// it under its filter's text, the topic tree under its session.
public final class Subscription {
  static final int[] NO_IDS = new int[0];

  private final Session session;
  private final SubscriptionFilter filter;
  private final QoS qos;
  private final boolean noLocal;
  private final boolean retainAsPublished;
  private final int id;

  /// @param id the Subscription Identifier, 1 to 268,435,455, or 0 for none
  Subscription(
      Session session, SubscriptionFilter filter, QoS qos, boolean noLocal, boolean retainAsPublished, int id) {
    this.session = session;
    this.filter = filter;
    this.qos = qos;
    this.noLocal = noLocal;
    this.retainAsPublished = retainAsPublished;
    this.id = id;
  }

  Session session() {
    return session;
  }

  public SubscriptionFilter filter() {
    return filter;
  }

  public QoS qos() {
    return qos;
  }

  public boolean noLocal() {
    return noLocal;
  }

  public boolean retainAsPublished() {
    return retainAsPublished;
  }

  public int id() {
    return id;
  }

  int[] ids() {
    return id == 0 ? NO_IDS : new int[] {id};
  }
}

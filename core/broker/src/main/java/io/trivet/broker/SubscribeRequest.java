package io.trivet.broker;

/// One filter a client asks for (MQTT 5.0, section 3.8.3.1).
///
/// @param id the Subscription Identifier or 0
public record SubscribeRequest(
    SubscriptionFilter filter,
    QoS qos,
    boolean noLocal,
    boolean retainAsPublished,
    RetainHandling retainHandling,
    int id) {

  public enum RetainHandling {
    SEND,
    SEND_IF_NEW,
    DO_NOT_SEND
  }
}

package io.trivet.mqtt.codec;

import io.trivet.base.Parsed;
import io.trivet.broker.QoS;
import io.trivet.broker.SubscribeRequest.RetainHandling;
import io.trivet.broker.SubscriptionFilter;

/// One filter of a SUBSCRIBE with its options (MQTT 5.0, section 3.8.3).
///
/// @param text the filter as it came
/// @param filter parsed, or why it is none: that is answered in SUBACK and breaks no packet
public record Subscription(
    String text,
    Parsed<SubscriptionFilter> filter,
    QoS qos,
    boolean noLocal,
    boolean retainAsPublished,
    RetainHandling retainHandling) {}

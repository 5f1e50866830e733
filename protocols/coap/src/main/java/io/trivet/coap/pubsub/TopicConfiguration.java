package io.trivet.coap.pubsub;

import io.trivet.broker.TopicName;

/// What is set for one topic (draft-ietf-core-coap-pubsub, section on topic properties).
///
/// @param id names its resource
/// @param topic the topic-name, which is the broker's topic as well
/// @param resourceType of the topic-data resource, mostly `core.ps.data`
/// @param contentFormat the only one taken; -1 for any
/// @param topicType such as `temperature`; empty for none
/// @param expiresSeconds seconds since 1970 after which it is deleted; -1 for never
/// @param subscribersMax how many CoAP clients may observe it at a time; -1 for as many as the server takes
/// @param observerCheckSeconds how long an observer may go without a confirmable notification; -1 for the default
public record TopicConfiguration(
    String id,
    TopicName topic,
    String resourceType,
    int contentFormat,
    String topicType,
    long expiresSeconds,
    long subscribersMax,
    long observerCheckSeconds) {
  public static final String DATA = "core.ps.data";
  static final long OBSERVER_CHECK_SECONDS = 86_400;

  public boolean isExpired(long wallMillis) {
    return expiresSeconds >= 0 && wallMillis >= expiresSeconds * 1_000;
  }

  long observerCheckNanos() {
    return (observerCheckSeconds < 0 ? OBSERVER_CHECK_SECONDS : observerCheckSeconds) * 1_000_000_000L;
  }
}

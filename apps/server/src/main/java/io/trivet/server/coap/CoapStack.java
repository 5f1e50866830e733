package io.trivet.server.coap;

import io.trivet.broker.BrokerLoop;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.Handler;
import io.trivet.coap.pubsub.Topics;
import io.trivet.server.config.Config;

/// What a request goes through on one loop, from the message layer to the resource.
final class CoapStack {
  static final String TOPICS = "ps";

  private final Topics topics;
  private final Handler first;

  CoapStack(Config config, CoapLoop loop, BrokerLoop broker) {
    this.topics = new Topics(loop, broker, CoapSettings.pubSub(config), TOPICS);
    this.first = topics;
  }

  Handler first() {
    return first;
  }

  Topics topics() {
    return topics;
  }
}

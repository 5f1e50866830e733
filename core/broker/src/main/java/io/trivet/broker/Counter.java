package io.trivet.broker;

/// What each loop counts. The name in lower case with `trivet_` before and `_total` behind is the metric's name.
public enum Counter {
  MESSAGES_RECEIVED("application messages received from publishers"),
  MESSAGES_SENT("application messages sent to subscribers"),
  BYTES_RECEIVED("bytes received from clients, after decryption"),
  BYTES_SENT("bytes sent to clients, before encryption"),
  PACKETS_RECEIVED("protocol packets received"),
  CONNECTS_ACCEPTED("connections that were given a session"),
  CONNECTS_REFUSED("connections refused at CONNECT or during authentication"),
  DISCONNECTS("connections with a session that ended"),
  TAKEOVERS("connections ended because their session was taken over"),
  KEEP_ALIVE_TIMEOUTS("connections ended because the client fell silent"),
  MALFORMED_PACKETS("connections ended for a malformed packet or a protocol error"),
  PUBLISH_DENIED("messages whose publishing the rules denied"),
  PUBLISH_UNFIT("messages refused because they were not of the form that their topic asks for"),
  SUBSCRIBE_DENIED("subscriptions that the rules denied"),
  SUBSCRIPTIONS_ENDED("subscriptions ended because rules, devices or circumstances allow them no longer"),
  DELIVERY_DENIED("deliveries that the rules denied"),
  WILLS_SENT("wills published"),
  DROPPED_QUEUE_FULL("messages dropped because a session's queue was full (limits.queue-messages-max, -bytes-max)"),
  REFUSED_QUEUE_FULL("messages refused because a session's queue was full (limits.when-full: refuse)"),
  DROPPED_SLOW("QoS 0 messages dropped because a connection was behind (limits.output-bytes-max)"),
  DROPPED_EXPIRED("messages that expired before they could be delivered"),
  DROPPED_TOO_LARGE("messages larger than the receiver's maximum packet size"),
  DROPPED_STORE_FAILED("messages not taken because the store failed"),
  LIMIT_SESSIONS("connects refused by limits.sessions-max"),
  LIMIT_SUBSCRIPTIONS("subscriptions refused by limits.subscriptions-per-session-max"),
  LIMIT_RETAINED("retained messages not kept by limits.retained-max or -bytes-max"),
  LIMIT_RECEIVE_MAXIMUM("connections ended for exceeding the Receive Maximum"),
  LIMIT_PACKET_SIZE("connections ended for a packet above mqtt.packet-bytes-max"),
  LIMIT_CONNECT_DEADLINE("connections that sent no CONNECT in time (mqtt.connect-deadline)"),
  SESSIONS_EXPIRED("sessions that ended by their expiry"),
  COAP_REQUESTS("CoAP requests received, duplicates not counted"),
  COAP_DUPLICATES("CoAP messages that came again"),
  COAP_MALFORMED("datagrams and frames that are no CoAP"),
  COAP_NOTIFICATIONS("CoAP notifications sent to observers"),
  COAP_RETRANSMISSIONS("CoAP messages sent again because no acknowledgement came"),
  COAP_TIMEOUTS("CoAP messages given up because no acknowledgement came"),
  COAP_DROPPED_OUTGOING("CoAP messages dropped because too many waited for one peer (coap.outgoing-per-peer)"),
  COAP_LIMIT_PEERS("datagrams dropped because there were as many peers as coap.peers-max allows"),
  COAP_LIMIT_UNDER_WAY("CoAP requests refused because too many of the peer's waited (coap.requests-per-peer)"),
  COAP_LIMIT_RATE("CoAP requests refused because they came too fast (coap.requests-per-second, -total-per-second)"),
  COAP_CHALLENGED("CoAP requests answered by an Echo to bring back, since the address may be another's"),
  CYCLES("read cycles of the event loop");

  private static final Counter[] ALL = values();
  private final String help;

  Counter(String help) {
    this.help = help;
  }

  public String help() {
    return help;
  }

  static int count() {
    return ALL.length;
  }
}

package io.trivet.policy;

import java.util.Optional;

/// What happens to a message, a subscription or a connection.
public enum EventKind {
  CONNECT("connect"),
  PUBLISH("publish"),
  SUBSCRIBE("subscribe"),
  DELIVER("deliver"),
  WILL("will"),

  /// Asked beside [#PUBLISH] for a message that is to be kept.
  RETAIN("retain"),
  DISCONNECT("disconnect"),
  AUTHENTICATION_FAILED("auth_fail"),
  COAP_GET("coap.get"),
  COAP_PUT("coap.put"),
  COAP_POST("coap.post"),
  COAP_DELETE("coap.delete"),
  COAP_FETCH("coap.fetch"),
  COAP_PATCH("coap.patch"),
  COAP_IPATCH("coap.ipatch"),
  COAP_OBSERVE("coap.observe");

  static final int COUNT = values().length;

  private final String text;

  EventKind(String text) {
    this.text = text;
  }

  /// For tables by kind.
  @SuppressWarnings("EnumOrdinal") // never leaves the process
  public int index() {
    return ordinal();
  }

  public static Optional<EventKind> of(String text) {
    for (EventKind k : values()) {
      if (k.text.equals(text)) {
        return Optional.of(k);
      }
    }
    return Optional.empty();
  }

  /// As policy files write it, such as `coap.get`.
  @Override
  public String toString() {
    return text;
  }
}

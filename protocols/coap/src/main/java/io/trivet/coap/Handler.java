package io.trivet.coap;

/// Serves requests: a resource, or a layer before it.
@FunctionalInterface
public interface Handler {
  /// Answers by [Exchange#respond], now or later, once.
  void handle(Exchange exchange);
}

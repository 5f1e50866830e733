package io.trivet.coap.edhoc;

import io.trivet.base.Bytes;

/// What came of a message received.
///
/// @param <S> what is awaited next
public sealed interface Outcome<S> {
  /// @param message to be sent
  record Next<S>(Bytes message, S state) implements Outcome<S> {}

  /// The exchange is over.
  ///
  /// @param error to be sent, except in answer to an error message
  record Failed<S>(EdhocError error) implements Outcome<S> {}

  static <S> Outcome<S> failed(String text) {
    return new Failed<>(new EdhocError.Unspecified(text));
  }
}

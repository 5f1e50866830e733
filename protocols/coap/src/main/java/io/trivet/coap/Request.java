package io.trivet.coap;

import io.trivet.base.Bytes;

/// What a client asks.
///
/// @param confirmable whether it was, or is to be, sent as a confirmable message; over streams always true
/// @param method such as [Code#GET], or one that nobody knows
public record Request(boolean confirmable, Code method, Options options, Bytes payload) {
  public static Request of(Code method, String path) {
    return new Request(true, method, Options.builder().path(path).build(), Bytes.EMPTY);
  }

  public Request with(Options changed) {
    return new Request(confirmable, method, changed, payload);
  }

  public Request with(Bytes newPayload) {
    return new Request(confirmable, method, options, newPayload);
  }

  public Request withConfirmable(boolean now) {
    return new Request(now, method, options, payload);
  }

  /// The request asks to be kept informed (RFC 7641, section 2).
  public boolean isObserve() {
    return method.isRead() && options.uint(OptionNumber.OBSERVE, -1) == 0;
  }
}

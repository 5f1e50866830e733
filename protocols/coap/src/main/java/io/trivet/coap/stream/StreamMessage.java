package io.trivet.coap.stream;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.Options;

/// A message on a reliable transport: it has neither type nor message id (RFC 8323, section 3.2). The options of a signal
/// have numbers of their own, with the signal's code (section 5.2).
public record StreamMessage(Code code, Bytes token, Options options, Bytes payload) {
  public static StreamMessage of(Code code) {
    return new StreamMessage(code, Bytes.EMPTY, Options.NONE, Bytes.EMPTY);
  }
}

package io.trivet.cli.coap;

import io.trivet.coap.CoapPeer;
import io.trivet.coap.Response;

/// What came of a request.
public sealed interface Heard {
  record Answer(Response response, CoapPeer from) implements Heard {}

  /// Nothing more comes.
  ///
  /// @param why for people, such as `nobody listens there`
  record Silence(String why) implements Heard {}

  /// A defect of this client.
  record Broken(Throwable why) implements Heard {}
}

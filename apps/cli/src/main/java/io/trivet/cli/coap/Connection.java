package io.trivet.cli.coap;

import io.trivet.coap.CoapLoop;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Requester;

/// A way to a server.
interface Connection extends AutoCloseable {
  CoapLoop loop();

  /// To be used on [#loop()] only, as are the peer and what it tells.
  Requester requester();

  CoapPeer peer();

  /// Why there is no way any more, where that is known; otherwise empty.
  String reason();

  @Override
  void close();
}

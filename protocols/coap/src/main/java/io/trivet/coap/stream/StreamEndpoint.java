package io.trivet.coap.stream;

import io.trivet.broker.Counters;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.broker.Watcher;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.Handler;
import io.trivet.coap.Response;
import org.jspecify.annotations.Nullable;

/// What the connections of one loop share.
public final class StreamEndpoint {
  private final CoapLoop loop;
  private final StreamLimits limits;
  private final Counters counters;
  private final Watcher watcher;
  private final Handler handler;

  /// What was encoded last: a notification goes to all its observers in a row.
  private @Nullable Response lastResponse;

  private byte[] lastBody = new byte[0];

  /// @param handler serves the requests of all connections
  public StreamEndpoint(CoapLoop loop, StreamLimits limits, Counters counters, Watcher watcher, Handler handler) {
    this.loop = loop;
    this.limits = limits;
    this.counters = counters;
    this.watcher = watcher;
    this.handler = handler;
  }

  /// A connection that stands, called or calling: both ends are the same. [StreamConnection#start()] comes next.
  public StreamConnection connection(Framing framing, Peer peer, Principal principal, StreamPort port) {
    return new StreamConnection(this, framing, peer, principal, port);
  }

  CoapLoop loop() {
    return loop;
  }

  StreamLimits limits() {
    return limits;
  }

  Counters counters() {
    return counters;
  }

  Watcher watcher() {
    return watcher;
  }

  Handler handler() {
    return handler;
  }

  byte[] body(Response r) {
    if (lastResponse != r) {
      lastBody = StreamCodec.body(r.options(), r.payload());
      lastResponse = r;
    }
    return lastBody;
  }
}

package io.trivet.cli.coap;

import io.trivet.base.Clock;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import io.trivet.net.coap.StreamClient;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;

/// One server over TCP, TLS or WebSocket.
final class StreamWay implements Connection {
  private static final Clock CLOCK = new Clock() {
    @Override
    public long monotonicNanos() {
      return System.nanoTime();
    }

    @Override
    public long wallMillis() {
      return System.currentTimeMillis();
    }
  };

  private final StreamClient client;
  private final CoapPeer peer;
  private final Trace trace;

  private StreamWay(StreamClient client, CoapPeer peer, Trace trace) {
    this.client = client;
    this.peer = peer;
    this.trace = trace;
  }

  /// @param tls whom to trust and what to prove oneself with; used where the scheme is one of TLS
  static StreamWay open(CoapUri uri, Optional<SSLContext> tls, Duration patience, Trace trace) throws IOException {
    URI server = URI.create(uri.server());
    StreamClient.Call plain = StreamClient.Call.plain(server);
    try {
      StreamClient c = StreamClient.connect(
          new StreamClient.Call(server, tls, plain.limits(), patience), CLOCK, new SecureRandom()::nextBytes);
      CompletableFuture<CoapPeer> peer = new CompletableFuture<>();
      c.loop().later(() -> peer.complete(c.peer()));
      return new StreamWay(c, peer.get(patience.toNanos(), TimeUnit.NANOSECONDS), trace);
    } catch (ConnectException e) {
      throw new IOException("nobody listens there, or a firewall is between", e);
    } catch (SSLHandshakeException e) {
      throw new IOException("TLS failed: " + e.getMessage() + " (see --cafile, --cert and --key)", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException("interrupted");
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("no answer in time", e);
    }
  }

  @Override
  public CoapLoop loop() {
    return client.loop();
  }

  @Override
  public CoapPeer peer() {
    return peer;
  }

  @Override
  public Requester requester() {
    return (request, replies) -> {
      trace.sent(request);
      return client.requester().send(request, traced(replies));
    };
  }

  private Requester.Replies traced(Requester.Replies replies) {
    return new Requester.Replies() {
      @Override
      public void response(Response response, CoapPeer from) {
        trace.received(response);
        replies.response(response, from);
      }

      @Override
      public void failed(Requester.Failure failure) {
        replies.failed(failure);
      }
    };
  }

  @Override
  public String reason() {
    return client.peersReason();
  }

  @Override
  public void close() {
    client.close();
  }
}

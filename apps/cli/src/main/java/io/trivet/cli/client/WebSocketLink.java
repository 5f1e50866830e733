package io.trivet.cli.client;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// MQTT in binary WebSocket messages under the subprotocol `mqtt` (MQTT 5.0, section 6). Messages are asked for one by
/// one, as they are read, so that a fast server waits.
final class WebSocketLink implements Link, WebSocket.Listener {
  private static final byte[] END = new byte[0];

  private final HttpClient http;
  private final Duration writePatience;
  private final LinkedBlockingQueue<byte[]> arrived = new LinkedBlockingQueue<>();
  private volatile @Nullable Throwable fault;
  private @Nullable WebSocket socket;
  private byte[] current = END;
  private int taken;
  private long patienceMillis;

  private WebSocketLink(HttpClient http, Duration patience) {
    this.http = http;
    this.writePatience = patience;
    this.patienceMillis = patience.toMillis();
  }

  /// @param context present for `wss`
  static WebSocketLink open(URI uri, Optional<SSLContext> context, Duration patience) throws IOException {
    HttpClient.Builder b = HttpClient.newBuilder().connectTimeout(patience);
    context.ifPresent(b::sslContext);
    WebSocketLink link = new WebSocketLink(b.build(), patience);
    try {
      WebSocket s = await(
          link.http.newWebSocketBuilder().subprotocols("mqtt").connectTimeout(patience).buildAsync(uri, link)
              .toCompletableFuture(), patience);
      link.socket = s;
      if (!s.getSubprotocol().equals("mqtt")) {
        throw new ClientFailure(uri + ": speaks WebSocket, but not MQTT");
      }
      return link;
    } catch (IOException e) {
      link.close();
      throw e;
    }
  }

  private static <T> T await(java.util.concurrent.CompletableFuture<T> f, Duration patience) throws IOException {
    try {
      return f.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case WebSocketHandshakeException h -> throw new ClientFailure(
            "the server refused the WebSocket with HTTP status " + h.getResponse().statusCode(), h);
        case IOException io -> throw io;
        case null, default -> throw new IOException(e.getCause());
      }
    } catch (TimeoutException e) {
      throw new SocketTimeoutException("no answer in " + patience.toSeconds() + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private WebSocket socket() {
    WebSocket s = socket;
    if (s == null) {
      throw new AssertionError("not open");
    }
    return s;
  }

  @Override
  public CompletionStage<?> onBinary(WebSocket s, ByteBuffer data, boolean last) {
    byte[] copy = new byte[data.remaining()];
    data.get(copy);
    if (copy.length == 0) {
      s.request(1);
    } else {
      arrived.add(copy);
    }
    return java.util.concurrent.CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<?> onText(WebSocket s, CharSequence data, boolean last) {
    fault = new ClientFailure("the server sent text where MQTT is binary");
    arrived.add(END);
    return java.util.concurrent.CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<?> onClose(WebSocket s, int status, String reason) {
    arrived.add(END);
    return java.util.concurrent.CompletableFuture.completedStage(null);
  }

  @Override
  public void onError(WebSocket s, Throwable error) {
    fault = error;
    arrived.add(END);
  }

  @Override
  public int read(byte[] buf, int at, int room) throws IOException {
    if (taken == current.length) {
      current = next();
      taken = 0;
      if (current.length == 0) {
        Throwable f = fault;
        if (f != null) {
          throw new IOException(f.getMessage(), f);
        }
        return -1;
      }
      socket().request(1);
    }
    int n = Math.min(room, current.length - taken);
    System.arraycopy(current, taken, buf, at, n);
    taken += n;
    return n;
  }

  private byte[] next() throws IOException {
    try {
      if (patienceMillis == 0) {
        return arrived.take();
      }
      byte[] b = arrived.poll(patienceMillis, TimeUnit.MILLISECONDS);
      if (b == null) {
        throw new SocketTimeoutException("no answer in " + patienceMillis + " ms");
      }
      return b;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void write(byte[] a, int from, int to) throws IOException {
    await(socket().sendBinary(ByteBuffer.wrap(Arrays.copyOfRange(a, from, to)), true), writePatience);
  }

  @Override
  public void patience(Duration time) {
    patienceMillis = time.toMillis();
  }

  @Override
  public void close() {
    WebSocket s = socket;
    if (s != null) {
      s.sendClose(WebSocket.NORMAL_CLOSURE, "").orTimeout(1, TimeUnit.SECONDS).handle((_, _) -> {
        s.abort();
        return s;
      }).join();
    }
    arrived.add(END);
    http.shutdownNow();
  }
}

package io.trivet.lab.wire;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// A connection over WebSocket, in real time. Each write is one binary message unless said otherwise.
public final class WebSocketLink implements Link {
  private final Inbox inbox = new Inbox();
  private final WebSocket socket;

  /// @param uri `ws` or `wss`, with path
  /// @throws java.util.concurrent.CompletionException when the handshake fails
  public WebSocketLink(URI uri, SSLContext tls, String... subprotocols) {
    HttpClient client = HttpClient.newBuilder().sslContext(tls).build();
    WebSocket.Builder builder = client.newWebSocketBuilder();
    if (subprotocols.length > 0) {
      builder.subprotocols(subprotocols[0], Arrays.copyOfRange(subprotocols, 1, subprotocols.length));
    }
    socket = builder.buildAsync(uri, new Listener()).join();
  }

  /// As the server selected it; empty for none.
  public String subprotocol() {
    return socket.getSubprotocol();
  }

  @Override
  public void write(byte[] bytes) {
    writeFragment(bytes, true);
  }

  /// A binary frame that is the last of its message or not.
  public void writeFragment(byte[] bytes, boolean last) {
    if (!socket.isOutputClosed()) {
      socket.sendBinary(ByteBuffer.wrap(bytes), last).join();
    }
  }

  public void writeText(String text) {
    socket.sendText(text, true).join();
  }

  @Override
  public byte[] read() {
    return inbox.take();
  }

  @Override
  public void settle(boolean patient) {
    inbox.await(patient);
  }

  @Override
  public boolean isClosed() {
    return inbox.isOver();
  }

  @Override
  public void cut() {
    socket.abort();
  }

  private final class Listener implements WebSocket.Listener {
    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      inbox.add(bytes);
      webSocket.request(1);
      return null;
    }

    /// The server has nothing to say in text (MQTT-6.0.0-1): what is read as a packet then fails the test.
    @Override
    public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
      inbox.add(("text frame: " + data).getBytes(java.nio.charset.StandardCharsets.UTF_8));
      webSocket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
      inbox.end();
      return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
      inbox.end();
    }
  }
}

package io.trivet.net.coap;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.MessageToMessageDecoder;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.trivet.coap.stream.Framing;
import io.trivet.coap.stream.StreamConnection;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/// Takes a client's channel through the handshakes of TLS and WebSocket, then makes place for what speaks CoAP.
final class ClientSetup extends ChannelInboundHandlerAdapter {
  private static final int ANSWER_BYTES_MAX = 8_192;

  private final StreamClient.Call call;
  private final StreamScheme scheme;
  private final CompletableFuture<StreamConnection> ready;
  private final Supplier<ClientChannel> client;

  ClientSetup(StreamClient.Call call, StreamScheme scheme, CompletableFuture<StreamConnection> ready,
      Supplier<ClientChannel> client) {
    this.call = call;
    this.scheme = scheme;
    this.ready = ready;
    this.client = client;
  }

  private boolean isWebSocket() {
    return scheme.framing() == Framing.WEB_SOCKET;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    ChannelPipeline p = ctx.pipeline();
    if (scheme.isSecured()) {
      p.addBefore(ctx.name(), "tls", tls());
    }
    if (isWebSocket()) {
      p.addBefore(ctx.name(), "http", new HttpClientCodec());
      p.addBefore(ctx.name(), "answer", new HttpObjectAggregator(ANSWER_BYTES_MAX));
      p.addBefore(ctx.name(), "websocket", new WebSocketClientProtocolHandler(webSocket()));
      p.addBefore(ctx.name(), "whole", new WebSocketFrameAggregator(call.limits().messageBytesMax()));
      p.addBefore(ctx.name(), "bytes", new MessageToMessageDecoder<BinaryWebSocketFrame>() {
        @Override
        protected void decode(ChannelHandlerContext inner, BinaryWebSocketFrame frame, List<Object> out) {
          out.add(frame.content().retain());
        }
      });
    }
  }

  private SslHandler tls() {
    SSLContext context = call.tls().orElseThrow(
        () -> new IllegalArgumentException(call.server() + ": TLS needs to know whom to trust"));
    SSLEngine engine = context.createSSLEngine(call.server().getHost(), scheme.port(call.server()));
    engine.setUseClientMode(true);
    SSLParameters p = engine.getSSLParameters();
    p.setEndpointIdentificationAlgorithm("HTTPS"); // the certificate must name the host (RFC 6125)
    p.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    p.setApplicationProtocols(new String[] {isWebSocket() ? "http/1.1" : "coap"}); // RFC 8323, section 8.2
    engine.setSSLParameters(p);
    SslHandler handler = new SslHandler(engine);
    handler.setHandshakeTimeoutMillis(call.patience().toMillis());
    return handler;
  }

  private WebSocketClientProtocolConfig webSocket() {
    URI server = call.server();
    URI at = URI.create((scheme.isSecured() ? "wss://" : "ws://") + server.getRawAuthority() + "/.well-known/coap");
    return WebSocketClientProtocolConfig.newBuilder()
        .webSocketUri(at)
        .version(WebSocketVersion.V13)
        .subprotocol("coap")
        .maxFramePayloadLength(call.limits().messageBytesMax())
        .handshakeTimeoutMillis(call.patience().toMillis())
        .build();
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (!scheme.isSecured() && !isWebSocket()) {
      speak(ctx);
    }
    ctx.fireChannelActive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent tls) {
      if (!tls.isSuccess()) {
        fail(ctx, tls.cause());
      } else if (!isWebSocket()) {
        speak(ctx);
      }
    } else if (event == WebSocketClientProtocolHandler.ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
      speak(ctx);
    }
    ctx.fireUserEventTriggered(event);
  }

  private void speak(ChannelHandlerContext ctx) {
    ClientChannel c = client.get();
    c.ready().whenComplete((machine, failure) -> {
      if (failure == null) {
        ready.complete(machine);
      } else {
        ready.completeExceptionally(failure);
      }
    });
    ctx.pipeline().addLast(c);
    ctx.pipeline().remove(this);
  }

  private void fail(ChannelHandlerContext ctx, Throwable why) {
    ready.completeExceptionally(why instanceof IOException ? why : new IOException(why.getMessage(), why));
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail(ctx, new IOException("the server ended the connection during the handshake"));
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(ctx, cause);
  }
}

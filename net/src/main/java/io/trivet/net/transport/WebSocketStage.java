package io.trivet.net.transport;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The one HTTP request that opens a WebSocket (RFC 6455, section 4.2; MQTT 5.0, section 6; RFC 8323, section
/// 4.1). Anything else gets a
/// short text and is closed.
final class WebSocketStage extends ChannelInboundHandlerAdapter {
  private static final int LINE_BYTES_MAX = 4_096;
  private static final int HEADER_BYTES_MAX = 8_192;
  private static final int BODY_BYTES_MAX = 1_024;

  private final Arrival arrival;
  private final ListenerSpec.WebSocketOptions options;
  private final ListenerSpec.Protocol protocol;

  private WebSocketStage(Arrival arrival) {
    this.arrival = arrival;
    this.options = arrival.door().spec().webSocket();
    this.protocol = arrival.door().spec().protocol();
  }

  static void addTo(ChannelPipeline pipeline, Arrival arrival) {
    HttpDecoderConfig config = new HttpDecoderConfig()
        .setMaxInitialLineLength(LINE_BYTES_MAX)
        .setMaxHeaderSize(HEADER_BYTES_MAX)
        .setMaxChunkSize(BODY_BYTES_MAX)
        .setInitialBufferSize(256);
    pipeline.addLast(
        new HttpServerCodec(config), new HttpObjectAggregator(BODY_BYTES_MAX, true), new WebSocketStage(arrival));
  }

  private record Answer(HttpResponseStatus status, String text) {}

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!arrival.isArriving() || !(msg instanceof FullHttpRequest request)) {
      ReferenceCountUtil.release(msg);
      return;
    }
    Optional<Answer> no = objection(request);
    if (no.isPresent()) {
      request.release();
      refuse(ctx, no.get());
      return;
    }
    ctx.pipeline().addLast(new WebSocketFrames.PingGuard(), new WebSocketServerProtocolHandler(config()));
    if (protocol == ListenerSpec.Protocol.COAP) {
      // What is read after reading was stopped waits as it came: a message cannot be given back like bytes of a stream.
      ctx.pipeline().addLast(new WebSocketFrameAggregator(options.frameBytesMax()), new WebSocketFrames(arrival, true),
          new FlowControlHandler());
    } else {
      ctx.pipeline().addLast(new WebSocketFrames(arrival, false));
    }
    // Leaves first: the answer may be written, and bytes behind the request be passed on, before the call returns.
    ctx.pipeline().remove(this);
    ctx.fireChannelRead(request);
  }

  private WebSocketServerProtocolConfig config() {
    return WebSocketServerProtocolConfig.newBuilder()
        .websocketPath(options.path())
        .subprotocols(String.join(",", protocol.subprotocols()))
        .handshakeTimeoutMillis(arrival.door().spec().handshakeTimeout().toMillis())
        .forceCloseTimeoutMillis(2_000)
        .sendCloseFrame(WebSocketCloseStatus.NORMAL_CLOSURE)
        .decoderConfig(WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(options.frameBytesMax())
            .expectMaskedFrames(true)
            .allowExtensions(false)
            .closeOnProtocolViolation(true)
            .withUTF8Validator(false) // text is refused whole
            .build())
        .build();
  }

  private Optional<Answer> objection(FullHttpRequest request) {
    if (request.decoderResult().isFailure()) {
      return Optional.of(request.decoderResult().cause() instanceof TooLongFrameException
          ? new Answer(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The request is too long.")
          : new Answer(HttpResponseStatus.BAD_REQUEST, "This is no HTTP request."));
    }
    var headers = request.headers();
    if (!path(request.uri()).equals(options.path())) {
      return Optional.of(new Answer(HttpResponseStatus.NOT_FOUND,
          protocol.title() + " over WebSocket is at " + options.path() + "."));
    }
    if (!request.method().equals(HttpMethod.GET)
        || !headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
        || !headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
        || !"13".equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))
        || !headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY)) {
      return Optional.of(new Answer(HttpResponseStatus.UPGRADE_REQUIRED,
          protocol.title() + " is spoken here over WebSocket, version 13, with the subprotocol "
              + protocol.alpn() + "."));
    }
    if (!offersProtocol(headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL))) {
      return Optional.of(new Answer(HttpResponseStatus.BAD_REQUEST,
          "Offer the WebSocket subprotocol " + protocol.alpn() + "."));
    }
    if (!mayCome(headers.getAll(HttpHeaderNames.ORIGIN), headers.get(HttpHeaderNames.HOST, ""))) {
      return Optional.of(new Answer(HttpResponseStatus.FORBIDDEN, "This page's origin is not allowed here."));
    }
    return Optional.empty();
  }

  private static String path(String uri) {
    int query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query);
  }

  private boolean offersProtocol(List<String> offered) {
    return offered.stream()
        .flatMap(line -> Arrays.stream(line.split(",", -1)))
        .anyMatch(name -> protocol.subprotocols().contains(name.trim()));
  }

  /// Browsers name the page they act for, and cannot be made to lie by it (RFC 6454, section 7.3).
  private boolean mayCome(List<String> origins, String host) {
    if (origins.isEmpty()) {
      return true;
    }
    String origin = origins.getFirst();
    int authority = origin.indexOf("://");
    boolean sameHost =
        authority > 0 && !host.isEmpty() && origin.substring(authority + 3).equalsIgnoreCase(host);
    return origins.size() == 1 && (sameHost || options.origins().contains(origin));
  }

  private void refuse(ChannelHandlerContext ctx, Answer answer) {
    if (!arrival.failed(SetupFailure.WEBSOCKET, answer.status() + ": " + answer.text())) {
      return;
    }
    FullHttpResponse response = new DefaultFullHttpResponse(
        HttpVersion.HTTP_1_1, answer.status(), ByteBufUtil.writeUtf8(ctx.alloc(), answer.text() + "\n"));
    response.headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
        .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    if (answer.status().equals(HttpResponseStatus.UPGRADE_REQUIRED)) {
      response.headers()
          .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
          .set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13");
    }
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof IOException || cause instanceof io.netty.handler.codec.DecoderException) {
      arrival.fail(SetupFailure.CLOSED, "the connection broke: " + cause.getMessage());
    } else {
      arrival.internal(cause);
    }
  }
}

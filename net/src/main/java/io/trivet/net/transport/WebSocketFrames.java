package io.trivet.net.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Between WebSocket frames and the bytes of the protocol. For MQTT frame borders mean nothing inward (MQTT 5.0, section
/// 6), and what is written until a flush leaves as one binary frame; for CoAP each frame is a message (RFC 8323, section
/// 4.2).
final class WebSocketFrames extends ChannelDuplexHandler {
  private final Arrival arrival;
  private final boolean framesAreMessages;
  private final List<ChannelPromise> waiting = new ArrayList<>(1);
  private @Nullable ByteBuf pending;
  private boolean refused;

  /// @param framesAreMessages whether each buffer written leaves as a frame of its own
  WebSocketFrames(Arrival arrival, boolean framesAreMessages) {
    this.arrival = arrival;
    this.framesAreMessages = framesAreMessages;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete) {
      arrival.ready();
    } else if (event == WebSocketServerProtocolHandler.ServerHandshakeStateEvent.HANDSHAKE_TIMEOUT) {
      arrival.fail(SetupFailure.DEADLINE, "the WebSocket handshake did not end in time");
    } else {
      super.userEventTriggered(ctx, event);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof WebSocketFrame frame)) {
      // Bytes behind the request, sent before the answer to it (against RFC 6455, section 4.1), are past the decoder
      // of frames already; without them the stream has a hole.
      ReferenceCountUtil.release(msg);
      arrival.fail(SetupFailure.WEBSOCKET, "the client sent frames before the upgrade was answered");
      ctx.close();
      return;
    }
    if (refused) {
      frame.release();
      return;
    }
    switch (frame) {
      case BinaryWebSocketFrame f -> ctx.fireChannelRead(f.content());
      case ContinuationWebSocketFrame f -> ctx.fireChannelRead(f.content());
      case TextWebSocketFrame f -> {
        f.release();
        refused = true;
        CloseWebSocketFrame close =
            new CloseWebSocketFrame(WebSocketCloseStatus.INVALID_MESSAGE_TYPE,
                arrival.door().spec().protocol().title() + " comes in binary frames");
        ctx.writeAndFlush(close).addListener(ChannelFutureListener.CLOSE);
      }
      default -> frame.release(); // control frames were answered before
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (!(msg instanceof ByteBuf bytes)) {
      ctx.write(msg, promise);
      return;
    }
    if (framesAreMessages && bytes.isReadable()) {
      ctx.write(new BinaryWebSocketFrame(bytes), promise);
      return;
    }
    if (!promise.isVoid()) {
      waiting.add(promise);
    }
    ByteBuf before = pending;
    if (!bytes.isReadable()) {
      bytes.release();
    } else if (before == null) {
      pending = bytes;
    } else if (before instanceof CompositeByteBuf many && many.maxNumComponents() == Integer.MAX_VALUE) {
      many.addComponent(true, bytes);
    } else {
      pending = ctx.alloc().compositeBuffer(Integer.MAX_VALUE).addComponents(true, before, bytes);
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    writePending(ctx);
    ctx.flush();
  }

  private void writePending(ChannelHandlerContext ctx) {
    ByteBuf bytes = pending;
    pending = null;
    if (waiting.isEmpty()) {
      if (bytes != null) {
        ctx.write(new BinaryWebSocketFrame(bytes), ctx.voidPromise());
      }
      return;
    }
    List<ChannelPromise> done = List.copyOf(waiting);
    waiting.clear();
    Object out = bytes == null ? ctx.alloc().buffer(0, 0) : new BinaryWebSocketFrame(bytes);
    ctx.write(out).addListener(written -> {
      for (ChannelPromise p : done) {
        if (written.isSuccess()) {
          p.trySuccess();
        } else {
          p.tryFailure(written.cause());
        }
      }
    });
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (ctx.channel().isActive()) {
      flush(ctx);
    }
    ctx.close(promise);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ByteBuf bytes = pending;
    pending = null;
    if (bytes != null) {
      bytes.release();
    }
    waiting.forEach(p -> p.tryFailure(new ClosedChannelException()));
    waiting.clear();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (arrival.isArriving()) {
      arrival.fail(SetupFailure.WEBSOCKET, String.valueOf(cause.getMessage()));
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }

  /// Each ping is answered with as many bytes, so one that comes while the socket takes no more would only fill
  /// memory: such a peer is let go.
  static final class PingGuard extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      if (msg instanceof PingWebSocketFrame && !ctx.channel().isWritable()) {
        ReferenceCountUtil.release(msg);
        ctx.close();
        return;
      }
      ctx.fireChannelRead(msg);
    }
  }
}

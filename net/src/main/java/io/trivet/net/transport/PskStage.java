package io.trivet.net.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.FastThreadLocal;
import io.trivet.broker.TransportIdentity;
import java.io.IOException;
import org.bouncycastle.tls.TlsServerProtocol;

/// TLS with a pre-shared key, as a handler: bytes of the wire on one side, bytes of the protocol on the other.
///
/// The library is fed in pieces and emptied after each, so it never holds more than one record not yet complete (16
/// KiB) and one handshake message not yet complete (bounded by [PskServer]); written bytes leave it in the same call.
final class PskStage extends ChannelDuplexHandler {
  private static final int PIECE_BYTES = 16 << 10;

  private static final FastThreadLocal<byte[]> SCRATCH = new FastThreadLocal<>() {
    @Override
    protected byte[] initialValue() {
      return new byte[PIECE_BYTES];
    }
  };

  private final Arrival arrival;
  private final PskServer server;
  private final TlsServerProtocol protocol = new TlsServerProtocol();
  private boolean over;

  PskStage(Arrival arrival, PskServer server) {
    this.arrival = arrival;
    this.server = server;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws IOException {
    protocol.accept(server);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    ByteBuf in = (ByteBuf) msg;
    try {
      byte[] scratch = SCRATCH.get();
      while (in.isReadable() && !over) {
        int n = Math.min(in.readableBytes(), scratch.length);
        in.readBytes(scratch, 0, n);
        offer(ctx, scratch, n);
      }
    } finally {
      in.release();
    }
  }

  private void offer(ChannelHandlerContext ctx, byte[] bytes, int n) {
    try {
      protocol.offerInput(bytes, 0, n);
    } catch (IOException | RuntimeException broken) {
      // The library throws both for what a peer does wrong, and has put its alert into the output.
      end(ctx, String.valueOf(broken.getMessage()));
      return;
    }
    flushOutput(ctx);
    if (server.isComplete() && arrival.isArriving()) {
      arrival.secured(server.protection(), new TransportIdentity.PreSharedKey(server.identity()));
    }
    passOn(ctx);
    if (protocol.isClosed()) {
      end(ctx, "the peer closed");
    }
  }

  private void passOn(ChannelHandlerContext ctx) {
    int n = protocol.getAvailableInputBytes();
    byte[] scratch = SCRATCH.get();
    while (n > 0 && !over) {
      ByteBuf plain = ctx.alloc().buffer(n);
      while (plain.writableBytes() > 0 && n > 0) {
        int read = protocol.readInput(scratch, 0, Math.min(n, scratch.length));
        plain.writeBytes(scratch, 0, read);
        n -= read;
      }
      ctx.fireChannelRead(plain);
      n = protocol.getAvailableInputBytes();
    }
  }

  /// Sends what is left, such as an alert, and closes without waiting for a peer that does not read.
  private void end(ChannelHandlerContext ctx, String why) {
    if (over) {
      return;
    }
    over = true;
    arrival.failed(server.failure(), why);
    flushOutput(ctx);
    ctx.close();
  }

  private void flushOutput(ChannelHandlerContext ctx) {
    if (protocol.getAvailableOutputBytes() > 0) {
      ctx.writeAndFlush(takeOutput(ctx), ctx.voidPromise());
    }
  }

  private ByteBuf takeOutput(ChannelHandlerContext ctx) {
    int n = protocol.getAvailableOutputBytes();
    byte[] scratch = SCRATCH.get();
    ByteBuf out = ctx.alloc().buffer(n);
    while (n > 0) {
      int read = protocol.readOutput(scratch, 0, Math.min(n, scratch.length));
      out.writeBytes(scratch, 0, read);
      n -= read;
    }
    return out;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (!(msg instanceof ByteBuf plain)) {
      ReferenceCountUtil.release(msg);
      promise.tryFailure(new IllegalArgumentException("only bytes are written here"));
      return;
    }
    try {
      byte[] scratch = SCRATCH.get();
      while (plain.isReadable()) {
        int n = Math.min(plain.readableBytes(), scratch.length);
        plain.readBytes(scratch, 0, n);
        protocol.writeApplicationData(scratch, 0, n);
      }
      ctx.write(takeOutput(ctx), promise);
    } catch (IOException | IllegalStateException closed) {
      promise.tryFailure(closed);
      end(ctx, "the connection is closed");
    } finally {
      plain.release();
    }
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    over = true;
    if (!protocol.isClosed() && ctx.channel().isActive()) {
      try {
        protocol.close();
        flushOutput(ctx);
      } catch (IOException | IllegalStateException _) {
        flushOutput(ctx); // the close_notify was for politeness only: the connection ends here
      }
    }
    ctx.close(promise);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!arrival.isArriving()) {
      ctx.fireExceptionCaught(cause);
    } else if (cause instanceof IOException) {
      arrival.fail(SetupFailure.CLOSED, "the connection broke: " + cause.getMessage());
    } else {
      arrival.internal(cause);
    }
  }
}

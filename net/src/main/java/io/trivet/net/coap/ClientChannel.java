package io.trivet.net.coap;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.coap.stream.Framing;
import io.trivet.coap.stream.StreamConnection;
import io.trivet.coap.stream.StreamEndpoint;
import io.trivet.coap.stream.StreamPort;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Joins a client's channel to its machine. It sees bytes, also behind a WebSocket, whose messages its pipeline takes out
/// of their frames.
final class ClientChannel extends ByteToMessageDecoder implements StreamPort {
  private final Channel channel;
  private final Framing framing;
  private final StreamConnection machine;
  private final CompletableFuture<StreamConnection> ready = new CompletableFuture<>();
  private @Nullable ChannelHandlerContext context;
  private @Nullable Throwable cause;
  private boolean paused;
  private boolean askedForRoom;

  ClientChannel(Channel channel, StreamEndpoint endpoint, Framing framing, Peer peer) {
    this.channel = channel;
    this.framing = framing;
    this.machine = endpoint.connection(framing, peer, Principal.ANONYMOUS, this);
  }

  /// Done once the server has said what it takes.
  CompletableFuture<StreamConnection> ready() {
    return ready;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    machine.start();
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (framing == Framing.LENGTH && (paused || in.readableBytes() < machine.bytesNeeded())) {
      return;
    }
    byte[] bytes = new byte[in.readableBytes()];
    in.getBytes(in.readerIndex(), bytes);
    in.skipBytes(machine.receive(bytes, 0, bytes.length));
    if (machine.isReady()) {
      ready.complete(machine);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    machine.closed();
    String why = machine.peersReason();
    ready.completeExceptionally(why.isEmpty()
        ? new IOException("the server ended the connection", cause)
        : new IOException("the server ended the connection: " + why, cause));
    super.channelInactive(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
    cause = thrown;
    if (thrown instanceof IOException || thrown instanceof io.netty.handler.codec.CodecException) {
      ctx.close();
    } else {
      machine.failed(thrown);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (askedForRoom && unsentBytes() < ROOM_AGAIN_BYTES) {
      askedForRoom = false;
      machine.roomAgain();
    }
  }

  @Override
  public void send(byte[] message) {
    ByteBuf bytes = Unpooled.wrappedBuffer(message);
    channel.writeAndFlush(framing == Framing.WEB_SOCKET ? new BinaryWebSocketFrame(bytes) : bytes);
  }

  @Override
  public int unsentBytes() {
    ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
    long pending = out == null ? 0 : out.totalPendingWriteBytes();
    askedForRoom |= pending >= ROOM_AGAIN_BYTES;
    return (int) Math.min(Integer.MAX_VALUE, pending);
  }

  @Override
  public void pause(boolean now) {
    paused = now;
    channel.config().setAutoRead(!now);
    ChannelHandlerContext ctx = context;
    if (!now && ctx != null) {
      // What waits already is looked at again, not from within the machine's own step.
      channel.eventLoop().execute(() -> ctx.pipeline().fireChannelRead(Unpooled.EMPTY_BUFFER));
    }
  }

  @Override
  public void close() {
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }
}

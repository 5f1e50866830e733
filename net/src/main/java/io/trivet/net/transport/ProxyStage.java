package io.trivet.net.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/// Reads the PROXY header and leaves; what came behind it goes to the next stage.
final class ProxyStage extends ByteToMessageDecoder {
  private final Arrival arrival;

  ProxyStage(Arrival arrival) {
    this.arrival = arrival;
    setSingleDecode(true);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (!arrival.isArriving()) {
      in.skipBytes(in.readableBytes());
      return;
    }
    switch (ProxyHeader.parse(in)) {
      case ProxyHeader.NeedMore _ -> {}
      case ProxyHeader.Broken(String what) -> {
        in.skipBytes(in.readableBytes());
        arrival.fail(SetupFailure.PROXY_HEADER, what);
      }
      case ProxyHeader.Local(int consumed) -> {
        in.skipBytes(consumed);
        arrival.local();
        ctx.pipeline().remove(this);
      }
      case ProxyHeader.Client(var address, int consumed) -> {
        in.skipBytes(consumed);
        if (arrival.proxied(address)) {
          ctx.pipeline().remove(this);
        } else {
          in.skipBytes(in.readableBytes());
        }
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof java.io.IOException) {
      arrival.fail(SetupFailure.CLOSED, "the connection broke: " + cause.getMessage());
    } else {
      arrival.internal(cause);
    }
  }
}

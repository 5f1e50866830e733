package io.trivet.net.host;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import io.trivet.broker.Counter;
import java.net.InetSocketAddress;

/// One UDP socket on one loop: datagrams in, and out in batches at the end of each cycle.
///
/// What its socket does not take waits for it within a bound; beyond, datagrams are dropped as the network would.
final class DatagramChannelMember extends ChannelInboundHandlerAdapter implements CycleMember {
  private static final long UNSENT_BYTES_MAX = 4L << 20;

  /// Takes what came.
  @FunctionalInterface
  interface Receiver {
    /// @param datagram the receiver's own
    void receive(InetSocketAddress from, byte[] datagram);
  }

  private final LoopRunner runner;
  private final Channel channel;
  private final Receiver receiver;
  private boolean dirty;

  DatagramChannelMember(LoopRunner runner, Channel channel, Receiver receiver) {
    this.runner = runner;
    this.channel = channel;
    this.receiver = receiver;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof DatagramPacket packet)) {
      ReferenceCountUtil.release(msg);
      return;
    }
    InetSocketAddress from = packet.sender();
    byte[] bytes;
    try {
      ByteBuf in = packet.content();
      bytes = new byte[in.readableBytes()];
      in.readBytes(bytes);
    } finally {
      packet.release();
    }
    runner.enter();
    try {
      receiver.receive(from, bytes);
    } catch (RuntimeException | AssertionError fault) {
      // Our own defect costs one datagram, not the loop's other peers.
      runner.broker().broker().watcher().failed("a datagram from " + from, fault);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (runner.isBlocked() && channel.config().isAutoRead()) {
      channel.config().setAutoRead(false);
      runner.addPaused(this);
    }
  }

  @Override
  public void readAgain() {
    channel.config().setAutoRead(true);
  }

  /// An error on a UDP socket is an ICMP message about some peer: that peer's silence will tell.
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof java.io.IOException)) {
      runner.enter();
      runner.broker().broker().watcher().failed("reading datagrams", cause);
    }
  }

  void send(InetSocketAddress to, byte[] datagram, int length) {
    ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
    if (out == null || out.totalPendingWriteBytes() > UNSENT_BYTES_MAX) {
      runner.broker().counters().increment(Counter.DROPPED_SLOW);
      return;
    }
    ByteBuf buf = channel.alloc().directBuffer(length);
    buf.writeBytes(datagram, 0, length);
    runner.broker().counters().add(Counter.BYTES_SENT, length);
    channel.write(new DatagramPacket(buf, to), channel.voidPromise());
    if (!dirty) {
      dirty = true;
      runner.addDirty(this);
    }
  }

  @Override
  public void flushCycle() {
    dirty = false;
    channel.flush();
  }
}

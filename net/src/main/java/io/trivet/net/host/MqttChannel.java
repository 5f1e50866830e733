package io.trivet.net.host;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.ReferenceCountUtil;
import io.trivet.broker.Counter;
import io.trivet.broker.Peer;
import io.trivet.mqtt.MqttConnection;
import io.trivet.mqtt.MqttContext;
import io.trivet.mqtt.Wire;
import io.trivet.mqtt.codec.ByteSink;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Joins a Netty channel to the MQTT connection machine: bytes in, bytes out, once a cycle.
///
/// Bytes are copied once from the channel's buffer into the loop's scratch array, where the decoder works; what is
/// left of a packet cut off waits in an array of its own that grows only with what has really come. Bytes out gather
/// in a sink lent by the loop for the cycle, so an idle connection holds neither.
final class MqttChannel extends ChannelInboundHandlerAdapter implements Wire, CycleMember {
  /// A sink this full is written at once, not at the end of the cycle.
  private static final int WRITE_AT_BYTES = 64 << 10;

  /// How long what was written last, such as a DISCONNECT, may take to leave.
  private static final long CLOSE_MILLIS = 2_000;

  /// A client with more than this unsent is behind; its channel tells when that has shrunk.
  private static final long BEHIND_BYTES = 64 << 10;

  private static final byte[] NOTHING = new byte[0];

  private final LoopRunner runner;
  private final MqttConnection machine;
  private final Runnable onClosed;
  private @Nullable Channel channel;
  private @Nullable ByteSink sink;
  private byte[] partial = NOTHING;
  private int partialBytes;
  private long accounted;
  private boolean dirty;
  private boolean askedForRoom;
  private boolean pausedByMachine;
  private boolean closing;

  MqttChannel(LoopRunner runner, MqttContext context, Peer peer, Runnable onClosed) {
    this.runner = runner;
    this.onClosed = onClosed;
    runner.enter();
    this.machine = new MqttConnection(runner.broker(), context, runner.topicNames(), peer, this);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
  }

  private Channel channel() {
    Channel c = channel;
    if (c == null) {
      throw new AssertionError("not in a pipeline");
    }
    return c;
  }

  // --- inward -------------------------------------------------------------------------------------------------------

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof ByteBuf in)) {
      ReferenceCountUtil.release(msg);
      return;
    }
    try {
      runner.enter();
      if (closing) {
        return;
      }
      int n = in.readableBytes();
      runner.broker().counters().add(Counter.BYTES_RECEIVED, n);
      if (partialBytes == 0 && !pausedByMachine) {
        byte[] scratch = runner.scratch(n);
        in.readBytes(scratch, 0, n);
        int consumed = machine.receive(scratch, 0, n);
        keep(scratch, consumed, n);
      } else {
        append(in, n);
        decodePartial();
      }
    } finally {
      in.release();
    }
  }

  private void keep(byte[] from, int start, int end) {
    partialBytes = end - start;
    partial = partialBytes == 0 ? NOTHING : Arrays.copyOfRange(from, start, end);
  }

  private void append(ByteBuf in, int n) {
    if (partial.length < partialBytes + n) {
      partial = Arrays.copyOf(partial, Math.max(partialBytes + n, partial.length * 2));
    }
    in.readBytes(partial, partialBytes, n);
    partialBytes += n;
  }

  private void decodePartial() {
    if (pausedByMachine || partialBytes < machine.bytesNeeded()) {
      return;
    }
    byte[] bytes = partial;
    int end = partialBytes;
    int consumed = machine.receive(bytes, 0, end);
    if (consumed > 0) {
      keep(bytes, consumed, end);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (runner.isBlocked() && channel().config().isAutoRead()) {
      channel().config().setAutoRead(false);
      runner.addPaused(this);
    }
  }

  @Override
  public void readAgain() {
    if (!pausedByMachine) {
      channel().config().setAutoRead(true);
    }
  }

  @Override
  public void pause(boolean paused) {
    if (pausedByMachine == paused) {
      return;
    }
    pausedByMachine = paused;
    channel().config().setAutoRead(!paused);
    if (!paused) {
      // Not from within the machine's own step.
      channel().eventLoop().execute(() -> {
        runner.enter();
        if (!closing) {
          decodePartial();
        }
      });
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    runner.enter();
    closing = true;
    releaseSink();
    account(0);
    machine.closed();
    partial = NOTHING;
    partialBytes = 0;
    onClosed.run();
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    runner.enter();
    if (cause instanceof java.io.IOException || cause instanceof io.netty.handler.codec.DecoderException) {
      // The peer or the path to it failed; the machine hears of it as a closed connection.
      ctx.close();
    } else {
      machine.failed(cause);
    }
  }

  // --- outward ------------------------------------------------------------------------------------------------------

  @Override
  public ByteSink sink() {
    ByteSink s = sink;
    if (s == null) {
      s = runner.takeSink();
      sink = s;
    } else if (s.size() >= WRITE_AT_BYTES) {
      write(s);
    }
    if (!dirty) {
      dirty = true;
      runner.addDirty(this);
    }
    return s;
  }

  @Override
  public int unsentBytes() {
    long pending = pending();
    ByteSink s = sink;
    long unsent = pending + (s == null ? 0 : s.size());
    if (unsent >= MqttConnection.ROOM_AGAIN_BYTES) {
      askedForRoom = true;
    }
    if (pending >= BEHIND_BYTES && runner.isOutputFull()) {
      askedForRoom = true;
      return Integer.MAX_VALUE; // all together are too far behind, and this is one of those who are
    }
    return (int) Math.min(Integer.MAX_VALUE, unsent);
  }

  private long pending() {
    ChannelOutboundBuffer out = channel().unsafe().outboundBuffer();
    return out == null ? 0 : out.totalPendingWriteBytes();
  }

  /// Tells the loop what its sum of unsent bytes has to know.
  private void account(long pending) {
    if (pending != accounted) {
      runner.unsent(pending - accounted);
      accounted = pending;
    }
  }

  private void write(ByteSink s) {
    int n = s.size();
    if (n == 0) {
      return;
    }
    Channel c = channel();
    if (!c.isActive()) {
      s.reset();
      return;
    }
    ByteBuf buf = c.alloc().directBuffer(n);
    buf.writeBytes(s.array(), 0, n);
    runner.broker().counters().add(Counter.BYTES_SENT, n);
    c.write(buf, c.voidPromise());
    s.reset();
  }

  /// Sends what the cycle wrote.
  @Override
  public void flushCycle() {
    dirty = false;
    ByteSink s = sink;
    if (s != null) {
      sink = null;
      write(s);
      runner.giveBack(s);
    }
    Channel c = channel();
    c.flush();
    account(pending());
    if (closing) {
      closeAfterFlush(c);
    } else {
      roomAgain();
    }
  }

  private void roomAgain() {
    if (askedForRoom && unsentBytes() < MqttConnection.ROOM_AGAIN_BYTES) {
      askedForRoom = false;
      machine.roomAgain();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    runner.enter();
    account(closing ? 0 : pending());
    if (channel().isWritable() && !closing) {
      roomAgain();
    }
  }

  @Override
  public void close() {
    if (closing) {
      return;
    }
    closing = true;
    if (!dirty) {
      closeAfterFlush(channel());
    }
  }

  private static void closeAfterFlush(Channel c) {
    if (!c.isActive()) {
      return;
    }
    c.writeAndFlush(c.alloc().buffer(0, 0)).addListener(ChannelFutureListener.CLOSE);
    c.eventLoop().schedule(() -> {
      if (c.isOpen()) {
        c.close();
      }
    }, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void releaseSink() {
    ByteSink s = sink;
    if (s != null) {
      sink = null;
      runner.giveBack(s);
    }
  }
}

package io.trivet.net.host;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.ReferenceCountUtil;
import io.trivet.broker.Counter;
import io.trivet.mqtt.codec.ByteSink;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Joins a Netty channel to the machine of a protocol: bytes in, bytes out, once a cycle.
///
/// Bytes are copied once from the channel's buffer into the loop's scratch array, where the decoder works; what is
/// left of a packet cut off waits in an array of its own that grows only with what has really come. Bytes out gather
/// in a sink lent by the loop for the cycle, so an idle connection holds neither.
abstract class MachineChannel extends ChannelInboundHandlerAdapter implements CycleMember {
  /// A sink this full is written at once, not at the end of the cycle.
  private static final int WRITE_AT_BYTES = 64 << 10;

  /// How long what was written last, such as a DISCONNECT, may take to leave.
  private static final long CLOSE_MILLIS = 2_000;

  /// A client with more than this unsent is behind; its channel tells when that has shrunk.
  private static final long BEHIND_BYTES = 64 << 10;

  private static final byte[] NOTHING = new byte[0];

  private final LoopRunner runner;
  private final int roomAgainBytes;
  private final boolean wholeMessages;
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

  /// @param roomAgainBytes how little has to wait before a machine that asked for room hears of it
  /// @param wholeMessages whether each buffer read is one message, which the machine consumes whole, also while paused
  MachineChannel(LoopRunner runner, int roomAgainBytes, boolean wholeMessages, Runnable onClosed) {
    this.runner = runner;
    this.roomAgainBytes = roomAgainBytes;
    this.wholeMessages = wholeMessages;
    this.onClosed = onClosed;
    runner.enter();
  }

  // --- the machine --------------------------------------------------------------------------------------------------

  /// @return how many bytes were consumed
  abstract int receive(byte[] bytes, int from, int to);

  /// How many bytes the machine's next step needs at least.
  abstract int bytesNeeded();

  /// Something of ours went wrong.
  abstract void failed(Throwable fault);

  /// The machine once asked for too much; now there is room again.
  abstract void roomAgain();

  /// The channel is gone.
  abstract void gone();

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
  }

  final Channel channel() {
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
      if (partialBytes == 0 && (wholeMessages || !pausedByMachine)) {
        byte[] scratch = runner.scratch(n);
        in.readBytes(scratch, 0, n);
        int consumed = receive(scratch, 0, n);
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
    if (pausedByMachine || partialBytes < bytesNeeded()) {
      return;
    }
    byte[] bytes = partial;
    int end = partialBytes;
    int consumed = receive(bytes, 0, end);
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
  public final void readAgain() {
    if (!pausedByMachine) {
      channel().config().setAutoRead(true);
    }
  }

  /// Stops or resumes the feeding of bytes.
  public final void pause(boolean paused) {
    if (pausedByMachine == paused) {
      return;
    }
    pausedByMachine = paused;
    if (paused) {
      channel().config().setAutoRead(false);
    } else {
      // Not from within the machine's own step.
      channel().eventLoop().execute(this::resume);
    }
  }

  private void resume() {
    runner.enter();
    if (!closing) {
      decodePartial();
    }
    readAgain();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    runner.enter();
    closing = true;
    releaseSink();
    account(0);
    gone();
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
      failed(cause);
    }
  }

  // --- outward ------------------------------------------------------------------------------------------------------

  /// Where to write to; what stands in it at the end of the cycle is sent.
  public final ByteSink sink() {
    ByteSink s = sink;
    if (s == null) {
      s = runner.takeSink();
      sink = s;
    } else if (s.size() >= WRITE_AT_BYTES) {
      write(s);
    }
    flushLater();
    return s;
  }

  private void flushLater() {
    if (!dirty) {
      dirty = true;
      runner.addDirty(this);
    }
  }

  /// Writes one buffer with its borders kept; it leaves at the end of the cycle.
  final void writeWhole(byte[] message) {
    if (channel().isActive()) {
      write(message, message.length);
      flushLater();
    }
  }

  /// Bytes written but not yet taken by the peer's socket.
  public final int unsentBytes() {
    long pending = pending();
    ByteSink s = sink;
    long unsent = pending + (s == null ? 0 : s.size());
    if (unsent >= roomAgainBytes) {
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
    if (channel().isActive()) {
      write(s.array(), n);
    }
    s.reset();
  }

  private void write(byte[] bytes, int n) {
    Channel c = channel();
    ByteBuf buf = c.alloc().directBuffer(n);
    buf.writeBytes(bytes, 0, n);
    runner.broker().counters().add(Counter.BYTES_SENT, n);
    c.write(buf, c.voidPromise());
  }

  /// Sends what the cycle wrote.
  @Override
  public final void flushCycle() {
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
      tellOfRoom();
    }
  }

  private void tellOfRoom() {
    if (askedForRoom && unsentBytes() < roomAgainBytes) {
      askedForRoom = false;
      roomAgain();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    runner.enter();
    account(closing ? 0 : pending());
    if (channel().isWritable() && !closing) {
      tellOfRoom();
    }
  }

  /// Closes once everything written was sent, or has had its time.
  public final void close() {
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

package io.trivet.net.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.trivet.broker.Peer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;

/// Listeners with a handler behind them that gives back what it gets, and ends the connection after a `!`. A client
/// that begins with a CONNECT is told it is welcome instead, and what it sends is kept.
@NullMarked
final class TestServer implements AutoCloseable {
  final SteppedClock clock = new SteppedClock();
  final TransportCounters counters = new TransportCounters();
  final BlockingQueue<Peer> peers = new LinkedBlockingQueue<>();
  final BlockingQueue<String> threads = new LinkedBlockingQueue<>();
  final BlockingQueue<Failure> failures = new LinkedBlockingQueue<>();
  final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  final Admission admission;
  final Listeners listeners;
  private final MultiThreadIoEventLoopGroup group = EventLoops.open(2);

  record Failure(InetSocketAddress address, Enum<?> why, String what) {}

  TestServer(AdmissionLimits limits, Optional<TlsMaterial> tls, Optional<PskLookup> psk) {
    admission = new Admission(limits, clock, 7);
    SetupWatcher watcher = new SetupWatcher() {
      @Override
      public void refused(InetSocketAddress address, String listener, Refusal why) {
        failures.add(new Failure(address, why, ""));
      }

      @Override
      public void failed(InetSocketAddress address, String listener, SetupFailure why, String what) {
        failures.add(new Failure(address, why, what));
      }
    };
    listeners = new Listeners(group, new TransportPorts(this::open, admission, counters, watcher,
        b -> new java.security.SecureRandom().nextBytes(b)), tls, psk);
  }

  TestServer() {
    this(AdmissionLimits.DEFAULT, Optional.empty(), Optional.empty());
  }

  static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  }

  static ListenerSpec spec(ListenerSpec.Kind kind) {
    return ListenerSpec.of("test", loopback(), kind);
  }

  int open(ListenerSpec spec) throws IOException {
    return listeners.open(spec).address().getPort();
  }

  private ChannelHandler open(Channel channel, Peer peer) {
    peers.add(peer);
    threads.add(Thread.currentThread().getName());
    return new Echo();
  }

  Peer peer() throws InterruptedException {
    Peer p = peers.poll(10, TimeUnit.SECONDS);
    if (p == null) {
      throw new AssertionError("nobody arrived; failures: " + failures);
    }
    return p;
  }

  Failure failure() throws InterruptedException {
    Failure f = failures.poll(10, TimeUnit.SECONDS);
    if (f == null) {
      throw new AssertionError("nobody failed");
    }
    return f;
  }

  @Override
  public void close() {
    listeners.close();
    // A moment for what the loops were told to do when the last connection closed: what they then refuse is never released.
    group.shutdownGracefully(50, 5_000, TimeUnit.MILLISECONDS).syncUninterruptibly();
  }

  static InetSocketAddress at(String literal, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(literal), port);
  }

  static Socket call(int port) throws IOException {
    return new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  /// Sends a line and reads as many bytes back.
  static String exchange(Socket socket, String text) throws IOException {
    socket.setSoTimeout(10_000);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return new String(socket.getInputStream().readNBytes(bytes.length), StandardCharsets.UTF_8);
  }

  /// Whether the other side ended the connection, by a reset or in order.
  static boolean ended(Socket socket) throws IOException {
    socket.setSoTimeout(10_000);
    try {
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketTimeoutException e) {
      throw e;
    } catch (IOException _) {
      return true;
    }
  }

  /// Writes and flushes the way the protocol's handler does: void promises, one flush a read cycle.
  private final class Echo extends ChannelInboundHandlerAdapter {
    private boolean last;
    private boolean first = true;
    private boolean mqtt;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      ByteBuf in = (ByteBuf) msg;
      mqtt |= first && in.getByte(in.readerIndex()) == 0x10;
      if (mqtt) {
        if (first) {
          ctx.channel().write(Unpooled.wrappedBuffer(new byte[] {0x20, 2, 0, 0}), ctx.voidPromise());
        }
        received.add(in.toString(StandardCharsets.ISO_8859_1));
        first = false;
        in.release();
        return;
      }
      first = false;
      last |= in.indexOf(in.readerIndex(), in.writerIndex(), (byte) '!') >= 0;
      ctx.channel().write(in, ctx.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.channel().flush();
      if (last) {
        Channel c = ctx.channel();
        c.writeAndFlush(c.alloc().buffer(0, 0)).addListener(io.netty.channel.ChannelFutureListener.CLOSE);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}

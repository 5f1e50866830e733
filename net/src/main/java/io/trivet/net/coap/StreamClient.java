package io.trivet.net.coap;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.trivet.base.Clock;
import io.trivet.base.Randomness;
import io.trivet.broker.Counters;
import io.trivet.broker.Peer;
import io.trivet.broker.TransportIdentity;
import io.trivet.broker.Watcher;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Code;
import io.trivet.coap.Handler;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import io.trivet.coap.stream.StreamConnection;
import io.trivet.coap.stream.StreamEndpoint;
import io.trivet.coap.stream.StreamLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;

/// A connection to a CoAP server over TCP, TLS or WebSocket (RFC 8323), on a thread of its own.
///
/// [#send(Request, Duration)] and [#observe] block and may be called from any thread. Layers such as block-wise transfer
/// stand on [#requester()], which like all of CoAP belongs to [#loop()].
public final class StreamClient implements AutoCloseable {
  private static final Handler NOTHING_HERE = e -> e.respond(Response.of(Code.NOT_FOUND));

  private final MultiThreadIoEventLoopGroup group;
  private final Channel channel;
  private final ClientLoop loop;
  private final StreamConnection machine;

  private StreamClient(
      MultiThreadIoEventLoopGroup group, Channel channel, ClientLoop loop, StreamConnection machine) {
    this.group = group;
    this.channel = channel;
    this.loop = loop;
    this.machine = machine;
  }

  /// How to reach a server and prove each other.
  ///
  /// @param server such as `coap+tcp://host:5683`, `coaps+tcp://`, `coap+ws://` or `coaps+ws://`; its path and query do
  ///     not count
  /// @param tls for the schemes of TLS: whom the client trusts and what it proves itself with
  /// @param patience how long all handshakes together may take
  public record Call(URI server, Optional<SSLContext> tls, StreamLimits limits, Duration patience) {
    public static Call plain(URI server) {
      return new Call(server, Optional.empty(), StreamLimits.DEFAULT, Duration.ofSeconds(10));
    }

    public static Call secured(URI server, SSLContext tls) {
      return new Call(server, Optional.of(tls), StreamLimits.DEFAULT, Duration.ofSeconds(10));
    }
  }

  /// Calls a server, and waits until it has said what it takes.
  ///
  /// @throws IOException where it cannot be reached, or a handshake fails
  /// @throws IllegalArgumentException where the URI names no such server, or its scheme needs a TLS context
  public static StreamClient connect(Call call, Clock clock, Randomness randomness) throws IOException {
    StreamScheme scheme = StreamScheme.of(call.server());
    InetSocketAddress address = new InetSocketAddress(call.server().getHost(), scheme.port(call.server()));
    if (address.isUnresolved()) {
      throw new java.net.UnknownHostException(call.server().getHost());
    }
    MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      ClientLoop loop = new ClientLoop((io.netty.channel.EventLoop) group.next(), clock, randomness);
      StreamEndpoint endpoint =
          new StreamEndpoint(loop, call.limits(), new Counters(), Watcher.NONE, NOTHING_HERE);
      CompletableFuture<StreamConnection> ready = new CompletableFuture<>();
      Channel channel = channel(call, scheme, address, group, endpoint, ready);
      StreamConnection machine = await(ready, call.patience());
      return new StreamClient(group, channel, loop, machine);
    } catch (IOException | RuntimeException e) {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw e;
    }
  }

  private static Channel channel(Call call, StreamScheme scheme, InetSocketAddress address,
      MultiThreadIoEventLoopGroup group, StreamEndpoint endpoint, CompletableFuture<StreamConnection> ready)
      throws IOException {
    Peer peer = new Peer(address, scheme.title(), scheme.isSecured(), "", TransportIdentity.NONE);
    ChannelFuture connected = new Bootstrap()
        .group(group)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(call.patience().toMillis()))
        .handler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel ch) {
            ch.pipeline().addLast(new ClientSetup(call, scheme, ready,
                () -> new ClientChannel(ch, endpoint, scheme.framing(), peer)));
          }
        })
        .connect(address).awaitUninterruptibly();
    if (!connected.isSuccess()) {
      throw connected.cause() instanceof IOException e ? e : new IOException(connected.cause());
    }
    return connected.channel();
  }

  private static <T> T await(CompletableFuture<T> result, Duration patience) throws IOException {
    try {
      return result.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new java.net.SocketTimeoutException("no answer within " + patience.toMillis() + " ms");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    }
  }

  /// The loop that [#requester()] and all that it tells belong to.
  public CoapLoop loop() {
    return loop;
  }

  /// To be used on [#loop()] only.
  public Requester requester() {
    return machine.requester();
  }

  /// The server; to be used on [#loop()] only.
  public CoapPeer peer() {
    return machine.peer();
  }

  /// Why the server ended the connection, where it said so.
  public String peersReason() {
    return machine.peersReason();
  }

  public boolean isOpen() {
    return channel.isActive();
  }

  /// Sends a request and waits for its response.
  ///
  /// @throws IOException where none comes in time, or the connection ends before
  /// @throws IllegalArgumentException where the request is longer than the server takes in one message
  public Response send(Request request, Duration patience) throws IOException {
    CompletableFuture<Response> answer = new CompletableFuture<>();
    loop.later(() -> begin(request, answer::complete, answer::completeExceptionally));
    return await(answer, patience);
  }

  private Requester.Pending begin(Request request, Consumer<Response> heard, Consumer<Throwable> failed) {
    try {
      return machine.requester().send(request, new Requester.Replies() {
        @Override
        public void response(Response response, CoapPeer from) {
          heard.accept(response);
        }

        @Override
        public void failed(Requester.Failure failure) {
          String why = machine.peersReason();
          failed.accept(new IOException(
              failure == Requester.Failure.TIMED_OUT ? "no response came" : "the connection has ended: " + why));
        }
      });
    } catch (IllegalArgumentException e) {
      failed.accept(e);
      return () -> {};
    }
  }

  /// An observation under way.
  @FunctionalInterface
  public interface Observation extends AutoCloseable {
    @Override
    void close();
  }

  /// Observes: each response is told on the client's thread.
  ///
  /// @param request with the Observe option
  /// @param ended told why nothing more comes
  /// @throws IOException where the connection has ended
  public Observation observe(Request request, Consumer<Response> heard, Consumer<Throwable> ended)
      throws IOException {
    CompletableFuture<Requester.Pending> begun = new CompletableFuture<>();
    loop.later(() -> begun.complete(begin(request, heard, ended)));
    Requester.Pending pending = await(begun, Duration.ofSeconds(10));
    return () -> loop.later(pending::cancel);
  }

  /// Releases the connection: what waits is answered first, within [StreamLimits#releaseDeadline()].
  @Override
  public void close() {
    try {
      if (channel.isActive()) {
        loop.later(machine::release);
        channel.closeFuture().awaitUninterruptibly(machine.isReady() ? 3_000 : 0);
      }
    } finally {
      channel.close();
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }
}

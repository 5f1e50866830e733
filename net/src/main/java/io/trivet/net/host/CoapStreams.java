package io.trivet.net.host;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Handler;
import io.trivet.coap.stream.Framing;
import io.trivet.coap.stream.StreamConnection;
import io.trivet.coap.stream.StreamEndpoint;
import io.trivet.coap.stream.StreamLimits;
import io.trivet.net.transport.ConnectionOpener;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// CoAP over TCP, TLS and WebSocket on the loops of a [BrokerHost]. Give [#overTcp()] and [#overWebSocket()] to the
/// listeners as what follows the transport.
public final class CoapStreams {
  private final PrincipalOf principals;
  private final IdentityHashMap<EventLoop, OnLoop> loops = new IdentityHashMap<>();
  private final AtomicInteger connections = new AtomicInteger();

  /// @param handlers of each loop its own
  CoapStreams(List<CoapOnLoop> onLoops, List<Handler> handlers, StreamLimits limits, PrincipalOf principals) {
    this.principals = principals;
    for (int i = 0; i < onLoops.size(); i++) {
      CoapOnLoop loop = onLoops.get(i);
      loops.put(loop.eventLoop(), new OnLoop(loop.runner(), new StreamEndpoint(loop, limits, loop.broker().counters(),
          loop.broker().broker().watcher(), handlers.get(i))));
    }
  }

  /// One loop's connections; used on that loop only.
  private static final class OnLoop {
    private final LoopRunner runner;
    private final StreamEndpoint endpoint;
    private final Set<CoapChannel> open = Collections.newSetFromMap(new IdentityHashMap<>());

    OnLoop(LoopRunner runner, StreamEndpoint endpoint) {
      this.runner = runner;
      this.endpoint = endpoint;
    }
  }

  /// What follows TCP, TLS or TLS-PSK.
  public ConnectionOpener overTcp() {
    return (channel, peer) -> open(channel, peer, Framing.LENGTH);
  }

  /// What follows a WebSocket whose listener speaks CoAP, so that each buffer is one message.
  public ConnectionOpener overWebSocket() {
    return (channel, peer) -> open(channel, peer, Framing.WEB_SOCKET);
  }

  private ChannelHandler open(Channel channel, Peer peer, Framing framing) {
    OnLoop loop = loops.get(channel.eventLoop());
    if (loop == null) {
      throw new IllegalArgumentException("a channel of another group");
    }
    Optional<Principal> principal = principals.of(peer);
    connections.incrementAndGet();
    CoapChannel[] self = new CoapChannel[1];
    CoapChannel opened = new CoapChannel(loop.runner, loop.endpoint, framing, peer, principal, () -> {
      connections.decrementAndGet();
      loop.open.remove(self[0]);
    });
    self[0] = opened;
    loop.open.add(opened);
    return opened;
  }

  /// Open connections, those included that have not said what they take.
  public int connections() {
    return connections.get();
  }

  /// Ends connections at once, such as those of a device that is not trusted any more.
  ///
  /// @param why for the peer's eyes
  /// @return how many there were, once all loops have looked
  public CompletableFuture<Integer> abortWhere(Predicate<CoapPeer> which, String why) {
    return onEach(which, c -> c.abort(why));
  }

  /// Asks every peer for an orderly end, as before a stop: what waits is answered, then, or after
  /// [StreamLimits#releaseDeadline()], the connection closes.
  ///
  /// @return how many there were, once all were asked
  public CompletableFuture<Integer> releaseAll() {
    return onEach(_ -> true, StreamConnection::release);
  }

  private CompletableFuture<Integer> onEach(Predicate<CoapPeer> which, Consumer<StreamConnection> act) {
    CompletableFuture<Integer> sum = CompletableFuture.completedFuture(0);
    for (OnLoop loop : loops.values()) {
      CompletableFuture<Integer> one = new CompletableFuture<>();
      loop.runner.eventLoop().execute(() -> {
        loop.runner.enter();
        List<CoapChannel> meant = loop.open.stream().filter(c -> which.test(c.machine().peer())).toList();
        meant.forEach(c -> act.accept(c.machine()));
        one.complete(meant.size());
      });
      sum = sum.thenCombine(one, Integer::sum);
    }
    return sum;
  }
}

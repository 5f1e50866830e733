package io.trivet.net.host;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.trivet.base.Clock;
import io.trivet.broker.Broker;
import io.trivet.broker.BrokerLoop;
import io.trivet.broker.Decider;
import io.trivet.broker.Limits;
import io.trivet.broker.Message;
import io.trivet.broker.Peer;
import io.trivet.broker.Session;
import io.trivet.broker.SessionEnd;
import io.trivet.broker.Store;
import io.trivet.broker.Watcher;
import io.trivet.mqtt.MqttContext;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;

/// The broker on a group of Netty event loops: one [BrokerLoop] for each.
///
/// Give [#open] to the listeners as what follows the transport.
public final class BrokerHost {
  private final Broker broker;
  private final IdentityHashMap<EventExecutor, LoopRunner> runners = new IdentityHashMap<>();
  private final LoopRunner[] byIndex;
  private final AtomicInteger connections = new AtomicInteger();
  private volatile MqttContext context;

  /// @param group all its loops take part; the caller shuts it down
  public BrokerHost(
      EventLoopGroup group,
      Limits limits,
      Decider decider,
      Store store,
      Watcher watcher,
      MqttContext context,
      Clock clock) {
    int loops = 0;
    for (EventExecutor executor : group) {
      runners.put(executor, new LoopRunner((EventLoop) executor, clock));
      loops++;
    }
    this.byIndex = new LoopRunner[loops];
    int index = 0;
    for (EventExecutor executor : group) {
      byIndex[index++] = runner(executor);
    }
    this.context = context;
    this.broker =
        new Broker(loops, limits, decider, store, watcher, _ -> (to, mail) -> byIndex[to].post(mail));
    broker.recover(clock.monotonicNanos(), clock.wallMillis());
    for (int i = 0; i < loops; i++) {
      byIndex[i].start(broker.loop(i));
    }
  }

  private LoopRunner runner(EventExecutor executor) {
    LoopRunner r = runners.get(executor);
    if (r == null) {
      throw new IllegalArgumentException("a channel of another group");
    }
    return r;
  }

  public Broker broker() {
    return broker;
  }

  /// New connections follow these settings.
  public void context(MqttContext newContext) {
    context = newContext;
  }

  public MqttContext context() {
    return context;
  }

  /// The handler that speaks MQTT on a channel whose transport is ready; called on the channel's event loop.
  public ChannelHandler open(Channel channel, Peer peer) {
    connections.incrementAndGet();
    return new MqttChannel(runner(channel.eventLoop()), context, peer, connections::decrementAndGet);
  }

  /// Puts CoAP on the same loops.
  public CoapHost coap(CoapContext coap) {
    return new CoapHost(List.of(byIndex), coap);
  }

  /// Open connections that speak MQTT, with a session or without one yet.
  public int connections() {
    return connections.get();
  }

  /// Publishes for the server itself.
  public void publish(Message m) {
    byIndex[0].eventLoop().execute(() -> {
      byIndex[0].enter();
      broker.loop(0).router().publishOwn(m);
    });
  }

  /// Ends the connections of the sessions that `which` names.
  ///
  /// @param forget whether the sessions end as well, with their wills unsent
  /// @return how many connections ended, once all loops have looked
  public CompletableFuture<Integer> disconnect(Predicate<Session> which, SessionEnd why, boolean forget) {
    return onEachLoop(loop -> loop.sessions().disconnect(which, why, forget));
  }

  /// How many loops wait for the store or for one another, each asked at a moment of its own: what one has sent the next
  /// may still be on its way, so that only several zeros in a row say that all is done.
  public CompletableFuture<Integer> unsettled() {
    return onEachLoop(loop -> byIndex[loop.index()].isSettled() ? 0 : 1);
  }

  /// Asks every loop and adds up the answers.
  public CompletableFuture<Integer> onEachLoop(Function<BrokerLoop, Integer> work) {
    CompletableFuture<Integer> sum = CompletableFuture.completedFuture(0);
    for (LoopRunner r : byIndex) {
      CompletableFuture<Integer> one = new CompletableFuture<>();
      r.eventLoop().execute(() -> {
        r.enter();
        try {
          one.complete(work.apply(r.broker()));
        } catch (RuntimeException | AssertionError fault) {
          one.completeExceptionally(fault);
        }
      });
      sum = sum.thenCombine(one, Integer::sum);
    }
    return sum;
  }
}

package io.trivet.coap.pubsub;

import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import io.trivet.broker.Broker;
import io.trivet.broker.BrokerLoop;
import io.trivet.broker.ClientId;
import io.trivet.broker.Decider;
import io.trivet.broker.Limits;
import io.trivet.broker.Mail;
import io.trivet.broker.MemoryStore;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.Outlet;
import io.trivet.broker.Principal;
import io.trivet.broker.PublishResult;
import io.trivet.broker.QoS;
import io.trivet.broker.Session;
import io.trivet.broker.SessionEnd;
import io.trivet.broker.SubscribeRequest;
import io.trivet.broker.SubscriptionFilter;
import io.trivet.broker.Timers;
import io.trivet.broker.TopicFilter;
import io.trivet.broker.TopicName;
import io.trivet.broker.Watcher;
import io.trivet.coap.CoapLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/// A broker of one loop under stepped time, with an MQTT-like client beside CoAP.
final class BrokerStage implements CoapLoop {
  final Broker broker;
  final BrokerLoop loop;
  Predicate<String> denied = _ -> false;
  private final Deque<Mail> mail = new ArrayDeque<>();
  private final Random random = new Random(7);
  private long generation;
  private long nanos = 1_000_000_000L;

  BrokerStage() {
    this(Limits.DEFAULT);
  }

  BrokerStage(Limits limits) {
    broker = new Broker(1, limits, new Rules(), new MemoryStore(), Watcher.NONE, _ -> (_, m) -> mail.add(m));
    loop = broker.loop(0);
    loop.beginCycle(nanos, wallMillis());
  }

  private final class Rules implements Decider {
    private Decision judge(String what) {
      return denied.test(what) ? new Decision.Deny("test") : Decision.ALLOW_ONCE;
    }

    @Override
    public Decision publish(Principal who, ClientId clientId, Message message) {
      return judge("publish " + message.topic());
    }

    @Override
    public Decision subscribe(Principal who, ClientId clientId, TopicFilter filter, QoS qos) {
      return judge("subscribe " + filter);
    }

    @Override
    public Decision deliver(Principal receiver, ClientId clientId, Message message) {
      return judge("deliver " + message.topic());
    }

    @Override
    public long generation() {
      return ++generation;
    }
  }

  /// Runs cycles until nothing is left to do.
  void settle() {
    do {
      loop.endCycle();
      loop.beginCycle(nanos, wallMillis());
      for (Mail m = mail.poll(); m != null; m = mail.poll()) {
        loop.receive(m);
      }
      loop.tick();
    } while (!loop.isSettled() || !mail.isEmpty());
  }

  void advance(long seconds) {
    nanos += seconds * 1_000_000_000L;
    settle();
  }

  /// Publishes as a client of another protocol would.
  PublishResult publish(String topic, String payload, QoS qos, boolean retain) {
    return publish(topic, payload, qos, retain, MessageProperties.NONE, Message.NEVER);
  }

  PublishResult publish(String topic, String payload, QoS qos, boolean retain, MessageProperties p, long expires) {
    ClientId id = new ClientId("mqtt");
    Session from = loop.sessions().unlisted(id, Principal.ANONYMOUS);
    PublishResult r = loop.router().publish(from,
        new Message(TopicName.of(topic), Bytes.utf8(payload), qos, retain, p, expires, id), (_, _) -> {}, 1);
    settle();
    return r;
  }

  /// A subscriber of another protocol; takes every message as it comes.
  List<Message> subscriber(String filter, QoS qos) {
    List<Message> got = new ArrayList<>();
    Session[] session = new Session[1];
    Outlet outlet = new Outlet() {
      @Override
      public int unsentBytes() {
        return 0;
      }

      @Override
      public boolean publish(Message m, QoS q, boolean dup, boolean retain, int packetId, int[] ids) {
        got.add(m);
        if (q == QoS.AT_LEAST_ONCE) {
          later(() -> session[0].acknowledged(packetId));
        }
        return true;
      }

      @Override
      public void pubRel(int packetId) {
        throw new AssertionError("no QoS 2 here");
      }

      @Override
      public void end(SessionEnd why) {}
    };
    session[0] = loop.sessions().unlisted(new ClientId("subscriber"), Principal.ANONYMOUS, outlet, 10);
    loop.sessions().subscribe(session[0], List.of(new SubscribeRequest(SubscriptionFilter.of(filter), qos, false, false,
        SubscribeRequest.RetainHandling.SEND, 0)), _ -> {});
    settle();
    return got;
  }

  @Override
  public long nowNanos() {
    return nanos;
  }

  @Override
  public long wallMillis() {
    return 1_800_000_000_000L + nanos / 1_000_000;
  }

  @Override
  public Timers timers() {
    return loop.timers();
  }

  @Override
  public Randomness randomness() {
    return random::nextBytes;
  }

  @Override
  public void later(Runnable work) {
    loop.later(_ -> work.run());
  }
}

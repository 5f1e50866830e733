package io.trivet.cli.client;

import io.trivet.broker.QoS;
import io.trivet.mqtt.codec.ConnAck;
import io.trivet.mqtt.codec.Disconnect;
import io.trivet.mqtt.codec.Encoder;
import io.trivet.mqtt.codec.Packet;
import io.trivet.mqtt.codec.PingReq;
import io.trivet.mqtt.codec.PingResp;
import io.trivet.mqtt.codec.PubAck;
import io.trivet.mqtt.codec.PubComp;
import io.trivet.mqtt.codec.PubRec;
import io.trivet.mqtt.codec.PubRel;
import io.trivet.mqtt.codec.Publish;
import io.trivet.mqtt.codec.ReasonCode;
import io.trivet.mqtt.codec.SubAck;
import io.trivet.mqtt.codec.Subscribe;
import io.trivet.mqtt.codec.Subscription;
import io.trivet.mqtt.codec.UnsubAck;
import io.trivet.mqtt.codec.Version;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One connection to a server, blocking: what is asked returns when it is answered, or throws why it was not.
///
/// Messages come on a thread of the client's own, see [Receiver]; a message is acknowledged once it was taken, so one
/// above QoS 0 that nobody took comes again to a session that lasts. The client holds to the server's receive maximum,
/// packet size and keep alive, and takes no topic aliases.
public final class MqttClient implements AutoCloseable {
  private static final int IDS = 65_535;
  private static final int WINDOW_MAX = 1_000;

  /// Before 5.0 a server cannot say how many it takes; more than this some answer by closing.
  private static final int WINDOW_UNTOLD = 20;

  private static final long LAST_WORD_NANOS = 500_000_000;

  private final ClientSettings settings;
  private final Link link;
  private final PacketStream stream;
  private final Receiver receiver;
  private final ConnAck connAck;
  private final int window;

  /// Guarded by itself: what waits for an answer, by packet id.
  private final Map<Integer, Exchange> exchanges = new HashMap<>();

  /// Of the reading thread: QoS 2 messages taken and not yet released (MQTT 5.0, section 4.3.3, method B).
  private final Set<Integer> taken = new HashSet<>();

  /// Held while a packet is dealt with, so that a message which was taken is acknowledged before the goodbye.
  private final ReentrantLock dealing = new ReentrantLock();

  private int publishing;
  private int lastId;
  private boolean closing;
  private @Nullable IOException failure;

  private MqttClient(
      ClientSettings settings, Link link, PacketStream stream, Receiver receiver, ConnAck connAck) {
    this.settings = settings;
    this.link = link;
    this.stream = stream;
    this.receiver = receiver;
    this.connAck = connAck;
    this.window = settings.version() == Version.V5
        ? Math.min(connAck.receiveMaximum(), WINDOW_MAX) : WINDOW_UNTOLD;
  }

  /// Connects and is accepted.
  ///
  /// @throws ClientFailure where there is no way there, or the server refuses
  public static MqttClient connect(Endpoint to, Protection protection, ClientSettings settings, Receiver receiver)
      throws IOException {
    Link link = Links.open(to, protection, settings.patience());
    try {
      PacketStream stream = new PacketStream(link, settings.version());
      ConnAck a = new Handshake(settings, stream).complete();
      link.patience(Duration.ZERO);
      MqttClient c = new MqttClient(settings, link, stream, receiver, a);
      Thread.ofVirtual().name("mqtt-reader").start(c::read);
      Thread.ofVirtual().name("mqtt-pinger").start(c::ping);
      return c;
    } catch (java.net.SocketTimeoutException e) {
      link.close();
      throw new ClientFailure(to + ": no answer to CONNECT in " + settings.patience().toSeconds() + " s", e);
    } catch (IOException e) {
      link.close();
      throw e;
    }
  }

  /// How the server accepted.
  public ConnAck connAck() {
    return connAck;
  }

  // --- asking -------------------------------------------------------------------------------------------------------

  /// Publishes; returns once sent. [#flush()] waits until everything was acknowledged.
  ///
  /// @param message its packet identifier is chosen here
  /// @throws ClientFailure where the server cannot take it, or is gone
  public void publish(Publish message) throws IOException {
    check(message);
    if (message.qos() == QoS.AT_MOST_ONCE) {
      send(message);
      return;
    }
    int answer = message.qos() == QoS.AT_LEAST_ONCE ? 4 : 7;
    int id;
    synchronized (exchanges) {
      await(() -> publishing < window, "the acknowledgement of " + publishing + " messages");
      id = begin(new Exchange("the message to " + message.topic(), answer));
      publishing++;
    }
    send(new Publish(message.topic(), message.payload(), message.qos(), false, message.retain(), id, 0,
        message.messageExpirySeconds(), message.properties(), message.subscriptionIds()));
  }

  private void check(Publish m) throws ClientFailure {
    if (m.qos().level() > connAck.maximumQoS()) {
      throw new ClientFailure("the server takes QoS " + connAck.maximumQoS() + " at most");
    }
    if (m.retain() && !connAck.retainAvailable()) {
      throw new ClientFailure("the server keeps no retained messages");
    }
    long most = connAck.maximumPacketSize();
    if (most >= 0 && Encoder.size(m, settings.version()) > most) {
      throw new ClientFailure("the message is larger than the " + most + " bytes that the server takes");
    }
  }

  /// Waits until every message above QoS 0 was acknowledged.
  ///
  /// @throws ClientFailure where one was refused, or no answer came in time
  public void flush() throws IOException {
    synchronized (exchanges) {
      await(() -> publishing == 0, "the acknowledgement of " + publishing + " messages");
    }
  }

  /// Subscribes.
  ///
  /// @param id a subscription identifier, or 0 for none
  /// @return what was granted for each, in order; failures too
  public List<ReasonCode> subscribe(List<Subscription> all, int id) throws IOException {
    Exchange e = new Exchange("the subscription", 9);
    int packetId;
    synchronized (exchanges) {
      packetId = begin(e);
    }
    send(new Subscribe(packetId, all, id, List.of()));
    synchronized (exchanges) {
      await(e::isDone, "the answer to SUBSCRIBE");
      if (e.reasons().size() != all.size()) {
        throw new ClientFailure(
            "the server answered " + e.reasons().size() + " of " + all.size() + " subscriptions");
      }
      return e.reasons();
    }
  }

  /// Waits until the connection ends.
  ///
  /// @return whether it ended in this time
  /// @throws IOException where it ended by other than [#close()]
  public boolean awaitEnd(Duration time) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + time.toNanos();
    synchronized (exchanges) {
      while (!closing && failure == null) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        exchanges.wait(left / 1_000_000 + 1);
      }
      if (failure != null && !closing) {
        throw failure;
      }
      return true;
    }
  }

  /// Says goodbye, so that no will is published, and closes.
  @Override
  public void close() {
    boolean polite;
    synchronized (exchanges) {
      polite = failure == null && !closing;
      closing = true;
      exchanges.notifyAll();
    }
    if (polite) {
      dealing.lock();
      try {
        stream.send(Disconnect.NORMAL);
      } catch (IOException gone) {
        // The server went first: there is nobody left to say goodbye to.
        end(gone);
      } finally {
        dealing.unlock();
      }
    }
    link.close();
  }

  // --- waiting ------------------------------------------------------------------------------------------------------

  private interface Condition {
    boolean holds();
  }

  /// Within `exchanges`.
  private void await(Condition condition, String what) throws IOException {
    long deadline = System.nanoTime() + settings.patience().toNanos();
    while (!condition.holds()) {
      if (failure != null) {
        throw failure;
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new ClientFailure(what + " did not come in " + settings.patience().toSeconds() + " s");
      }
      try {
        exchanges.wait(left / 1_000_000 + 1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ClientFailure("interrupted", e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /// Within `exchanges`: there are more identifiers than the window lets be in use.
  private int begin(Exchange e) {
    do {
      lastId = lastId % IDS + 1;
    } while (exchanges.containsKey(lastId));
    exchanges.put(lastId, e);
    return lastId;
  }

  private void send(Packet p) throws IOException {
    synchronized (exchanges) {
      if (failure != null) {
        throw failure;
      }
    }
    try {
      stream.send(p);
    } catch (IOException e) {
      throw reasonOr(new ClientFailure("the connection broke: " + e.getMessage(), e));
    }
  }

  /// Why the connection ended, where the server's last word says so: it may still be on its way to the reading thread.
  private IOException reasonOr(ClientFailure otherwise) {
    long deadline = System.nanoTime() + LAST_WORD_NANOS;
    synchronized (exchanges) {
      try {
        for (long left = LAST_WORD_NANOS; failure == null && left > 0; left = deadline - System.nanoTime()) {
          exchanges.wait(left / 1_000_000 + 1);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      end(otherwise);
      return failure == null ? otherwise : failure;
    }
  }

  private void end(IOException why) {
    synchronized (exchanges) {
      if (failure == null) {
        failure = why;
      }
      exchanges.notifyAll();
    }
  }

  // --- reading ------------------------------------------------------------------------------------------------------

  private void read() {
    try {
      while (true) {
        Packet p = stream.next();
        if (p == null) {
          end(new ClientFailure("the server closed the connection"));
          return;
        }
        dealing.lock();
        try {
          on(p);
        } finally {
          dealing.unlock();
        }
      }
    } catch (IOException e) {
      end(e instanceof ClientFailure ? e : new ClientFailure("the connection broke: " + e.getMessage(), e));
    } catch (RuntimeException e) {
      end(new IOException("the client failed: " + e, e));
    }
  }

  private void on(Packet p) throws IOException {
    switch (p) {
      case Publish m -> message(m);
      case PubRel r -> {
        taken.remove(r.packetId());
        stream.send(new PubComp(r.packetId()));
      }
      case PubRec r -> received(r);
      case PubAck a -> ended(a.packetId(), 4, List.of(a.reason()), a.reasonString());
      case PubComp c -> ended(c.packetId(), 7, List.of(c.reason()), c.reasonString());
      case SubAck a -> ended(a.packetId(), 9, a.reasons(), "");
      case UnsubAck a -> ended(a.packetId(), 11, a.reasons(), "");
      case Disconnect d -> throw new ClientFailure("the server ended the connection: " + Words.of(d));
      case PingResp _ -> {} // that something came was noted where it came
      default -> throw new ClientFailure("the server sent " + p.getClass().getSimpleName() + " unasked");
    }
  }

  private void message(Publish m) throws IOException {
    if (m.topicAlias() != 0) {
      throw new ClientFailure("the server used a topic alias, which this client takes none of (MQTT-3.1.2-27)");
    }
    switch (m.qos()) {
      case AT_MOST_ONCE -> receiver.receive(m);
      case AT_LEAST_ONCE -> {
        if (receiver.receive(m)) {
          stream.send(new PubAck(m.packetId()));
        }
      }
      case EXACTLY_ONCE -> {
        if (taken.contains(m.packetId()) || receiver.receive(m)) {
          taken.add(m.packetId());
          stream.send(new PubRec(m.packetId()));
        }
      }
    }
  }

  private void received(PubRec r) throws IOException {
    synchronized (exchanges) {
      Exchange e = exchanges.get(r.packetId());
      if (e != null && e.isEndedBy(7) && r.reason().isFailure()) {
        ended(r.packetId(), 7, List.of(r.reason()), r.reasonString());
        return;
      }
    }
    // Also for one that is not known: the server holds on to it until it is released (MQTT 5.0, section 4.3.3).
    stream.send(new PubRel(r.packetId()));
  }

  private void ended(int id, int type, List<ReasonCode> reasons, String text) throws ClientFailure {
    synchronized (exchanges) {
      Exchange e = exchanges.get(id);
      if (e == null || !e.isEndedBy(type)) {
        throw new ClientFailure("the server acknowledged " + id + ", which is not under way");
      }
      exchanges.remove(id);
      e.end(reasons);
      if (type == 4 || type == 7) {
        publishing--;
        if (reasons.getFirst().isFailure() && failure == null) {
          failure = new ClientFailure(
              "the server refused " + e.what() + ": " + Words.of(reasons.getFirst(), text));
        }
      }
      exchanges.notifyAll();
    }
  }

  // --- keep alive ---------------------------------------------------------------------------------------------------

  private void ping() {
    int seconds = connAck.serverKeepAlive() >= 0 && settings.version() == Version.V5
        ? connAck.serverKeepAlive() : settings.keepAliveSeconds();
    if (seconds == 0) {
      return;
    }
    long half = Duration.ofSeconds(seconds).toNanos() / 2;
    try {
      while (!awaitEnd(Duration.ofNanos(half))) {
        long now = System.nanoTime();
        if (now - stream.lastReceivedNanos() > 3 * half) {
          end(new ClientFailure("nothing came from the server in " + seconds * 3 / 2 + " s"));
          link.close();
          return;
        }
        if (now - stream.lastSentNanos() >= half || now - stream.lastReceivedNanos() >= half) {
          stream.send(PingReq.INSTANCE);
        }
      }
    } catch (IOException e) {
      end(e); // where the connection had ended before, that reason stays
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

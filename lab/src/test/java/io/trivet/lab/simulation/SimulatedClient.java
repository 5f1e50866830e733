package io.trivet.lab.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.memory.MemoryServer;
import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Prop;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A client that keeps to the protocol on a line that does not hold: it resumes its session, sends again what was not
/// acknowledged, and answers late. What it hears it checks at once where that can be done at once.
final class SimulatedClient {
  private static final int UNACKNOWLEDGED_MAX = 10;

  /// @param qos granted
  record Wish(String filter, int qos) {}

  /// What a subscriber heard, duplicates of QoS 2 left out.
  record Heard(String topic, String payload, int qos) {}

  private enum Stage {
    AWAIT_PUBACK,
    AWAIT_PUBREC,
    AWAIT_PUBCOMP
  }

  private record Sent(String topic, String payload, int qos, boolean retain, Stage stage) {}

  final String id;
  final List<Wish> wishes;
  final List<Heard> heard = new ArrayList<>();

  /// What the server has said that it did not take.
  final Set<String> refused = new HashSet<>();

  /// What the server has acknowledged, in that order.
  final List<String> acknowledged = new ArrayList<>();
  private MemoryServer server;
  private final Version version;
  private final Random random;
  private final Map<Integer, Sent> sent = new LinkedHashMap<>();
  private final Map<Integer, String> arriving = new HashMap<>();
  private final Map<Integer, String> unanswered = new HashMap<>();
  private final Map<Long, String> aliases = new HashMap<>();
  private final Deque<Out> answers = new ArrayDeque<>();
  private @Nullable TestClient line;
  private boolean accepted;
  private boolean everAccepted;
  private boolean subscribed;
  private int receiveMaximum;
  private int lastId;

  SimulatedClient(MemoryServer server, String id, Version version, List<Wish> wishes, Random random) {
    this.server = server;
    this.id = id;
    this.version = version;
    this.wishes = wishes;
    this.random = random;
  }

  @Override
  public String toString() {
    return id + (isOnline() ? " online" : " offline") + ", unacknowledged " + sent + ", unanswered " + answers.size();
  }

  boolean isOnline() {
    return line != null && accepted;
  }

  boolean isSubscribed() {
    return subscribed;
  }

  boolean isIdle() {
    return isOnline() && sent.isEmpty() && answers.isEmpty();
  }

  /// The server is gone, and another has taken its place.
  void serverIs(MemoryServer another) {
    line = null;
    accepted = false;
    answers.clear();
    unanswered.clear();
    server = another;
  }

  /// Opens a connection, also while an earlier one is still there.
  void connect() {
    receiveMaximum = 1 + random.nextInt(20);
    Out.Connect connect = Out.connect(id).clean(false);
    if (version == Version.V5) {
      connect.prop(Prop.SESSION_EXPIRY, 100_000).prop(Prop.RECEIVE_MAXIMUM, receiveMaximum);
      if (random.nextBoolean()) {
        connect.prop(Prop.TOPIC_ALIAS_MAXIMUM, 3);
      }
    }
    aliases.clear();
    answers.clear();
    unanswered.clear();
    accepted = false;
    line = server.client(version);
    line.send(connect);
  }

  void cut() {
    TestClient l = line;
    if (l != null) {
      l.cut();
    }
    line = null;
    accepted = false;
    answers.clear();
    unanswered.clear();
  }

  /// Begins to publish, unless too much is under way.
  ///
  /// @return whether it did
  boolean publish(String topic, String payload, int qos) {
    return publish(topic, payload, qos, false);
  }

  boolean publish(String topic, String payload, int qos, boolean retain) {
    TestClient l = line;
    if (l == null || !accepted || sent.size() >= UNACKNOWLEDGED_MAX) {
      return false;
    }
    if (qos == 0) {
      l.send(publication(topic, payload, retain));
      return true;
    }
    do {
      lastId = lastId % 30 + 1; // few identifiers, so that they come round soon
    } while (sent.containsKey(lastId));
    sent.put(lastId, new Sent(topic, payload, qos, retain, qos == 1 ? Stage.AWAIT_PUBACK : Stage.AWAIT_PUBREC));
    l.send(publication(topic, payload, retain).qos(qos, lastId));
    return true;
  }

  private static Out.Publish publication(String topic, String payload, boolean retain) {
    Out.Publish p = Out.publish(topic).payload(payload);
    return retain ? p.retain() : p;
  }

  /// Sends up to `most` of the answers it owes.
  void answer(int most) {
    TestClient l = line;
    for (int n = 0; l != null && n < most && !answers.isEmpty(); n++) {
      l.send(answers.remove());
    }
  }

  /// Takes what the server sent.
  void listen() {
    TestClient l = line;
    if (l == null) {
      return;
    }
    for (In p : l.drain()) {
      take(l, p);
    }
    if (l.isClosed()) {
      line = null;
      accepted = false;
    }
  }

  private void take(TestClient l, In packet) {
    switch (packet) {
      case In.ConnAck ack -> {
        assertThat(ack.code()).isZero();
        // A session nothing was stored for yet may be lost with the server.
        assertThat(ack.sessionPresent() || !subscribed).as("session of %s", id).isTrue();
        assertThat(ack.sessionPresent() && !everAccepted).as("session of %s", id).isFalse();
        everAccepted = true;
        accepted = true;
        sendAgain(l);
        if (!subscribed) {
          Out.Subscribe all = Out.subscribe(900);
          wishes.forEach(w -> all.to(w.filter(), w.qos()));
          l.send(all);
        }
      }
      case In.SubAck s -> subscribed = s.codes().stream().allMatch(code -> code < 0x80);
      case In.Publish p -> hear(p);
      case In.PubRel r -> {
        arriving.remove(r.id());
        unanswered.remove(r.id());
        answers.add(Out.pubComp(r.id()));
      }
      case In.PubAck a -> finish(a.id(), Stage.AWAIT_PUBACK, a.code());
      case In.PubComp c -> finish(c.id(), Stage.AWAIT_PUBCOMP, 0);
      case In.PubRec r -> {
        Sent s = sent.get(r.id());
        if (r.code() >= 0x80) {
          finish(r.id(), Stage.AWAIT_PUBREC, r.code());
          return;
        }
        if (s != null && s.stage() == Stage.AWAIT_PUBREC) {
          acknowledged.add(s.payload());
        }
        if (s != null && s.stage() != Stage.AWAIT_PUBACK) {
          sent.put(r.id(), new Sent(s.topic(), s.payload(), 2, s.retain(), Stage.AWAIT_PUBCOMP));
        }
        answers.add(Out.pubRel(r.id()));
      }
      case In.Disconnect d -> assertThat(d.code()).as("taken over").isEqualTo(0x8E);
      default -> throw new AssertionError("unexpected " + packet);
    }
  }

  private void finish(int packetId, Stage stage, int code) {
    Sent s = sent.get(packetId);
    if (s != null && s.stage() == stage) {
      sent.remove(packetId);
      if (code >= 0x80) {
        refused.add(s.payload());
      } else if (stage == Stage.AWAIT_PUBACK) {
        acknowledged.add(s.payload());
      }
    }
  }

  /// Unacknowledged packets in the order they were first sent (MQTT-4.4.0-1, MQTT-4.6.0-1).
  private void sendAgain(TestClient l) {
    sent.forEach((packetId, s) -> l.send(s.stage() == Stage.AWAIT_PUBCOMP
        ? Out.pubRel(packetId)
        : publication(s.topic(), s.payload(), s.retain()).qos(s.qos(), packetId).dup()));
  }

  private void hear(In.Publish p) {
    String topic = p.props().number(Prop.TOPIC_ALIAS).map(alias -> {
      if (!p.topic().isEmpty()) {
        aliases.put(alias, p.topic());
      }
      return Objects.requireNonNull(aliases.get(alias), "an alias that was never set");
    }).orElse(p.topic());
    if (p.qos() > 0) {
      String open = unanswered.put(p.id(), p.text());
      if (open != null) {
        assertThat(p.dup() && open.equals(p.text())).as("identifier %d is in use for %s", p.id(), open).isTrue();
      }
      if (version == Version.V5) {
        assertThat(unanswered.size()).as("unacknowledged at once").isLessThanOrEqualTo(receiveMaximum);
      }
    }
    switch (p.qos()) {
      case 0 -> heard.add(new Heard(topic, p.text(), 0));
      case 1 -> {
        heard.add(new Heard(topic, p.text(), 1));
        answers.add(new Answer(p.id()));
      }
      default -> {
        String before = arriving.put(p.id(), p.text());
        if (before == null) {
          heard.add(new Heard(topic, p.text(), 2));
        } else {
          assertThat(p.text()).as("repeated under identifier %d", p.id()).isEqualTo(before);
          assertThat(p.dup()).isTrue();
        }
        answers.add(Out.pubRec(p.id()));
      }
    }
  }

  /// A PUBACK that ends the exchange for this client once it is sent.
  private final class Answer implements Out {
    private final int packetId;

    Answer(int packetId) {
      this.packetId = packetId;
    }

    @Override
    public byte[] bytes(Version v) {
      unanswered.remove(packetId);
      return Out.pubAck(packetId).bytes(v);
    }
  }
}

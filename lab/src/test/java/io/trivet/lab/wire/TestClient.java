package io.trivet.lab.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A peer that says what the test tells it to, answers nothing by itself, and reads every packet strictly.
public final class TestClient {
  private final Link link;
  private final Version version;
  private byte[] unread = {};
  private Bytes lastFrame = Bytes.EMPTY;
  private final List<In> kept = new ArrayList<>();
  private int nextId = 1000;

  public TestClient(Link link, Version version) {
    this.link = link;
    this.version = version;
  }

  public TestClient send(Out... packets) {
    for (Out p : packets) {
      sendBytes(p.bytes(version));
    }
    return this;
  }

  /// All packets in one write, as one segment of TCP might bring them.
  public TestClient sendTogether(Out... packets) {
    Writer all = new Writer();
    for (Out p : packets) {
      all.raw(p.bytes(version));
    }
    return sendBytes(all.toBytes());
  }

  public TestClient sendBytes(byte[] bytes) {
    link.write(bytes);
    return this;
  }

  /// The next packet, which must be a `type`.
  public <T extends In> T expect(Class<T> type) {
    In packet = next(true);
    if (packet == null) {
      throw new AssertionError("expected " + type.getSimpleName() + ", got "
          + (link.isClosed() ? "the end of the connection" : "nothing"));
    }
    assertThat(packet).isInstanceOf(type);
    return type.cast(packet);
  }

  /// The next packet of this type; what comes before it is kept for later.
  public <T extends In> T expectAmongOthers(Class<T> type) {
    List<In> others = new ArrayList<>();
    for (In p = next(true); p != null; p = next(true)) {
      if (type.isInstance(p)) {
        kept.addAll(0, others);
        return type.cast(p);
      }
      others.add(p);
    }
    throw new AssertionError("expected " + type.getSimpleName() + ", got only " + others);
  }

  public TestClient expectNothing() {
    In packet = next(false);
    if (packet != null) {
      throw new AssertionError("expected nothing, got " + packet);
    }
    assertThat(link.isClosed()).as("the server closed the connection").isFalse();
    return this;
  }

  /// The connection ends now, with no packet before that.
  public void expectClosed() {
    In packet = next(true);
    if (packet != null) {
      throw new AssertionError("expected the end of the connection, got " + packet);
    }
    assertThat(link.isClosed()).as("the server closed the connection").isTrue();
  }

  /// The server ends the connection as its protocol version has it: 5.0 after a DISCONNECT with one of these codes.
  public void expectThrownOut(Integer... codes) {
    if (version == Version.V5) {
      In.Disconnect last = expect(In.Disconnect.class);
      assertThat(last.code()).as("reason code of %s", last).isIn((Object[]) codes);
    }
    expectClosed();
  }

  /// The CONNECT is answered with one of these codes, and the connection ends.
  public In.ConnAck expectRefused(Integer... codes) {
    In.ConnAck ack = expect(In.ConnAck.class);
    assertThat(ack.code()).as("reason code of %s", ack).isIn((Object[]) codes);
    assertThat(ack.sessionPresent()).isFalse();
    expectClosed();
    return ack;
  }

  /// The CONNECT is malformed: 3.1.1 has the connection closed without a word (MQTT-3.1.4-1), 5.0 allows a CONNACK
  /// that says why.
  public void expectConnectRejected() {
    if (version == Version.V5) {
      In packet = next(true);
      if (packet instanceof In.ConnAck ack) {
        assertThat(ack.code()).as("reason code of %s", ack).isGreaterThanOrEqualTo(0x80);
      } else {
        assertThat(packet).isNull();
      }
    }
    expectClosed();
  }

  public In.ConnAck expectAccepted() {
    In.ConnAck ack = expect(In.ConnAck.class);
    assertThat(ack.code()).as("reason code of %s", ack).isZero();
    return ack;
  }

  /// The next PUBLISH, acknowledged to its end.
  public In.Publish expectMessage() {
    In.Publish p = expect(In.Publish.class);
    if (p.qos() == 1) {
      send(Out.pubAck(p.id()));
    } else if (p.qos() == 2) {
      send(Out.pubRec(p.id()));
      assertThat(expectAmongOthers(In.PubRel.class).id()).isEqualTo(p.id());
      send(Out.pubComp(p.id()));
    }
    return p;
  }

  /// The next PUBLISH, acknowledged to its end, which must have this payload.
  public In.Publish expectMessage(String payload) {
    In.Publish p = expectMessage();
    assertThat(p.text()).isEqualTo(payload);
    return p;
  }

  /// Everything that has come or comes at once.
  public List<In> drain() {
    List<In> packets = new ArrayList<>();
    for (In p = next(false); p != null; p = next(false)) {
      packets.add(p);
    }
    return packets;
  }

  /// Reads a packet that has come, whatever it is; [#lastFrame()] tells its bytes.
  ///
  /// @return false where none has
  public boolean drainOne() {
    return next(false) != null;
  }

  /// Connects and insists on being let in.
  public TestClient connected(Out connect) {
    send(connect).expectAccepted();
    return this;
  }

  /// Subscribes and insists on being granted what was asked for, where `options` is the QoS or the options byte.
  public TestClient subscribed(String filter, int options) {
    int id = nextId++;
    send(Out.subscribe(id).to(filter, options));
    In.SubAck ack = expect(In.SubAck.class);
    assertThat(ack.id()).isEqualTo(id);
    assertThat(ack.codes()).containsExactly(options & 3);
    return this;
  }

  /// Publishes with this QoS and completes the exchange.
  public TestClient published(Out.Publish publish, int qos) {
    int id = nextId++;
    send(publish.qos(qos, id));
    if (qos == 1) {
      assertThat(expectAmongOthers(In.PubAck.class).id()).isEqualTo(id);
    } else if (qos == 2) {
      assertThat(expectAmongOthers(In.PubRec.class).id()).isEqualTo(id);
      send(Out.pubRel(id));
      assertThat(expectAmongOthers(In.PubComp.class).id()).isEqualTo(id);
    }
    return this;
  }

  /// Says DISCONNECT and goes.
  public void disconnect() {
    send(Out.disconnect());
    link.cut();
  }

  /// Goes without a word.
  public void cut() {
    link.cut();
  }

  /// Whether the server has closed the connection and everything before that was read.
  public boolean isClosed() {
    return kept.isEmpty() && link.isClosed();
  }

  /// The bytes of the packet read last, with its fixed header.
  public Bytes lastFrame() {
    return lastFrame;
  }

  private @Nullable In next(boolean patient) {
    if (!kept.isEmpty()) {
      return kept.removeFirst();
    }
    In packet = take();
    int before = -1;
    // A large packet comes in pieces: as long as there are more of them, it may yet be whole.
    while (packet == null && before != unread.length) {
      before = unread.length;
      link.settle(patient);
      packet = take();
    }
    return packet;
  }

  private @Nullable In take() {
    unread = new Writer().raw(unread).raw(link.read()).toBytes();
    if (unread.length < 2) {
      return null;
    }
    Reader header = new Reader(Arrays.copyOfRange(unread, 1, Math.min(unread.length, 5)));
    int length;
    try {
      length = header.varint();
    } catch (AssertionError e) {
      if (unread.length < 5) {
        return null;
      }
      throw e;
    }
    int start = 1 + header.position();
    if (unread.length < start + length) {
      return null;
    }
    lastFrame = Bytes.copyOf(unread, 0, start + length);
    In packet = In.parse(unread[0] & 0xFF, Arrays.copyOfRange(unread, start, start + length), version);
    unread = Arrays.copyOfRange(unread, start + length, unread.length);
    return packet;
  }
}

package io.trivet.mqtt;

import io.trivet.broker.BrokerLoop;
import io.trivet.broker.Counter;
import io.trivet.broker.Peer;
import io.trivet.broker.Timers;
import io.trivet.broker.Watcher;
import io.trivet.mqtt.codec.ByteSink;
import io.trivet.mqtt.codec.Connect;
import io.trivet.mqtt.codec.Decoder;
import io.trivet.mqtt.codec.Disconnect;
import io.trivet.mqtt.codec.Encoder;
import io.trivet.mqtt.codec.Frame;
import io.trivet.mqtt.codec.Packet;
import io.trivet.mqtt.codec.ReasonCode;
import io.trivet.mqtt.codec.Side;
import io.trivet.mqtt.codec.TopicNames;
import io.trivet.mqtt.codec.Version;

/// One client's connection, from its first byte to its last. Single-threaded, owned by the loop it came in on; sees no
/// socket and no clock.
///
/// What it does with a packet depends on what it waits for, each a [Phase] of its own:
/// ```
/// AwaitConnect ──CONNECT──▶ Authenticating ──proved──▶ AwaitSession ──attached──▶ Connected ──▶ Closed
///                                │  ▲
///                                └AUTH (MQTT 5.0, 4.12)
/// ```
/// Every phase ends in `Closed` on a broken packet, a deadline, or the end of the connection.
public final class MqttConnection {
  /// The wire tells when it holds less than this again.
  public static final int ROOM_AGAIN_BYTES = 128 << 10;

  private final BrokerLoop loop;
  private final MqttContext context;
  private final Peer peer;
  private final Wire wire;
  private final Decoder decoder;
  private final Watchdog watchdog = new Watchdog();
  private Phase phase;
  private Version version = Version.V3_1_1;
  private long packetBytesMax = Connect.NO_MAXIMUM;
  private int bytesNeeded = 2;
  private boolean paused;
  private boolean open = true;
  private long lastActivityNanos;

  public MqttConnection(BrokerLoop loop, MqttContext context, TopicNames names, Peer peer, Wire wire) {
    this.loop = loop;
    this.context = context;
    this.peer = peer;
    this.wire = wire;
    this.decoder = new Decoder(context.settings().decode(), Side.SERVER, names);
    this.phase = new AwaitConnect(this);
    this.lastActivityNanos = loop.nowNanos();
    watch(context.settings().connectDeadline().toNanos());
  }

  // --- events -------------------------------------------------------------------------------------------------------

  /// Bytes came.
  ///
  /// @return how many were consumed; the rest is to be fed again, before what comes later, once there are
  /// [#bytesNeeded()] of it or a pause has ended
  public int receive(byte[] buf, int from, int to) {
    int at = from;
    lastActivityNanos = loop.nowNanos();
    try {
      while (open && !paused && at < to) {
        switch (decoder.decode(buf, at, to)) {
          case Frame.NeedMore(int atLeast) -> {
            bytesNeeded = atLeast;
            return at - from;
          }
          case Frame.Whole(Packet packet, int consumed) -> {
            at += consumed;
            loop.counters().increment(Counter.PACKETS_RECEIVED);
            phase.on(packet);
          }
          case Frame.Broken(ReasonCode code, String rule, String what) -> {
            if (code == ReasonCode.PACKET_TOO_LARGE) {
              loop.counters().increment(Counter.LIMIT_PACKET_SIZE);
            }
            violated(code, rule, what);
          }
        }
      }
    } catch (RuntimeException | AssertionError fault) {
      failed(fault);
    }
    bytesNeeded = 2;
    return open ? at - from : to - from;
  }

  /// How many bytes, counted from the first not consumed, the next step needs at least.
  public int bytesNeeded() {
    return bytesNeeded;
  }

  /// The connection is gone, by whomever.
  public void closed() {
    if (open) {
      end("connection closed");
    }
  }

  /// Something of ours went wrong for this connection: it ends, the loop goes on.
  public void failed(Throwable fault) {
    watcher().failed("a connection from " + peer.address(), fault);
    if (open) {
      disconnect(ReasonCode.UNSPECIFIED_ERROR, "internal error");
    }
  }

  /// The wire, once asked for too much, has room again.
  public void roomAgain() {
    if (open && phase instanceof Connected c) {
      c.roomAgain();
    }
  }

  // --- for the phases -----------------------------------------------------------------------------------------------

  BrokerLoop loop() {
    return loop;
  }

  MqttContext context() {
    return context;
  }

  MqttSettings settings() {
    return context.settings();
  }

  Peer peer() {
    return peer;
  }

  Wire wire() {
    return wire;
  }

  Watcher watcher() {
    return loop.broker().watcher();
  }

  Version version() {
    return version;
  }

  void version(Version v) {
    version = v;
  }

  boolean isOpen() {
    return open;
  }

  void phase(Phase next) {
    if (open) {
      phase = next;
    }
  }

  void pause(boolean now) {
    if (paused != now) {
      paused = now;
      wire.pause(now);
    }
  }

  /// Sends a packet, unless it is larger than the client takes: then the connection ends, as nothing else would be true
  /// to the protocol (MQTT-3.1.2-24).
  void send(Packet p) {
    if (!open) {
      return;
    }
    ByteSink sink = wire.sink();
    int before = sink.size();
    Encoder.encode(p, version, sink);
    if (sink.size() - before > packetBytesMax) {
      sink.truncate(before);
      if (!(p instanceof Disconnect)) {
        phase.refuse(ReasonCode.PACKET_TOO_LARGE, "an answer larger than the client's maximum packet size");
      }
    }
  }

  /// Sends a last packet, where the client takes it, and ends the connection.
  void sendLast(Packet p, String why) {
    if (Encoder.size(p, version) <= packetBytesMax) {
      send(p);
    }
    end(why);
  }

  /// What the client takes at most, from its CONNECT on.
  void packetBytesMax(long bytes) {
    packetBytesMax = bytes;
  }

  /// The peer broke the protocol or a limit: it is told so where its version can, and the connection ends
  /// (MQTT 5.0, section 4.13).
  void violated(ReasonCode code, String rule, String what) {
    loop.counters().increment(Counter.MALFORMED_PACKETS);
    watcher().violated(peer, phase.clientId(), rule, what);
    phase.refuse(code, what + " (" + rule + ")");
  }

  /// Ends the connection with a DISCONNECT for a client of 5.0, without one for others, which know none from a server.
  void disconnect(ReasonCode code, String why) {
    if (version == Version.V5 && phase.maySendDisconnect()) {
      sendFitting(new Disconnect(ofDisconnect(code), why));
    }
    end(why);
  }

  /// Codes that only CONNACK knows become the one that DISCONNECT has for them (MQTT-3.14.2-1).
  private static ReasonCode ofDisconnect(ReasonCode code) {
    return switch (code) {
      case BAD_USER_NAME_OR_PASSWORD, CLIENT_IDENTIFIER_NOT_VALID, BAD_AUTHENTICATION_METHOD, BANNED ->
          ReasonCode.NOT_AUTHORIZED;
      case UNSUPPORTED_PROTOCOL_VERSION -> ReasonCode.PROTOCOL_ERROR;
      case SERVER_UNAVAILABLE -> ReasonCode.SERVER_BUSY;
      default -> code;
    };
  }

  /// Sends a packet with a reason string, or without where that would be larger than the client takes (MQTT-3.14.2-3).
  void sendFitting(Packet p) {
    phase.fitting(p).ifPresent(this::send);
  }

  /// Ends the connection without another word.
  void end(String why) {
    if (!open) {
      return;
    }
    Phase last = phase;
    open = false;
    loop.timers().cancel(watchdog);
    phase = Closed.INSTANCE;
    last.ended(why);
    wire.close();
  }

  // --- silence ------------------------------------------------------------------------------------------------------

  /// Calls [Phase#silent()] once nothing came for so long; 0 for never.
  void watch(long silenceNanos) {
    watchdog.silenceNanos = silenceNanos;
    if (silenceNanos == 0) {
      loop.timers().cancel(watchdog);
    } else {
      loop.timers().set(watchdog, loop.nowNanos() + silenceNanos);
    }
  }

  /// Wakes when silence could have lasted long enough, and otherwise sleeps again: no packet touches the timers.
  private final class Watchdog extends Timers.Timer {
    private long silenceNanos;

    @Override
    protected void fire(long nowNanos) {
      long due = (phase.countsFromStart() ? nowNanos - silenceNanos : lastActivityNanos) + silenceNanos;
      if (nowNanos - due >= 0) {
        phase.silent();
      } else {
        loop.timers().set(this, due);
      }
    }
  }
}

package io.trivet.cli.client;

import io.trivet.broker.TopicLimits;
import io.trivet.mqtt.codec.ByteSink;
import io.trivet.mqtt.codec.DecodeLimits;
import io.trivet.mqtt.codec.Decoder;
import io.trivet.mqtt.codec.Encoder;
import io.trivet.mqtt.codec.Frame;
import io.trivet.mqtt.codec.Packet;
import io.trivet.mqtt.codec.ReasonCode;
import io.trivet.mqtt.codec.Side;
import io.trivet.mqtt.codec.TopicNames;
import io.trivet.mqtt.codec.Version;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Packets over a link. One thread reads; any may write.
final class PacketStream {
  private static final int PACKET_BYTES_MAX = 268_435_460;
  private static final int ROOM = 16 << 10;
  private static final DecodeLimits LIMITS =
      new DecodeLimits(PACKET_BYTES_MAX, PACKET_BYTES_MAX, TopicLimits.PROTOCOL, 10_000, 10_000);

  private final Link link;
  private final Version version;
  private final Decoder decoder = new Decoder(LIMITS, Side.CLIENT, new TopicNames());
  private final Object writing = new Object();
  private final ByteSink sink = new ByteSink(ROOM);
  private byte[] buf = new byte[ROOM];
  private int from;
  private int to;
  private volatile long lastSentNanos = System.nanoTime();
  private volatile long lastReceivedNanos = System.nanoTime();

  PacketStream(Link link, Version version) {
    this.link = link;
    this.version = version;
    decoder.version(version);
  }

  long lastSentNanos() {
    return lastSentNanos;
  }

  long lastReceivedNanos() {
    return lastReceivedNanos;
  }

  void send(Packet p) throws IOException {
    synchronized (writing) {
      sink.reset();
      Encoder.encode(p, version, sink);
      link.write(sink.array(), 0, sink.size());
      lastSentNanos = System.nanoTime();
    }
  }

  /// The next packet, or null once the server has closed.
  ///
  /// @throws ClientFailure for what is no packet
  @Nullable Packet next() throws IOException {
    while (true) {
      switch (decoder.decode(buf, from, to)) {
        case Frame.Whole(Packet packet, int consumed) -> {
          from += consumed;
          return packet;
        }
        case Frame.Broken(ReasonCode _, String rule, String what) ->
            throw new ClientFailure("the server sent what is no MQTT: " + what + " (" + rule + ")");
        case Frame.NeedMore(int atLeast) -> {
          if (!fill(atLeast)) {
            return null;
          }
        }
      }
    }
  }

  /// Room grows with what has come, not with what was promised.
  private boolean fill(int atLeast) throws IOException {
    if (from > 0) {
      System.arraycopy(buf, from, buf, 0, to - from);
      to -= from;
      from = 0;
    }
    if (to == buf.length) {
      buf = Arrays.copyOf(buf, (int) Math.min((long) buf.length * 2, Math.max((long) atLeast, buf.length + 1L)));
    }
    int n = link.read(buf, to, buf.length - to);
    if (n < 0) {
      return false;
    }
    to += n;
    lastReceivedNanos = System.nanoTime();
    return true;
  }
}

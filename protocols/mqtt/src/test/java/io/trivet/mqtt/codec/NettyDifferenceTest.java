package io.trivet.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.trivet.base.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The same bytes to two decoders of different make: where both take a packet they read the same fields; where only one
/// takes it, the reason is one of those listed here.
class NettyDifferenceTest {
  private static final int VALID = 1_000;
  private static final int WRONG = 6_000;

  /// What Netty's decoder says to these bytes: its reading, or null with a complaint, or neither where it waits.
  private record Other(@Nullable String reading, String complaint) {}

  private static Other netty(Version v, boolean greet, byte[] packet) {
    EmbeddedChannel channel = new EmbeddedChannel(new MqttDecoder(1 << 20, 1_000));
    try {
      if (greet) {
        channel.writeInbound(Unpooled.wrappedBuffer(Octets.of(Codecs.connect(v))));
        NettyReading.release(channel.readInbound());
      }
      channel.writeInbound(Unpooled.wrappedBuffer(packet));
      MqttMessage m = channel.readInbound();
      if (m == null) {
        return new Other(null, "");
      }
      try {
        return m.decoderResult().isFailure()
            ? new Other(null, String.valueOf(m.decoderResult().cause()))
            : new Other(NettyReading.of(m), "");
      } catch (NullPointerException unknownCode) { // its UNSUBACK answers an unknown reason code by this
        return new Other(null, "a reason code it does not know");
      } finally {
        NettyReading.release(m);
      }
    } finally {
      channel.finishAndReleaseAll();
    }
  }

  private static @Nullable String difference(Version v, Side side, boolean greet, byte[] packet) {
    Decoder d = !greet ? Codecs.newcomer() : side == Side.SERVER ? Codecs.server(v) : Codecs.client(v);
    Frame ours = d.decode(packet, 0, packet.length);
    Other theirs = netty(v, greet, packet);
    return switch (ours) {
      case Frame.Whole(Packet p, int _) -> {
        if (theirs.reading() == null) {
          yield "ours alone takes " + p.getClass().getSimpleName() + ": " + theirs.complaint();
        }
        String reading = OurReading.of(p, v);
        yield theirs.reading().equals(reading)
            ? null : "read differently: " + v + " " + reading + " and by Netty " + theirs.reading();
      }
      case Frame.Broken(ReasonCode _, String rule, String what) ->
          theirs.reading() == null ? null : "Netty alone takes " + rule + ": " + what.replaceAll("[0-9]+", "n");
      case Frame.NeedMore _ -> theirs.reading() == null ? null : "Netty alone has enough";
    };
  }

  @ParameterizedTest
  @CsvSource({"V3_1, SERVER", "V3_1, CLIENT", "V3_1_1, SERVER", "V3_1_1, CLIENT", "V5, SERVER", "V5, CLIENT"})
  void agreeOnValidPackets(Version v, Side side) {
    for (int seed = 0; seed < VALID; seed++) {
      byte[] b = DecoderFuzzTest.encoded(new RandomPackets(seed, v).next(side), v);
      assertThat(difference(v, side, true, b)).as("seed %d", seed).isNull();
    }
  }

  @ParameterizedTest
  @CsvSource({"V3_1", "V3_1_1", "V5"})
  void agreeOnValidConnects(Version v) {
    for (int seed = 0; seed < VALID; seed++) {
      byte[] b = DecoderFuzzTest.encoded(new RandomPackets(seed, v).connect(), v);
      assertThat(difference(v, Side.SERVER, false, b)).as("seed %d", seed).isNull();
    }
  }

  @Test
  void differOnWrongPacketsAsListed() {
    Map<String, String> found = new TreeMap<>();
    for (Version v : Version.values()) {
      for (Side side : Side.values()) {
        for (int seed = 0; seed < WRONG; seed++) {
          byte[] b = Mutations.of(
              DecoderFuzzTest.encoded(new RandomPackets(seed, v).next(side), v), new Random(seed));
          collect(found, v, side, true, b, seed);
        }
      }
      for (int seed = 0; seed < WRONG; seed++) {
        byte[] b = Mutations.of(DecoderFuzzTest.encoded(new RandomPackets(seed, v).connect(), v), new Random(seed));
        collect(found, v, Side.SERVER, false, b, seed);
      }
    }
    List<String> unexplained = new ArrayList<>();
    Map<String, Integer> used = new LinkedHashMap<>();
    found.forEach((difference, where) -> {
      String reason = NettyDifferences.reason(difference);
      if (reason.isEmpty()) {
        unexplained.add(difference + "   e.g. " + where);
      } else {
        used.merge(reason, 1, Integer::sum);
      }
    });
    assertThat(unexplained).isEmpty();
    assertThat(used.keySet()).containsAll(NettyDifferences.all());
  }

  private static void collect(
      Map<String, String> found, Version v, Side side, boolean greet, byte[] b, int seed) {
    String difference = difference(v, side, greet, b);
    if (difference != null) {
      found.putIfAbsent(
          difference, v + " " + side + (greet ? "" : " CONNECT") + " seed " + seed + " " + Bytes.wrap(b));
    }
  }
}

package io.trivet.mqtt.codec;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Any bytes at all: the decoder answers, in bounds, and what it takes it can write and take again. Run with
/// `JAZZER_FUZZ=1` to search; otherwise the seeds are replayed.
class DecoderFuzzTest {
  private static final List<Version> VERSIONS = List.of(Version.values());
  private static final int MUTATIONS = 10_000;

  /// Feeds all bytes as a connection would, packet by packet, up to the first fault.
  private static void feed(Decoder d, Version v, Side side, byte[] input) {
    int at = 0;
    while (at <= input.length) {
      switch (d.decode(input, at, input.length)) {
        case Frame.NeedMore(int atLeast) -> {
          if (atLeast <= input.length - at || atLeast > DecodeLimits.DEFAULT.packetBytesMax()) {
            throw new AssertionError(atLeast + " bytes wanted where " + (input.length - at) + " are there");
          }
          return;
        }
        case Frame.Broken(ReasonCode code, String rule, String what) -> {
          if (!code.isFailure() || rule.isEmpty() || what.isEmpty() || what.length() > 300) {
            throw new AssertionError(code + " " + rule + " " + what);
          }
          return;
        }
        case Frame.Whole(Packet packet, int consumed) -> {
          if (consumed < 2 || consumed > input.length - at) {
            throw new AssertionError(consumed + " bytes consumed of " + (input.length - at));
          }
          again(packet, packet instanceof Connect c ? c.version() : v, side);
          at += consumed;
        }
      }
    }
  }

  /// Written and read once more it is the same packet, as its bytes tell.
  private static void again(Packet p, Version v, Side side) {
    ByteSink first = new ByteSink(64);
    Encoder.encode(p, v, first);
    Decoder d = p instanceof Connect ? Codecs.newcomer() : side == Side.SERVER ? Codecs.server(v) : Codecs.client(v);
    if (!(d.decode(first.array(), 0, first.size()) instanceof Frame.Whole(Packet second, int consumed))
        || consumed != first.size()) {
      throw new AssertionError("what was taken, written again, is taken no more: " + p);
    }
    ByteSink twice = new ByteSink(64);
    Encoder.encode(second, v, twice);
    if (!Arrays.equals(first.array(), 0, first.size(), twice.array(), 0, twice.size())) {
      throw new AssertionError(p + " became " + second);
    }
  }

  static byte[] encoded(Packet p, Version v) {
    ByteSink s = new ByteSink(64);
    Encoder.encode(p, v, s);
    return s.toBytes().toArray();
  }

  private static Stream<byte[]> seeds(Version v, Side side) {
    return IntStream.range(0, 40).mapToObj(i -> encoded(new RandomPackets(i, v).next(side), v));
  }

  static Stream<byte[]> toServer31() {
    return seeds(Version.V3_1, Side.SERVER);
  }

  static Stream<byte[]> toServer311() {
    return seeds(Version.V3_1_1, Side.SERVER);
  }

  static Stream<byte[]> toServer5() {
    return seeds(Version.V5, Side.SERVER);
  }

  static Stream<byte[]> toClient31() {
    return seeds(Version.V3_1, Side.CLIENT);
  }

  static Stream<byte[]> toClient311() {
    return seeds(Version.V3_1_1, Side.CLIENT);
  }

  static Stream<byte[]> toClient5() {
    return seeds(Version.V5, Side.CLIENT);
  }

  static Stream<byte[]> connects() {
    return IntStream.range(0, 60).mapToObj(i -> {
      Version v = VERSIONS.get(i % 3);
      return encoded(new RandomPackets(i, v).connect(), v);
    });
  }

  @MethodSource("connects")
  @FuzzTest(maxDuration = "25s")
  void newcomer(byte[] input) {
    feed(Codecs.newcomer(), Version.V3_1_1, Side.SERVER, input);
  }

  @MethodSource("toServer31")
  @FuzzTest(maxDuration = "25s")
  void server31(byte[] input) {
    feed(Codecs.server(Version.V3_1), Version.V3_1, Side.SERVER, input);
  }

  @MethodSource("toServer311")
  @FuzzTest(maxDuration = "25s")
  void server311(byte[] input) {
    feed(Codecs.server(Version.V3_1_1), Version.V3_1_1, Side.SERVER, input);
  }

  @MethodSource("toServer5")
  @FuzzTest(maxDuration = "25s")
  void server5(byte[] input) {
    feed(Codecs.server(Version.V5), Version.V5, Side.SERVER, input);
  }

  @MethodSource("toClient31")
  @FuzzTest(maxDuration = "25s")
  void client31(byte[] input) {
    feed(Codecs.client(Version.V3_1), Version.V3_1, Side.CLIENT, input);
  }

  @MethodSource("toClient311")
  @FuzzTest(maxDuration = "25s")
  void client311(byte[] input) {
    feed(Codecs.client(Version.V3_1_1), Version.V3_1_1, Side.CLIENT, input);
  }

  @MethodSource("toClient5")
  @FuzzTest(maxDuration = "25s")
  void client5(byte[] input) {
    feed(Codecs.client(Version.V5), Version.V5, Side.CLIENT, input);
  }

  @ParameterizedTest
  @CsvSource({"V3_1, SERVER", "V3_1, CLIENT", "V3_1_1, SERVER", "V3_1_1, CLIENT", "V5, SERVER", "V5, CLIENT"})
  void answersPacketsMadeWrong(Version v, Side side) {
    for (int seed = 0; seed < MUTATIONS; seed++) {
      Random random = new Random(seed);
      byte[] b = Mutations.of(encoded(new RandomPackets(seed, v).next(side), v), random);
      try {
        feed(side == Side.SERVER ? Codecs.server(v) : Codecs.client(v), v, side, b);
      } catch (RuntimeException | AssertionError fault) {
        throw new AssertionError(v + " " + side + " seed " + seed, fault);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"V3_1", "V3_1_1", "V5"})
  void answersConnectsMadeWrong(Version v) {
    for (int seed = 0; seed < MUTATIONS; seed++) {
      byte[] b = Mutations.of(encoded(new RandomPackets(seed, v).connect(), v), new Random(seed));
      try {
        feed(Codecs.newcomer(), v, Side.SERVER, b);
      } catch (RuntimeException | AssertionError fault) {
        throw new AssertionError(v + " seed " + seed, fault);
      }
    }
  }
}

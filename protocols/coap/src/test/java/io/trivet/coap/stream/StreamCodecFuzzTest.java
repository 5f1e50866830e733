package io.trivet.coap.stream;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.Options;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Any bytes at all: the codec answers, in bounds, and what it takes it can write and take again.
class StreamCodecFuzzTest {
  private static final StreamLimits LIMITS = StreamLimits.DEFAULT;
  private static final int MUTATIONS = 10_000;

  private static void feed(Framing framing, byte[] input) {
    int at = 0;
    while (at <= input.length) {
      int left = input.length - at;
      switch (StreamCodec.decode(framing, input, at, input.length, LIMITS)) {
        case Frame.NeedMore(int atLeast) -> {
          if (atLeast <= left || atLeast > LIMITS.messageBytesMax() || framing == Framing.WEB_SOCKET && left > 0) {
            throw new AssertionError(atLeast + " bytes wanted where " + left + " are there");
          }
          return;
        }
        case Frame.Broken(_, String what) -> {
          if (what.isEmpty() || what.length() > 200) {
            throw new AssertionError(what);
          }
          return;
        }
        case Frame.Whole(StreamMessage m, int consumed) -> {
          if (consumed < 2 || consumed > left) {
            throw new AssertionError(consumed + " bytes consumed of " + left);
          }
          again(framing, m);
          at += consumed;
        }
      }
    }
  }

  private static void again(Framing framing, StreamMessage m) {
    byte[] first = StreamCodec.encode(framing, m);
    if (!(StreamCodec.decode(framing, first, 0, first.length, LIMITS) instanceof Frame.Whole(StreamMessage second, int n))
        || n != first.length || !Arrays.equals(first, StreamCodec.encode(framing, second))) {
      throw new AssertionError("written again, it is another: " + m);
    }
  }

  private static byte[] message(Framing framing, int seed) {
    Random r = new Random(seed);
    Options.Builder o = Options.builder();
    for (int i = r.nextInt(5); i > 0; i--) {
      byte[] value = new byte[r.nextInt(r.nextInt(8) == 0 ? 300 : 12)];
      r.nextBytes(value);
      o.add(r.nextInt(r.nextInt(4) == 0 ? 65_535 : 64), Bytes.wrap(value));
    }
    byte[] token = new byte[r.nextInt(r.nextBoolean() ? 9 : 65)];
    r.nextBytes(token);
    byte[] payload = new byte[r.nextInt(r.nextInt(8) == 0 ? 70_000 : 40)];
    return StreamCodec.encode(framing,
        new StreamMessage(Code.of(r.nextInt()), Bytes.wrap(token), o.build(), Bytes.wrap(payload)));
  }

  static Stream<byte[]> ofLength() {
    return IntStream.range(0, 60).mapToObj(i -> message(Framing.LENGTH, i));
  }

  static Stream<byte[]> ofWebSocket() {
    return IntStream.range(0, 60).mapToObj(i -> message(Framing.WEB_SOCKET, i));
  }

  @MethodSource("ofLength")
  @FuzzTest(maxDuration = "25s")
  void streams(byte[] input) {
    feed(Framing.LENGTH, input);
  }

  @MethodSource("ofWebSocket")
  @FuzzTest(maxDuration = "25s")
  void webSocketMessages(byte[] input) {
    feed(Framing.WEB_SOCKET, input);
  }

  @ParameterizedTest
  @EnumSource
  void answersMessagesMadeWrong(Framing framing) {
    for (int seed = 0; seed < MUTATIONS; seed++) {
      Random r = new Random(seed);
      byte[] b = message(framing, seed % 500);
      for (int i = 1 + r.nextInt(3); i > 0; i--) {
        b[r.nextInt(Math.min(b.length, 40))] = (byte) r.nextInt();
      }
      b = Arrays.copyOf(b, r.nextInt(b.length + 3));
      try {
        feed(framing, b);
      } catch (RuntimeException | AssertionError fault) {
        throw new AssertionError(framing + " seed " + seed, fault);
      }
    }
  }
}

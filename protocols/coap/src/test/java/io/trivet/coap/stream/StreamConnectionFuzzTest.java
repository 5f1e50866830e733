package io.trivet.coap.stream;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.Exchange;
import io.trivet.coap.Options;
import io.trivet.coap.Response;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/// Any bytes, cut anywhere, with handlers that answer at once, later, or out of order: the machine has no fault of its
/// own, keeps its bounds, and leaves nothing behind once it is closed.
class StreamConnectionFuzzTest {
  private static final int REQUESTS_MAX = 4;
  private static final int RUNS = 500;

  private static void run(byte[] input) {
    Random r = new Random(Arrays.hashCode(input));
    Wire w = new Wire(StreamLimits.DEFAULT.withRequestsMax(REQUESTS_MAX));
    int at = 0;
    while (at < input.length && !w.closed) {
      int n = Math.min(input.length - at, 1 + r.nextInt(40));
      w.feed(Arrays.copyOfRange(input, at, at + n));
      at += n;
      if (w.machine.underWay() > REQUESTS_MAX || w.machine.underWay() == REQUESTS_MAX && !w.closed && !w.paused) {
        throw new AssertionError(w.machine.underWay() + " requests wait, paused: " + w.paused);
      }
      if (r.nextInt(3) == 0) {
        step(w, r);
      }
    }
    while (!w.exchanges.isEmpty()) {
      answer(w, r);
    }
    w.loop.advance(Duration.ofMinutes(20));
    if (!w.closed) {
      throw new AssertionError("open after twenty silent minutes");
    }
    if (w.machine.underWay() != 0 || w.loop.timers().size() != 0 || !w.faults.isEmpty()) {
      throw new AssertionError(w.machine.underWay() + " requests, " + w.loop.timers().size() + " timers, " + w.faults);
    }
  }

  private static void step(Wire w, Random r) {
    switch (r.nextInt(4)) {
      case 0 -> w.loop.advance(Duration.ofSeconds(r.nextInt(20)));
      case 1 -> w.machine.ping();
      default -> answer(w, r);
    }
    w.loop.run();
  }

  private static void answer(Wire w, Random r) {
    if (!w.exchanges.isEmpty()) {
      Exchange e = w.exchanges.remove(r.nextInt(w.exchanges.size()));
      e.respond(Response.content(0, Bytes.wrap(new byte[r.nextInt(2_000)])));
      e.notify(Response.of(Code.CONTENT), false, Exchange.Fate.Listener.NONE);
      w.loop.run();
    }
  }

  private static byte[] talk(int seed) {
    Random r = new Random(seed);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(StreamCodec.encode(Framing.LENGTH, StreamMessage.of(Code.CSM)));
    int[] codes = {1, 1, 1, 2, 3, 0, 0xE1, 0xE2, 0xE2, 0xE3, 0x45, r.nextInt(10) == 0 ? 0xE4 : 1, r.nextInt(256)};
    for (int i = r.nextInt(40); i > 0; i--) {
      Options.Builder o = Options.builder();
      for (int k = r.nextInt(3); k > 0; k--) {
        o.add(r.nextInt(8) == 0 ? r.nextInt(300) : 2 + 2 * r.nextInt(5), Bytes.wrap(new byte[r.nextInt(4)]));
      }
      all.writeBytes(StreamCodec.encode(Framing.LENGTH, new StreamMessage(Code.of(codes[r.nextInt(codes.length)]),
          Bytes.wrap(new byte[r.nextInt(9)]), o.build(), Bytes.wrap(new byte[r.nextInt(60)]))));
    }
    byte[] talk = all.toByteArray();
    if (r.nextInt(3) == 0) {
      talk[r.nextInt(talk.length)] = (byte) r.nextInt();
    }
    return talk;
  }

  static Stream<byte[]> talks() {
    return IntStream.range(0, 100).mapToObj(StreamConnectionFuzzTest::talk);
  }

  @MethodSource("talks")
  @FuzzTest(maxDuration = "25s")
  void talk(byte[] input) {
    run(input);
  }

  @Test
  void endsEveryTalkInOrder() {
    for (int seed = 0; seed < RUNS; seed++) {
      try {
        run(talk(seed));
      } catch (RuntimeException | AssertionError fault) {
        throw new AssertionError("seed " + seed, fault);
      }
    }
  }
}

package io.trivet.coap.message;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.OptionsCodec;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/// Any bytes at all: what is taken can be written and taken again; an endpoint answers within bounds and comes to rest. Run
/// with `JAZZER_FUZZ=1` to search; otherwise the seeds are replayed.
class DatagramFuzzTest {
  private static final int MUTATIONS = 5_000;
  private static final List<OptionNumber> KNOWN = List.of(OptionNumber.values());

  private static byte[] message(Random r) {
    Options.Builder b = Options.builder();
    for (int i = r.nextInt(5); i > 0; i--) {
      OptionNumber o = KNOWN.get(r.nextInt(KNOWN.size()));
      byte[] value = new byte[r.nextInt(10)];
      r.nextBytes(value);
      b.add(r.nextInt(8) == 0 ? r.nextInt(65_536) : o.number(), Bytes.wrap(value));
    }
    byte[] token = new byte[r.nextInt(4) == 0 ? 13 + r.nextInt(40) : r.nextInt(9)];
    r.nextBytes(token);
    byte[] payload = new byte[r.nextInt(20)];
    r.nextBytes(payload);
    int[] codes = {1, 2, 3, 4, 0x45, 0x44, 0x84, 0xa3};
    return DatagramCodec.encode(new CoapMessage(Type.of(r.nextInt(4)), Code.of(codes[r.nextInt(codes.length)]),
        r.nextInt(8), Bytes.wrap(token), b.build(), Bytes.wrap(payload)));
  }

  static Stream<byte[]> messages() {
    return IntStream.range(0, 60).mapToObj(i -> message(new Random(i)));
  }

  static Stream<byte[]> tails() {
    return messages().map(m -> Arrays.copyOfRange(m, 4, m.length));
  }

  /// Several datagrams behind one another: a byte for the length of each, whose lowest bit says whether a group got it.
  static Stream<byte[]> conversations() {
    return IntStream.range(0, 40).mapToObj(i -> conversation(new Random(i)));
  }

  private static byte[] conversation(Random r) {
    java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
    for (int i = 1 + r.nextInt(8); i > 0; i--) {
      byte[] m = message(r);
      int n = Math.min(m.length, 127);
      all.write(n << 1 | (r.nextInt(10) == 0 ? 1 : 0));
      all.write(m, 0, n);
    }
    return all.toByteArray();
  }

  @MethodSource("messages")
  @FuzzTest(maxDuration = "25s")
  void datagram(byte[] input) {
    if (!(DatagramCodec.decode(input.clone(), input.length, 64, 64) instanceof CoapMessage m)) {
      return;
    }
    byte[] again = DatagramCodec.encode(m);
    if (again.length > input.length || again.length != DatagramCodec.size(m.token(), m.options(), m.payload())) {
      throw new AssertionError(again.length + " bytes for what came in " + input.length);
    }
    if (!m.equals(DatagramCodec.decode(again, again.length, 64, 64))) {
      throw new AssertionError("written again it is another: " + m);
    }
  }

  @MethodSource("tails")
  @FuzzTest(maxDuration = "25s")
  void options(byte[] input) {
    OptionsCodec.Read read = OptionsCodec.read(input, 0, input.length, 32);
    if (read.isBroken()) {
      return;
    }
    Options left = OptionsCodec.withoutBadElective(read.options());
    if (read.payloadAt() > input.length || read.options().count() > 32
        || !OptionsCodec.withoutBadElective(left).equals(left)) {
      throw new AssertionError(read.options() + " then " + left);
    }
    if (OptionsCodec.badCritical(left) != OptionsCodec.badCritical(read.options())) {
      throw new AssertionError("elective options decided about critical ones: " + read.options());
    }
  }

  /// An endpoint that serves and asks, and whose peer says anything.
  private static void converse(byte[] input) {
    DatagramLimits few = new DatagramLimits(4, 4, 6, 400, 2, 2, 16, 32);
    Ladder ladder = new Ladder(Transmission.DEFAULT, few);
    ladder.messageId = 0;
    ladder.handler = e -> {
      switch (ladder.exchanges.size() % 3) {
        case 0 -> e.respond(Response.of(Code.CONTENT, "now"));
        case 1 -> ladder.loop.later(() -> {
          e.respond(Response.of(Code.CONTENT, "later"));
          e.notify(Response.of(Code.CONTENT, "more"), ladder.exchanges.size() % 2 == 0, _ -> {});
        });
        default -> {} // never: the peer leaves before
      }
    };
    Request observe = Request.of(Code.GET, "a");
    ladder.ask(observe.with(observe.options().with(OptionNumber.OBSERVE, 0)));
    int at = 0;
    while (at < input.length) {
      int n = Math.min((input[at] & 0xFF) >> 1, input.length - at - 1);
      boolean multicast = (input[at] & 1) != 0;
      ladder.receive(ladder.peer, Arrays.copyOfRange(input, at + 1, at + 1 + n), multicast);
      at += 1 + n;
      if (ladder.endpoint.exchangesKept() > 6 || ladder.endpoint.exchangeBytesKept() > 400 + 1_000) {
        throw new AssertionError(ladder.endpoint.exchangesKept() + " kept");
      }
    }
    ladder.peer.leave();
    ladder.takeSent();
    ladder.advance(Duration.ofMinutes(10));
    if (!ladder.takeSent().isEmpty() || ladder.loop.timers().nextDueNanos() != Long.MAX_VALUE
        || ladder.endpoint.exchangesKept() != 0 || ladder.endpoint.exchangeBytesKept() != 0) {
      throw new AssertionError("something is left of a peer that has gone");
    }
  }

  @MethodSource("conversations")
  @FuzzTest(maxDuration = "25s")
  void endpoint(byte[] input) {
    converse(input);
  }

  @Test
  void answersConversationsMadeWrong() {
    for (int seed = 0; seed < MUTATIONS; seed++) {
      Random r = new Random(seed);
      byte[] b = r.nextBoolean() ? conversation(r) : message(r);
      for (int i = r.nextInt(4); i > 0 && b.length > 0; i--) {
        b[r.nextInt(b.length)] = (byte) r.nextInt(256);
      }
      try {
        datagram(b);
        options(b);
        converse(b);
      } catch (RuntimeException | AssertionError fault) {
        throw new AssertionError("seed " + seed, fault);
      }
    }
  }
}

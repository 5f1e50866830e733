package io.trivet.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicFilter;
import io.trivet.broker.TopicName;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What is written is read again, whatever the version and the side: packets from seeds.
class RoundTripTest {
  private static final int PACKETS = 1_500;

  static void assertSame(Packet actual, Packet expected, String as) {
    assertThat(actual).as(as).usingRecursiveComparison()
        .withEqualsForType(Bytes::equals, Bytes.class)
        .withEqualsForType(TopicName::equals, TopicName.class)
        .withEqualsForType(TopicFilter::equals, TopicFilter.class)
        .withEqualsForType(SecretBytes::matches, SecretBytes.class)
        .isEqualTo(expected);
  }

  /// The packet comes back; of every part of it the decoder asks for more, and never for more than there is; nothing
  /// of the buffer is kept.
  private static void roundTrip(Packet p, Version v, Decoder whole, Decoder parts, String as) {
    ByteSink s = new ByteSink(1);
    s.u8(0xEE);
    Encoder.encode(p, v, s);
    int size = s.size() - 1;
    assertThat(Encoder.size(p, v)).as(as).isEqualTo(size);
    s.u8(0xEE);
    byte[] b = s.toBytes().toArray();
    for (int to = 1; to <= size; to += to < 8 || to > size - 8 ? 1 : 97) {
      int end = to;
      assertThat(parts.decode(b, 1, end)).as("%s, %d of %d bytes", as, end - 1, size).isInstanceOfSatisfying(
          Frame.NeedMore.class, n -> assertThat(n.atLeast()).isGreaterThan(end - 1).isLessThanOrEqualTo(size));
    }
    Frame f = whole.decode(b, 1, b.length);
    assertThat(f).as("%s: %s", as, p).isInstanceOf(Frame.Whole.class);
    Frame.Whole w = (Frame.Whole) f;
    assertThat(w.consumed()).isEqualTo(size);
    Arrays.fill(b, (byte) 0xEE);
    assertSame(w.packet(), p, as);
    assertThat(w.packet().toString()).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({"V3_1, SERVER", "V3_1, CLIENT", "V3_1_1, SERVER", "V3_1_1, CLIENT", "V5, SERVER", "V5, CLIENT"})
  void readsWhatWasWritten(Version v, Side side) {
    Decoder whole = side == Side.SERVER ? Codecs.server(v) : Codecs.client(v);
    Decoder parts = side == Side.SERVER ? Codecs.server(v) : Codecs.client(v);
    for (int seed = 0; seed < PACKETS; seed++) {
      Packet p = new RandomPackets(seed, v).next(side);
      roundTrip(p, v, whole, parts, v + " " + side + " seed " + seed);
    }
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void readsTheConnectThatWasWritten(Version v) {
    for (int seed = 0; seed < PACKETS / 3; seed++) {
      Connect c = new RandomPackets(seed, v).connect();
      roundTrip(c, v, Codecs.newcomer(), Codecs.newcomer(), v + " seed " + seed);
    }
  }

  /// What was there before stays as it was.
  @Test
  void leavesNoHalfPacketBehind() {
    ByteSink s = new ByteSink(16);
    Encoder.encode(PingReq.INSTANCE, Version.V5, s);
    Bytes before = s.toBytes();
    Packet tooLong = new Disconnect(ReasonCode.SERVER_MOVED, "x".repeat(65_536));
    assertThatThrownBy(() -> Encoder.encode(tooLong, Version.V5, s)).isInstanceOf(IllegalArgumentException.class);
    assertThat(s.toBytes()).isEqualTo(before);
    Encoder.encode(new Disconnect(ReasonCode.SERVER_MOVED, "x".repeat(65_535)), Version.V5, s);
    assertThat(s.size()).isGreaterThan(65_535);
  }

  @Test
  void writesThePacketIdWhereTheQoSHasOne() {
    Publish stray = new Publish(TopicName.of("a"), Bytes.EMPTY, QoS.AT_MOST_ONCE, false, false, 7, 0, -1,
        io.trivet.broker.MessageProperties.NONE, new int[0]);
    Codecs.encodesTo(stray, Version.V3_1_1, "30 { ('a') }");
  }
}

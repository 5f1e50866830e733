package io.trivet.coap.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 8323, sections 3.2 and 4.2; RFC 8974, section 2.1.
class StreamCodecTest {
  private static final StreamLimits LIMITS = StreamLimits.DEFAULT;

  private static Frame decode(Framing framing, String hex) {
    byte[] a = Bytes.hex(hex.replace(" ", "")).toArray();
    return StreamCodec.decode(framing, a, 0, a.length, LIMITS);
  }

  private static StreamMessage whole(Framing framing, byte[] a) {
    if (StreamCodec.decode(framing, a, 0, a.length, LIMITS) instanceof Frame.Whole(StreamMessage m, int consumed)) {
      assertThat(consumed).isEqualTo(a.length);
      return m;
    }
    throw new AssertionError("not whole: " + Bytes.wrap(a));
  }

  private static String hex(byte[] a) {
    return java.util.HexFormat.of().formatHex(a);
  }

  /// "the encoding of a 2.03 message with a one-byte token 0x7F and no options or payload is three bytes".
  @Test
  void readsAndWritesTheExampleOfTheRfc() {
    byte[] a = StreamCodec.encode(Framing.LENGTH,
        new StreamMessage(Code.VALID, Bytes.hex("7f"), Options.NONE, Bytes.EMPTY));
    assertThat(hex(a)).isEqualTo("01437f");
    assertThat(whole(Framing.LENGTH, a))
        .isEqualTo(new StreamMessage(Code.VALID, Bytes.hex("7f"), Options.NONE, Bytes.EMPTY));
  }

  @Test
  void writesOptionsAndPayloadBehindTheToken() {
    Options o = Options.builder().path("a").build();
    byte[] a = StreamCodec.encode(Framing.LENGTH, new StreamMessage(Code.PUT, Bytes.hex("0102"), o, Bytes.utf8("x")));
    // Len 4 (b1 61 ff 78), TKL 2, 0.03, token, Uri-Path "a", marker, payload.
    assertThat(hex(a)).isEqualTo("42" + "03" + "0102" + "b161" + "ff78");
    // Over WebSocket the same with a length of 0.
    byte[] ws =
        StreamCodec.encode(Framing.WEB_SOCKET, new StreamMessage(Code.PUT, Bytes.hex("0102"), o, Bytes.utf8("x")));
    assertThat(hex(ws)).isEqualTo("02" + "03" + "0102" + "b161" + "ff78");
    StreamMessage m = whole(Framing.WEB_SOCKET, ws);
    assertThat(m.options().texts(OptionNumber.URI_PATH)).containsExactly("a");
    assertThat(m.payload()).isEqualTo(Bytes.utf8("x"));
    assertThat(m.token()).isEqualTo(Bytes.hex("0102"));
  }

  @ParameterizedTest
  @CsvSource({
    // options and payload together, first byte and extended length
    "12, c0", "13, d000", "14, d001", "268, d0ff", "269, e00000", "270, e00001", "65804, e0ffff",
    "65805, f000000000", "65806, f000000001", "131072, f00000fef3"
  })
  void knowsLengthsAtEveryBorder(int bodyBytes, String header) {
    // A payload fills what its marker leaves.
    Bytes payload = Bytes.wrap(new byte[bodyBytes - 1]);
    byte[] a = StreamCodec.encode(Framing.LENGTH, new StreamMessage(Code.CONTENT, Bytes.EMPTY, Options.NONE, payload));
    assertThat(hex(Arrays.copyOf(a, header.length() / 2))).isEqualTo(header);
    assertThat(a).hasSize(header.length() / 2 + 1 + bodyBytes);
    assertThat(a).hasSize(StreamCodec.size(Framing.LENGTH, 0, bodyBytes));
    assertThat(whole(Framing.LENGTH, a).payload().length()).isEqualTo(bodyBytes - 1);
  }

  @ParameterizedTest
  @CsvSource({"0, 00 01", "8, 08 01", "12, 0c 01", "13, 0d 01 00", "64, 0d 01 33", "268, 0d 01 ff", "269, 0e 01 00 00",
      "65804, 0e 01 ff ff"})
  void knowsTokensAtEveryBorder(int tokenBytes, String header) {
    StreamLimits wide = new StreamLimits(1 << 20, StreamCodec.TOKEN_BYTES_MAX, 64, 64, 64, 256 << 10,
        LIMITS.settingsDeadline(), LIMITS.idle(), LIMITS.pongDeadline(), LIMITS.responseDeadline(),
        LIMITS.releaseDeadline());
    byte[] token = new byte[tokenBytes];
    Arrays.fill(token, (byte) 0xA5);
    for (Framing framing : Framing.values()) {
      byte[] a = StreamCodec.encode(framing, new StreamMessage(Code.GET, Bytes.wrap(token), Options.NONE, Bytes.EMPTY));
      String expected = header.replace(" ", "");
      assertThat(hex(Arrays.copyOf(a, expected.length() / 2))).isEqualTo(expected);
      assertThat(StreamCodec.decode(framing, a, 0, a.length, wide)).isEqualTo(new Frame.Whole(
          new StreamMessage(Code.GET, Bytes.wrap(token), Options.NONE, Bytes.EMPTY), a.length));
    }
  }

  /// However a message is cut, what is asked for is more than is there, and never more than it takes.
  @Test
  void asksForWhatIsMissingByteByByte() {
    Options o = Options.builder().path("sensors/ward-7").contentFormat(0).build();
    byte[] a = StreamCodec.encode(Framing.LENGTH,
        new StreamMessage(Code.PUT, Bytes.wrap(new byte[20]), o, Bytes.wrap(new byte[400])));
    int before = 0;
    for (int n = 0; n < a.length; n++) {
      byte[] cut = Arrays.copyOf(a, n);
      if (!(StreamCodec.decode(Framing.LENGTH, cut, 0, n, LIMITS) instanceof Frame.NeedMore(int atLeast))) {
        throw new AssertionError("something was read of " + n + " bytes");
      }
      assertThat(atLeast).isGreaterThan(n).isLessThanOrEqualTo(a.length).isGreaterThanOrEqualTo(before);
      before = atLeast;
    }
    assertThat(before).isEqualTo(a.length);
  }

  @Test
  void refusesALengthAboveTheLimitBeforeItsBytesCome() {
    assertThat(decode(Framing.LENGTH, "f0 ffffffff"))
        .isEqualTo(new Frame.Broken(true, "a message of 4295033106 bytes; 1048576 are taken"));
    assertThat(decode(Framing.LENGTH, "f0 000fff00 02")).isInstanceOf(Frame.Broken.class);
    assertThat(decode(Framing.LENGTH, "f0 0000ff00 02")).isInstanceOf(Frame.NeedMore.class);
  }

  @Test
  void refusesATokenAboveTheLimitBeforeItsBytesCome() {
    assertThat(decode(Framing.LENGTH, "0d 01 34"))
        .isEqualTo(new Frame.Broken(true, "a token of 65 bytes; 64 are taken"));
    assertThat(decode(Framing.LENGTH, "0d 01 33")).isEqualTo(new Frame.NeedMore(3 + 64));
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "0f 01", // a token length of 15
      "10 01 ff", // a marker without a payload
      "10 01 f0", // an option delta of 15
      "10 01 0f", // an option length of 15
      "10 01 d0", // an option cut off in its delta
      "10 01 01", // an option without its value
      "60 01 e0ffff e0ffff", // an option number above 65535
  })
  void refusesWhatIsMalformed(String hex) {
    assertThat(decode(Framing.LENGTH, hex)).isInstanceOfSatisfying(Frame.Broken.class, b -> {
      assertThat(b.tooLarge()).isFalse();
      assertThat(b.what()).isNotEmpty();
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "00", // no code
      "10 01 10", // a length, where the frame has it
      "0d 01", // an extended token length cut off
      "02 01 00", // a token cut off
      "0f 01", // a token length of 15
      "00 01 ff", // a marker without a payload
  })
  void refusesWhatIsMalformedInAWebSocketMessage(String hex) {
    assertThat(decode(Framing.WEB_SOCKET, hex)).isInstanceOf(Frame.Broken.class);
  }

  @Test
  void keepsNothingOfTheBuffer() {
    byte[] a = Bytes.hex("4203" + "0102" + "b161" + "ff78").toArray();
    StreamMessage m = whole(Framing.LENGTH, a);
    Arrays.fill(a, (byte) 0);
    assertThat(m.token()).isEqualTo(Bytes.hex("0102"));
    assertThat(m.options().texts(OptionNumber.URI_PATH)).containsExactly("a");
    assertThat(m.payload()).isEqualTo(Bytes.utf8("x"));
  }

  @Test
  void saysSettingsAsTheirOptionsDo() {
    PeerSettings s = new PeerSettings(1 << 20, true, 64);
    // 2: 10 00 00; 4: empty; 6: 40
    assertThat(hex(StreamCodec.encode(Framing.LENGTH,
        new StreamMessage(Code.CSM, Bytes.EMPTY, s.toOptions(), Bytes.EMPTY))))
        .isEqualTo("70e1" + "23100000" + "20" + "2140");
    assertThat(PeerSettings.BASE.changedBy(s.toOptions())).isEqualTo(s);
    // A further CSM changes what it names, and nothing else.
    assertThat(s.changedBy(new PeerSettings(2_000, false, 8).toOptions())).isEqualTo(new PeerSettings(2_000, true, 64));
  }
}

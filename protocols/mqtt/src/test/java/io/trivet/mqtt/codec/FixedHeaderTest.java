package io.trivet.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.broker.TopicLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The fixed header: sections 2.1 to 2.2 of every version. Everything here is judged before the body is there.
class FixedHeaderTest {
  private static Frame decode(Decoder d, String octets) {
    byte[] b = Octets.of(octets);
    return d.decode(b, 0, b.length);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
      30       | 2
      30 80    | 3
      30 8080  | 4
      30 05 00 | 7
      30 8001  | 131
      """)
  void saysHowMuchItNeeds(String octets, int atLeast) {
    assertThat(decode(Codecs.server(Version.V5), octets)).isEqualTo(new Frame.NeedMore(atLeast));
  }

  @Test
  void asksForTwoBytesOfNothing() {
    assertThat(Codecs.newcomer().decode(new byte[0], 0, 0)).isEqualTo(new Frame.NeedMore(2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"30 FFFFFFFF", "30 80808080", "30 FFFFFFFF 7F"})
  void refusesALengthOfFiveBytes(String octets) {
    Codecs.refuses(Codecs.server(Version.V5), "81", "MQTT-1.5.5-1", octets, "five bytes");
    Codecs.refuses(Codecs.server(Version.V3_1_1), "81", "MQTT-2.2.3", octets, "five bytes");
    Codecs.refuses(Codecs.newcomer(), "81", "MQTT-2.2.3", octets.replace("30 ", "10 "), "five bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"C0 8000", "C0 80808000", "30 838000 0001 61"})
  void refusesALengthLongerThanNeedBe(String octets) {
    Codecs.refuses(Codecs.server(Version.V5), "81", "MQTT-1.5.5-1", octets, "a length in too many bytes");
  }

  /// No byte of the body is there, none was made room for.
  @Test
  void refusesTheSizeBeforeTheBody() {
    DecodeLimits small = new DecodeLimits(1_000, 200, TopicLimits.DEFAULT, 8, 8);
    Codecs.refuses(Codecs.server(Version.V5, small), "95", "mqtt.packet-bytes-max", "30 E607", "1001 bytes");
    assertThat(decode(Codecs.server(Version.V5, small), "30 E507")).isEqualTo(new Frame.NeedMore(1_000));
    Decoder stranger = new Decoder(small, Side.SERVER, new TopicNames());
    Codecs.refuses(stranger, "95", "mqtt.connect-bytes-max", "10 C601", "201 bytes before anybody vouches");
    assertThat(decode(stranger, "10 C501")).isEqualTo(new Frame.NeedMore(200));
    Codecs.refuses(Codecs.server(Version.V5), "95", "mqtt.packet-bytes-max", "30 FFFFFF7F", "256 MB");
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "20 { 00 00 }", "30 { ('a') }", "40 { 0001 }", "82 { 0001 ('a') 00 }", "C0 {}", "E0 {}", "F0 {}", "F0 { 18 }"
  })
  void refusesAFirstPacketThatIsNoConnect(String octets) {
    Codecs.refuses(Codecs.newcomer(), "82", "MQTT-3.1.0-1", octets, "not CONNECT");
  }

  @ParameterizedTest
  @ValueSource(strings = {"00 {}", "0F { 00 }"})
  void refusesPacketType0(String octets) {
    for (Version v : Version.values()) {
      Codecs.refuses(Codecs.server(v), "81", "MQTT-2.1.2", octets, "type 0");
      Codecs.refuses(Codecs.client(v), "81", "MQTT-2.1.2", octets, "type 0");
    }
  }

  @Test
  void refusesWhatTheOtherSideMaySend() {
    for (String octets : new String[] {"20 { 00 00 }", "90 { 0001 00 }", "B0 { 0001 }", "D0 {}"}) {
      Codecs.refuses(Codecs.server(Version.V3_1_1), "82", "MQTT-4.8.0-1", octets, "for clients");
    }
    for (String octets : new String[] {
      "10 { ('MQTT') 05 02 0000 {} ('c') }", "82 { 0001 {} ('a') 00 }", "A2 { 0001 {} ('a') }", "C0 {}"
    }) {
      Codecs.refuses(Codecs.client(Version.V5), "82", "MQTT-4.13.1-1", octets, "for servers");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
  void refusesFlagsOtherThanTheType(int type) {
    int right = type == 6 || type == 8 || type == 10 ? 2 : 0;
    for (int flags = 0; flags < 16; flags++) {
      if (flags != right) {
        byte[] header = {(byte) (type << 4 | flags), 2};
        assertThat(Codecs.server(Version.V5).decode(header, 0, 2)).isInstanceOfSatisfying(
            Frame.Broken.class, b -> assertThat(b.rule()).isEqualTo("MQTT-2.1.3-1"));
      }
    }
  }

  @Test
  void readsOnePacketAfterAnotherWhereverTheyStand() {
    byte[] b = Octets.of("EEEE C0 {} 30 { ('a') 'm' } C0 {} EE");
    Decoder d = Codecs.server(Version.V3_1_1);
    assertThat(d.decode(b, 2, b.length)).isEqualTo(new Frame.Whole(PingReq.INSTANCE, 2));
    assertThat(d.decode(b, 4, b.length)).isInstanceOfSatisfying(
        Frame.Whole.class, w -> assertThat(w.consumed()).isEqualTo(6));
    assertThat(d.decode(b, 10, b.length)).isEqualTo(new Frame.Whole(PingReq.INSTANCE, 2));
  }

  /// Refused by the machine, which alone knows that there was one before.
  @Test
  void leavesASecondConnectToTheMachine() {
    Decoder d = Codecs.server(Version.V3_1_1);
    Codecs.whole(d, Codecs.connect(Version.V5), Connect.class);
    Codecs.whole(d, "30 { ('a') 'still 3.1.1' }", Publish.class);
  }
}

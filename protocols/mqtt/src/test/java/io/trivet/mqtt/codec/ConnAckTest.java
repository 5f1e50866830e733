package io.trivet.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// CONNACK: MQTT 3.1, 3.1.1 and 5.0, section 3.2.
class ConnAckTest {
  @Test
  void readsTheLeastOfEachVersion() {
    ConnAck five = Codecs.whole(Codecs.client(Version.V5), "20 { 01 00 {} }", ConnAck.class);
    assertThat(five).isEqualTo(ConnAck.accepted(true).build());
    Codecs.encodesTo(five, Version.V5, "20 { 01 00 {} }");
    ConnAck three = Codecs.whole(Codecs.client(Version.V3_1_1), "20 { 00 05 }", ConnAck.class);
    assertThat(three).isEqualTo(ConnAck.refusal(ReasonCode.NOT_AUTHORIZED));
    Codecs.encodesTo(three, Version.V3_1_1, "20 { 00 05 }");
  }

  @Test
  void readsEveryProperty() {
    String octets = """
        20 { 00 00 {
          11 0000000A 21 0014 24 01 25 00 27 00010000 12 ('given') 22 0007 1F ('why')
          28 00 29 00 2A 00 13 001E 1A ('r') 1C ('other:8883') 15 ('M') 16 (0102)
        } }""";
    ConnAck a = Codecs.whole(Codecs.client(Version.V5), octets, ConnAck.class);
    assertThat(a).isEqualTo(new ConnAck(false, ReasonCode.SUCCESS, "why", 10, 20, 1, false, 65_536, "given", 7, false,
        false, false, 30, "r", "other:8883", "M", Bytes.hex("0102")));
    Codecs.encodesTo(a, Version.V5, octets);
    assertThat(((ConnAck) a.withoutDiagnostics()).reasonString()).isEmpty();
  }

  /// The whole first byte is reserved there.
  @Test
  void knowsNoSessionPresentInMqtt31() {
    Codecs.encodesTo(ConnAck.accepted(true).build(), Version.V3_1, "20 { 00 00 }");
    assertThat(Codecs.whole(Codecs.client(Version.V3_1), "20 { 01 00 }", ConnAck.class).sessionPresent()).isFalse();
  }

  @Test
  void mapsEveryReasonToAReturnCodeThatRefusesToo() {
    for (ReasonCode r : ReasonCode.values()) {
      assertThat(r.returnCode()).isBetween(0, 5);
      assertThat(r.returnCode() == 0).as("%s", r).isEqualTo(r == ReasonCode.SUCCESS);
      assertThat(ReasonCode.of(r.code())).isEqualTo(r);
    }
    for (int code = 0; code <= 5; code++) {
      assertThat(ReasonCode.ofReturnCode(code).returnCode()).isEqualTo(code);
    }
  }

  @ParameterizedTest(name = "{4}")
  @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
      5  | 81 | MQTT-3.2.2-1  | 20 { 02 00 {} }              | reserved acknowledge flags, 5.0
      3  | 81 | MQTT-3.2.2.1  | 20 { 80 00 }                 | reserved acknowledge flags, 3.1.1
      5  | 82 | MQTT-3.2.2-6  | 20 { 01 87 {} }              | a refusal with a session, 5.0
      3  | 82 | MQTT-3.2.2-4  | 20 { 01 05 }                 | a refusal with a session, 3.1.1
      3  | 81 | MQTT-3.2.2.3  | 20 { 00 06 }                 | return code 6
      5  | 81 | MQTT-3.2.2-8  | 20 { 00 7F {} }              | a reason code that nobody knows
      5  | 81 | MQTT-3.2.2-8  | 20 { 00 10 {} }              | a reason code of PUBACK
      5  | 81 | MQTT-4.13.1-1 | 20 { 00 00 }                 | no properties
      3  | 81 | MQTT-4.8.0-1  | 20 { 00 00 00 }              | properties in 3.1.1
      5  | 82 | MQTT-2.2.2.2  | 20 { 00 00 {24 02} }         | maximum QoS 2
      5  | 82 | MQTT-2.2.2.2  | 20 { 00 00 {25 02} }         | retain available 2
      5  | 82 | MQTT-2.2.2.2  | 20 { 00 00 {21 0000} }       | receive maximum 0
      5  | 81 | MQTT-2.2.2.2  | 20 { 00 00 {17 00} }         | a property of CONNECT
      5  | 82 | MQTT-2.2.2.2  | 20 { 00 00 {13 0001 13 0001} } | server keep alive twice
      5  | 81 | MQTT-2.1.3-1  | 21 { 00 00 {} }              | flags
      """)
  void refuses(String v, String code, String rule, String octets, String why) {
    Codecs.refuses(Codecs.client(Codecs.version(v)), code, rule, octets, why);
  }
}

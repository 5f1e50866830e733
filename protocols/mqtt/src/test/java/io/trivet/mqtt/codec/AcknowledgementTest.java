package io.trivet.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// PUBACK, PUBREC, PUBREL and PUBCOMP, which look alike: sections 3.4 to 3.7 of every version.
class AcknowledgementTest {
  private static List<Packet> all(int id, ReasonCode first, ReasonCode second, String text) {
    return List.of(new PubAck(id, first, text), new PubRec(id, first, text), new PubRel(id, second, text),
        new PubComp(id, second, text));
  }

  private static final List<String> HEADERS = List.of("40", "50", "62", "70");

  @Test
  void leavesOutASuccess() {
    List<Packet> plain = all(0x1234, ReasonCode.SUCCESS, ReasonCode.SUCCESS, "");
    for (int i = 0; i < 4; i++) {
      String octets = HEADERS.get(i) + " { 1234 }";
      for (Version v : Version.values()) {
        assertThat(Codecs.whole(Codecs.server(v), octets, Packet.class)).isEqualTo(plain.get(i));
        assertThat(Codecs.whole(Codecs.client(v), octets, Packet.class)).isEqualTo(plain.get(i));
        Codecs.encodesTo(plain.get(i), v, octets);
      }
    }
  }

  @Test
  void carriesAReasonInVersion5() {
    List<Packet> refused =
        all(1, ReasonCode.QUOTA_EXCEEDED, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, "");
    List<Packet> explained =
        all(1, ReasonCode.QUOTA_EXCEEDED, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, "full");
    for (int i = 0; i < 4; i++) {
      String code = i < 2 ? "97" : "92";
      String shortForm = HEADERS.get(i) + " { 0001 " + code + " }";
      assertThat(Codecs.whole(Codecs.server(Version.V5), shortForm, Packet.class)).isEqualTo(refused.get(i));
      Codecs.encodesTo(refused.get(i), Version.V5, shortForm);
      String longForm = HEADERS.get(i) + " { 0001 " + code + " { 1F ('full') } }";
      assertThat(Codecs.whole(Codecs.server(Version.V5), longForm, Packet.class)).isEqualTo(explained.get(i));
      Codecs.encodesTo(explained.get(i), Version.V5, longForm);
      Codecs.encodesTo(explained.get(i).withoutDiagnostics(), Version.V5, shortForm);
      Codecs.encodesTo(explained.get(i), Version.V3_1_1, HEADERS.get(i) + " { 0001 }");
    }
  }

  @Test
  void takesSuccessWrittenOutAndUserProperties() {
    assertThat(Codecs.whole(Codecs.server(Version.V5), "40 { 0001 00 {} }", PubAck.class)).isEqualTo(new PubAck(1));
    assertThat(Codecs.whole(Codecs.server(Version.V5), "40 { 0001 10 { 26 ('k') ('v') } }", PubAck.class))
        .isEqualTo(new PubAck(1, ReasonCode.NO_MATCHING_SUBSCRIBERS));
  }

  /// MQTT 3.1 puts a DUP flag there (section 2.1).
  @Test
  void takesPubRelWithDupInMqtt31Only() {
    assertThat(Codecs.whole(Codecs.server(Version.V3_1), "6A { 0001 }", PubRel.class)).isEqualTo(new PubRel(1));
    Codecs.refuses(Codecs.server(Version.V3_1_1), "81", "MQTT-2.2.2-2", "6A { 0001 }", "DUP");
  }

  @ParameterizedTest(name = "{4}")
  @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
      5 | 82 | MQTT-2.2.1-3  | 40 { 0000 }                  | PUBACK 0
      3 | 82 | MQTT-2.3.1-1  | 50 { 0000 }                  | PUBREC 0
      3 | 82 | MQTT-2.3.1-1  | 62 { 0000 }                  | PUBREL 0
      5 | 82 | MQTT-2.2.1-3  | 70 { 0000 00 {} }            | PUBCOMP 0
      5 | 81 | MQTT-4.13.1-1 | 40 { 00 }                    | PUBACK cut short
      3 | 81 | MQTT-4.8.0-1  | 70 {}                        | PUBCOMP of nothing
      3 | 81 | MQTT-4.8.0-1  | 40 { 0001 00 }               | a reason in 3.1.1
      5 | 81 | MQTT-4.13.1-1 | 40 { 0001 00 {} 00 }         | a byte behind the properties
      5 | 81 | MQTT-2.4.0-1  | 40 { 0001 01 }               | PUBACK with a reason of SUBACK
      5 | 81 | MQTT-2.4.0-1  | 50 { 0001 92 }               | PUBREC with a reason of PUBREL
      5 | 81 | MQTT-2.4.0-1  | 62 { 0001 80 }               | PUBREL with a reason of PUBREC
      5 | 81 | MQTT-2.4.0-1  | 70 { 0001 FF }               | PUBCOMP with a reason that nobody knows
      5 | 82 | MQTT-2.2.2.2  | 40 { 0001 00 {1F () 1F ()} } | two reason strings
      5 | 81 | MQTT-2.2.2.2  | 40 { 0001 00 {23 0001} }     | an alias
      5 | 81 | MQTT-2.1.3-1  | 60 { 0001 }                  | PUBREL without its flag
      5 | 81 | MQTT-2.1.3-1  | 42 { 0001 }                  | PUBACK with a flag
      3 | 81 | MQTT-2.2.2-2  | 58 { 0001 }                  | PUBREC with a flag
      """)
  void refuses(String v, String code, String rule, String octets, String why) {
    Codecs.refuses(Codecs.server(Codecs.version(v)), code, rule, octets, why);
  }
}

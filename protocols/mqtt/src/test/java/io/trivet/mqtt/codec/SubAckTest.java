package io.trivet.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// SUBACK and UNSUBACK: sections 3.9 and 3.11 of every version.
class SubAckTest {
  @Test
  void answersEachFilter() {
    SubAck a = new SubAck(
        3, List.of(ReasonCode.SUCCESS, ReasonCode.GRANTED_QOS_2, ReasonCode.TOPIC_FILTER_INVALID), "why");
    String octets = "90 { 0003 { 1F ('why') } 00 02 8F }";
    Codecs.encodesTo(a, Version.V5, octets);
    assertThat(Codecs.whole(Codecs.client(Version.V5), octets, SubAck.class)).isEqualTo(a);
    Codecs.encodesTo(a.withoutDiagnostics(), Version.V5, "90 { 0003 {} 00 02 8F }");
  }

  /// Every failure is 0x80 there.
  @Test
  void knowsOneFailureBeforeVersion5() {
    SubAck a = new SubAck(3, List.of(ReasonCode.GRANTED_QOS_1, ReasonCode.NOT_AUTHORIZED));
    Codecs.encodesTo(a, Version.V3_1_1, "90 { 0003 01 80 }");
    assertThat(Codecs.whole(Codecs.client(Version.V3_1_1), "90 { 0003 01 80 }", SubAck.class))
        .isEqualTo(new SubAck(3, List.of(ReasonCode.GRANTED_QOS_1, ReasonCode.UNSPECIFIED_ERROR)));
  }

  @Test
  void givesUpFiltersWithReasonsInVersion5Only() {
    UnsubAck a = new UnsubAck(3, List.of(ReasonCode.SUCCESS, ReasonCode.NO_SUBSCRIPTION_EXISTED), "why");
    String octets = "B0 { 0003 { 1F ('why') } 00 11 }";
    Codecs.encodesTo(a, Version.V5, octets);
    assertThat(Codecs.whole(Codecs.client(Version.V5), octets, UnsubAck.class)).isEqualTo(a);
    Codecs.encodesTo(a.withoutDiagnostics(), Version.V5, "B0 { 0003 {} 00 11 }");
    Codecs.encodesTo(a, Version.V3_1_1, "B0 { 0003 }");
    assertThat(Codecs.whole(Codecs.client(Version.V3_1_1), "B0 { 0003 }", UnsubAck.class))
        .isEqualTo(new UnsubAck(3, List.of()));
  }

  @ParameterizedTest(name = "{4}")
  @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
      5 | 81 | MQTT-3.8.4-6  | 90 { 0001 {} }        | SUBACK without a reason, 5.0
      3 | 81 | MQTT-3.8.4-5  | 90 { 0001 }           | SUBACK without a return code, 3.1.1
      5 | 81 | MQTT-2.4.0-1  | 90 { 0001 {} 03 }     | QoS 3 granted
      5 | 81 | MQTT-2.4.0-1  | 90 { 0001 {} 11 }     | SUBACK with a reason of UNSUBACK
      3 | 81 | MQTT-2.4.0-1  | 90 { 0001 87 }        | a reason of 5.0 in 3.1.1
      5 | 82 | MQTT-2.2.1-3  | 90 { 0000 {} 00 }     | SUBACK 0
      5 | 81 | MQTT-3.11.3-2 | B0 { 0001 {} }        | UNSUBACK without a reason
      5 | 81 | MQTT-2.4.0-1  | B0 { 0001 {} 01 }     | UNSUBACK with a reason of SUBACK
      3 | 81 | MQTT-4.8.0-1  | B0 { 0001 00 }        | UNSUBACK with a reason in 3.1.1
      3 | 82 | MQTT-2.3.1-1  | B0 { 0000 }           | UNSUBACK 0
      5 | 81 | MQTT-2.1.3-1  | 92 { 0001 {} 00 }     | flags
      """)
  void refuses(String v, String code, String rule, String octets, String why) {
    Codecs.refuses(Codecs.client(Codecs.version(v)), code, rule, octets, why);
  }
}

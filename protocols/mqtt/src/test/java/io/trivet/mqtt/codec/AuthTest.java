package io.trivet.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// AUTH: MQTT 5.0, section 3.15.
class AuthTest {
  @Test
  void carriesOneStep() {
    String octets = "F0 { 18 { 15 ('SCRAM-SHA-256') 16 ('n,,n=u') } }";
    Auth a = new Auth(ReasonCode.CONTINUE_AUTHENTICATION, "SCRAM-SHA-256", Bytes.utf8("n,,n=u"));
    Codecs.encodesTo(a, Version.V5, octets);
    assertThat(Codecs.whole(Codecs.server(Version.V5), octets, Auth.class)).isEqualTo(a);
    assertThat(Codecs.whole(Codecs.client(Version.V5), octets, Auth.class)).isEqualTo(a);
    Auth why = new Auth(ReasonCode.SUCCESS, "M", Bytes.EMPTY, "why");
    Codecs.encodesTo(why, Version.V5, "F0 { 00 { 15 ('M') 1F ('why') } }");
    Codecs.encodesTo(why.withoutDiagnostics(), Version.V5, "F0 { 00 { 15 ('M') } }");
  }

  @Test
  void mayBeEmptyWhereAServerSaysSuccess() {
    assertThat(Codecs.whole(Codecs.client(Version.V5), "F0 {}", Auth.class))
        .isEqualTo(new Auth(ReasonCode.SUCCESS, "", Bytes.EMPTY));
  }

  @ParameterizedTest(name = "{4}")
  @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
      5  | 81 | MQTT-4.13.1-1   | F0 {}                        | success from a client
      5  | 81 | MQTT-2.4.0-1    | F0 { 00 { 15 ('M') } }       | success from a client, written out
      5  | 81 | MQTT-2.4.0-1    | F0 { 87 { 15 ('M') } }       | a refusal
      5  | 82 | MQTT-3.15.2.2.3 | F0 { 18 { 16 (01) } }        | data without a method
      5  | 82 | MQTT-2.2.2.2    | F0 { 18 { 15 ('M') 15 ('M') } } | two methods
      5  | 81 | MQTT-2.2.2.2    | F0 { 18 { 21 0001 } }        | receive maximum
      5  | 81 | MQTT-2.1.3-1    | F1 {}                        | flags
      3  | 81 | MQTT-2.1.2      | F0 {}                        | in 3.1.1
      31 | 81 | MQTT-2.1.2      | F0 {}                        | in 3.1
      """)
  void refuses(String v, String code, String rule, String octets, String why) {
    Codecs.refuses(Codecs.server(Codecs.version(v)), code, rule, octets, why);
  }

  @Test
  void isNoFirstPacketOfAServerBeforeVersion5() {
    Codecs.refuses(Codecs.client(Version.V3_1_1), "81", "MQTT-2.1.2", "F0 { 18 { 15 ('M') } }", "3.1.1");
  }
}

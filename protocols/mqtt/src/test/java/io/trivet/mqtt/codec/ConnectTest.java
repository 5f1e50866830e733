package io.trivet.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import io.trivet.broker.QoS;
import io.trivet.broker.UserProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// CONNECT: MQTT 3.1, 3.1.1 and 5.0, section 3.1.
class ConnectTest {
  private static Connect decoded(String octets) {
    return Codecs.whole(Codecs.newcomer(), octets, Connect.class);
  }

  @Test
  void readsTheLeastOfEachVersion() {
    for (Version v : Version.values()) {
      Connect c = decoded(Codecs.connect(v));
      assertThat(c.version()).isEqualTo(v);
      assertThat(c.clientId()).isEqualTo("c");
      assertThat(c.cleanStart()).isTrue();
      assertThat(c.keepAliveSeconds()).isEqualTo(60);
      assertThat(c.userName()).isEmpty();
      assertThat(c.password()).isEmpty();
      assertThat(c.will()).isEmpty();
      assertThat(c.sessionExpirySeconds()).isZero();
      assertThat(c.receiveMaximum()).isEqualTo(65_535);
      assertThat(c.maximumPacketSize()).isEqualTo(Connect.NO_MAXIMUM);
      assertThat(c.topicAliasMaximum()).isZero();
      assertThat(c.requestResponseInformation()).isFalse();
      assertThat(c.requestProblemInformation()).isTrue();
      assertThat(c.authenticationMethod()).isEmpty();
      Codecs.encodesTo(c, v, Codecs.connect(v));
    }
  }

  @Test
  void readsAllThatVersion5Added() {
    String octets = """
        10 { ('MQTT') 05 EE 000A          # user name, password, will retain, will QoS 1, will, clean start
          {
            11 FFFFFFFF                   # session expiry: never
            21 0014                       # receive maximum 20
            27 00001000                   # maximum packet size 4096
            22 0005                       # topic alias maximum 5
            19 01                         # request response information
            17 00                         # no problem information
            26 ('k') ('v') 26 ('k') ('w') # user properties in order, one name twice
            15 ('SCRAM-SHA-256')          # authentication method
            16 (00 FF)                    # authentication data
          }
          ('id')
          {
            18 0000003C                   # will delay 60
            02 00000078                   # message expiry 120
            01 01                         # payload is UTF-8
            03 ('text/plain')
            08 ('r/t')
            09 (01 02)
            26 ('a') ('b')
          }
          ('w/t') ('gone') ('user') ('secret')
        }""";
    Connect c = decoded(octets);
    assertThat(c.sessionExpirySeconds()).isEqualTo(0xFFFF_FFFFL);
    assertThat(c.receiveMaximum()).isEqualTo(20);
    assertThat(c.maximumPacketSize()).isEqualTo(4096);
    assertThat(c.topicAliasMaximum()).isEqualTo(5);
    assertThat(c.requestResponseInformation()).isTrue();
    assertThat(c.requestProblemInformation()).isFalse();
    assertThat(c.userProperties()).containsExactly(new UserProperty("k", "v"), new UserProperty("k", "w"));
    assertThat(c.authenticationMethod()).contains("SCRAM-SHA-256");
    assertThat(c.authenticationData()).isEqualTo(Bytes.hex("00 FF"));
    assertThat(c.userName()).contains("user");
    assertThat(c.password().orElseThrow().matches(SecretBytes.utf8("secret"))).isTrue();
    WillMessage w = c.will().orElseThrow();
    assertThat(w.topic()).hasToString("w/t");
    assertThat(w.payload()).isEqualTo(Bytes.utf8("gone"));
    assertThat(w.qos()).isEqualTo(QoS.AT_LEAST_ONCE);
    assertThat(w.retain()).isTrue();
    assertThat(w.delaySeconds()).isEqualTo(60);
    assertThat(w.messageExpirySeconds()).isEqualTo(120);
    assertThat(w.properties().payloadFormat()).isEqualTo(1);
    assertThat(w.properties().contentType()).contains("text/plain");
    assertThat(w.properties().responseTopic().orElseThrow()).hasToString("r/t");
    assertThat(w.properties().correlationData()).contains(Bytes.hex("0102"));
    assertThat(w.properties().userProperties()).containsExactly(new UserProperty("a", "b"));
    Codecs.encodesTo(c, Version.V5, octets);
  }

  @Test
  void takesAPasswordWithoutAUserNameInVersion5() {
    assertThat(decoded("10 { ('MQTT') 05 42 0000 {} ('c') ('p') }").password()).isPresent();
  }

  @Test
  void takesClientIdsLongerThanMqtt31Allows() {
    String id = "a".repeat(200);
    assertThat(decoded("10 { ('MQIsdp') 03 02 0000 ('" + id + "') }").clientId()).isEqualTo(id);
  }

  /// The remaining length takes precedence over the flags (MQTT 3.1, section 3.1).
  @Test
  void letsOldClientsPromiseAUserNameAndSendNone() {
    Connect c = decoded("10 { ('MQIsdp') 03 C2 0000 ('c') }");
    assertThat(c.userName()).isEmpty();
    assertThat(c.password()).isEmpty();
    assertThat(decoded("10 { ('MQIsdp') 03 C2 0000 ('c') ('u') }").userName()).contains("u");
  }

  @ParameterizedTest(name = "{3}")
  @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
      81 | MQTT-3.1.2-1     | 10 { ('MQXX') 04 02 0000 ('c') }                | protocol name
      81 | MQTT-3.1.2-1     | 10 { ('mqtt') 04 02 0000 ('c') }                | protocol name in lower case
      81 | MQTT-3.1.2-1     | 10 { () 04 02 0000 ('c') }                      | empty protocol name
      84 | MQTT-3.1.2-2     | 10 { ('MQTT') 06 02 0000 {} ('c') }             | level 6
      84 | MQTT-3.1.2-2     | 10 { ('MQTT') 03 02 0000 ('c') }                | level 3 under the later name
      84 | MQTT-3.1.2-2     | 10 { ('MQTT') 84 02 0000 ('c') }                | level 4 of a bridge
      84 | MQTT-3.1.2-2     | 10 { ('MQIsdp') 04 02 0000 ('c') }              | level 4 under the earlier name
      81 | MQTT-3.1.2-3     | 10 { ('MQTT') 04 03 0000 ('c') }                | reserved flag, 3.1.1
      81 | MQTT-3.1.2-3     | 10 { ('MQTT') 05 03 0000 {} ('c') }             | reserved flag, 5.0
      81 | MQTT-3.1.2-13    | 10 { ('MQTT') 04 0A 0000 ('c') }                | will QoS without a will, 3.1.1
      81 | MQTT-3.1.2-11    | 10 { ('MQTT') 05 0A 0000 {} ('c') }             | will QoS without a will, 5.0
      81 | MQTT-3.1.2-15    | 10 { ('MQTT') 04 22 0000 ('c') }                | will retain without a will, 3.1.1
      81 | MQTT-3.1.2-13    | 10 { ('MQTT') 05 22 0000 {} ('c') }             | will retain without a will, 5.0
      81 | MQTT-3.1.2-14    | 10 { ('MQTT') 04 1E 0000 ('c') ('t') ('m') }    | will QoS 3, 3.1.1
      81 | MQTT-3.1.2-12    | 10 { ('MQTT') 05 1E 0000 {} ('c') {} ('t') () } | will QoS 3, 5.0
      81 | MQTT-3.1.2-14    | 10 { ('MQIsdp') 03 1E 0000 ('c') ('t') ('m') }  | will QoS 3, 3.1
      81 | MQTT-3.1.2-22    | 10 { ('MQTT') 04 42 0000 ('c') ('p') }          | password without user name, 3.1.1
      81 | MQTT-4.8.0-1     | 10 { ('MQTT') 04 82 0000 ('c') }                | user name promised, none there
      81 | MQTT-4.8.0-1     | 10 { ('MQTT') 04 C2 0000 ('c') ('u') }          | password promised, none there
      81 | MQTT-4.8.0-1     | 10 { ('MQTT') 04 02 0000 }                      | no client identifier
      81 | MQTT-4.8.0-1     | 10 { ('MQTT') 04 02 0000 ('c') ('u') }          | a user name that no flag promises
      81 | MQTT-4.13.1-1    | 10 { ('MQTT') 05 02 0000 {} ('c') 00 }          | a byte too many
      81 | MQTT-4.13.1-1    | 10 { ('MQTT') 05 02 00 }                        | keep alive cut short
      81 | MQTT-1.5.3-1     | 10 { ('MQTT') 04 02 0000 (C0 80) }              | client identifier no UTF-8, 3.1.1
      81 | MQTT-1.5.3-2     | 10 { ('MQTT') 04 02 0000 (61 00) }              | client identifier with U+0000, 3.1.1
      81 | MQTT-1.5.4-1     | 10 { ('MQTT') 05 02 0000 {} (ED A0 80) }        | client identifier with a surrogate
      81 | MQTT-1.5.4-2     | 10 { ('MQTT') 05 82 0000 {} ('c') (00) }        | user name with U+0000
      90 | MQTT-3.3.2-2     | 10 { ('MQTT') 05 06 0000 {} ('c') {} ('#') () } | will topic with a wildcard
      90 | MQTT-4.7.3-1     | 10 { ('MQTT') 04 06 0000 ('c') () ('m') }       | empty will topic
      81 | MQTT-1.5.3-1     | 10 { ('MQTT') 04 06 0000 ('c') (FF) ('m') }     | will topic no UTF-8
      81 | MQTT-2.2.2.2     | 10 { ('MQTT') 05 02 0000 {230001} ('c') }       | a topic alias
      81 | MQTT-2.2.2.2     | 10 { ('MQTT') 05 02 0000 {18 0000 0001} ('c') } | will delay among the packet's own
      81 | MQTT-2.2.2.2     | 10 { ('MQTT') 05 06 0000 {} ('c') {110000 0001} ('t') () } | session expiry of a will
      82 | MQTT-2.2.2.2     | 10 { ('MQTT') 05 02 0000 {21 0000} ('c') }      | receive maximum 0
      82 | MQTT-2.2.2.2     | 10 { ('MQTT') 05 02 0000 {27 00000000} ('c') }  | maximum packet size 0
      82 | MQTT-2.2.2.2     | 10 { ('MQTT') 05 02 0000 {17 02} ('c') }        | problem information 2
      82 | MQTT-2.2.2.2     | 10 { ('MQTT') 05 02 0000 {19 FF} ('c') }        | response information 255
      82 | MQTT-2.2.2.2     | 10 { ('MQTT') 05 02 0000 {17 01 17 01} ('c') }  | problem information twice
      82 | MQTT-3.1.2.11.10 | 10 { ('MQTT') 05 02 0000 {16 (01)} ('c') }      | authentication data without a method
      82 | MQTT-2.2.2.2     | 10 { ('MQTT') 05 06 0000 {} ('c') {01 02} ('t') () } | will payload format 2
      """)
  void refuses(String code, String rule, String octets, String why) {
    Codecs.refuses(Codecs.newcomer(), code, rule, octets, why);
  }

  @Test
  void saysNothingOfASecretInItsText() {
    Connect c = decoded("10 { ('MQTT') 04 C2 0000 ('c') ('u') ('hunter2') }");
    assertThat(c.toString()).doesNotContain("hunter2").doesNotContain("68756e74");
  }
}

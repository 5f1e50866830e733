package io.trivet.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// DISCONNECT, PINGREQ and PINGRESP: sections 3.12 to 3.14 of every version.
class DisconnectTest {
  @Test
  void leavesOutASuccess() {
    for (Version v : Version.values()) {
      assertThat(Codecs.whole(Codecs.server(v), "E0 {}", Disconnect.class)).isEqualTo(Disconnect.NORMAL);
      Codecs.encodesTo(Disconnect.NORMAL, v, "E0 {}");
      assertThat(Codecs.whole(Codecs.server(v), "C0 {}", PingReq.class)).isSameAs(PingReq.INSTANCE);
      Codecs.encodesTo(PingReq.INSTANCE, v, "C0 {}");
      assertThat(Codecs.whole(Codecs.client(v), "D0 {}", PingResp.class)).isSameAs(PingResp.INSTANCE);
      Codecs.encodesTo(PingResp.INSTANCE, v, "D0 {}");
    }
  }

  @Test
  void saysWhyInVersion5() {
    assertThat(Codecs.whole(Codecs.server(Version.V5), "E0 { 04 }", Disconnect.class))
        .isEqualTo(new Disconnect(ReasonCode.DISCONNECT_WITH_WILL, ""));
    Disconnect client = new Disconnect(ReasonCode.SUCCESS, "bye", 0, "");
    Codecs.encodesTo(client, Version.V5, "E0 { 00 { 11 00000000 1F ('bye') } }");
    assertThat(Codecs.whole(
        Codecs.server(Version.V5), "E0 { 00 { 11 00000000 1F ('bye') } }", Disconnect.class)).isEqualTo(client);
    Disconnect server = new Disconnect(ReasonCode.SERVER_MOVED, "gone", -1, "b");
    Codecs.encodesTo(server, Version.V5, "E0 { 9D { 1F ('gone') 1C ('b') } }");
    assertThat(Codecs.whole(
        Codecs.client(Version.V5), "E0 { 9D { 1F ('gone') 1C ('b') } }", Disconnect.class)).isEqualTo(server);
    Codecs.encodesTo(server.withoutDiagnostics(), Version.V5, "E0 { 9D { 1C ('b') } }");
    Codecs.encodesTo(server, Version.V3_1_1, "E0 {}");
  }

  @ParameterizedTest(name = "{4}")
  @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
      5 | 81 | MQTT-2.4.0-1  | E0 { 01 }                      | a reason of SUBACK
      5 | 81 | MQTT-2.4.0-1  | E0 { 8B }                      | a reason of servers
      5 | 81 | MQTT-2.4.0-1  | E0 { EE }                      | a reason that nobody knows
      5 | 81 | MQTT-2.2.2.2  | E0 { 00 { 1C ('x') } }         | a client names a server
      5 | 82 | MQTT-2.2.2.2  | E0 { 00 { 1F () 1F () } }      | two reason strings
      5 | 81 | MQTT-4.13.1-1 | E0 { 00 {} 00 }                | a byte too many
      3 | 81 | MQTT-4.8.0-1  | E0 { 00 }                      | a reason in 3.1.1
      3 | 81 | MQTT-2.2.2-2  | E1 {}                          | DISCONNECT with flags
      3 | 81 | MQTT-4.8.0-1  | C0 { 00 }                      | PINGREQ with a body
      5 | 81 | MQTT-4.13.1-1 | C0 { 00 }                      | PINGREQ with a body, 5.0
      5 | 81 | MQTT-2.1.3-1  | C8 {}                          | PINGREQ with flags
      """)
  void refuses(String v, String code, String rule, String octets, String why) {
    Codecs.refuses(Codecs.server(Codecs.version(v)), code, rule, octets, why);
  }
}

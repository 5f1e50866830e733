package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// MQTT 3.1.1, section 3.1.
@Of(Version.V3_1_1)
class Connect311Test extends ConnectContract {
  @ParameterizedTest
  @ValueSource(strings = {"mqtt", "MQTX", "MQTTT", "HTTP", ""})
  @Statement(v311 = "MQTT-3.1.2-1")
  void goesNoFurtherWithAnotherProtocol(String name) {
    TestClient witness = client("witness").subscribed("#", 0);
    TestClient c = newcomer();
    c.sendTogether(Out.connect("c").protocol(name, 4), Out.publish("t"));
    for (In p : c.drain()) {
      assertThat(((In.ConnAck) p).code()).isNotZero();
    }
    c.expectClosed();
    witness.expectNothing();
  }

  @ParameterizedTest
  @CsvSource({"MQTT, 0", "MQTT, 2", "MQTT, 3", "MQIsdp, 4", "MQIsdp, 2"})
  @Statement(v311 = "MQTT-3.1.2-2")
  void refusesLevelsItDoesNotSpeak(String name, int level) {
    newcomer().send(Out.connect("c").protocol(name, level)).expectRefused(1);
  }

  @Test
  @Statement(v311 = "MQTT-3.1.2-6")
  void endsACleanSessionWithItsConnection() {
    client("c").subscribed("t", 1).disconnect();
    client("publisher").published(Out.publish("t"), 1);
    TestClient back = newcomer().send(Out.connect("c").clean(false));
    assertThat(back.expectAccepted().sessionPresent()).isFalse();
    back.expectNothing();
  }

  @Test
  @Statement(v311 = "MQTT-3.1.2-22")
  void refusesAPasswordWithoutAUserName() {
    newcomer().send(Out.connect("c").password("secret")).expectConnectRejected();
  }

  @Test
  @Statement(v311 = {"MQTT-3.1.3-7", "MQTT-3.1.3-8"})
  void refusesNamelessClientsThatWantASessionKept() {
    newcomer().send(Out.connect("").clean(false)).expectRefused(2);
  }

  @Test
  @Statement(v311 = "MQTT-3.1.4-1")
  void saysNothingToAMalformedConnect() {
    newcomer().send(Out.hex("10 02 00 04")).expectClosed();
    newcomer().send(Out.hex("10 00")).expectClosed();
  }
}

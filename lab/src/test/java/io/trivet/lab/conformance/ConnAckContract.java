package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Test;

/// Section 3.2.
abstract class ConnAckContract extends Conformance {
  @Test
  @Statement(v311 = "MQTT-3.2.0-1", v5 = {"MQTT-3.2.0-1", "MQTT-3.2.0-2"})
  void comesFirstAndOnce() {
    lastingClient("c").subscribed("t", 1).disconnect();
    client("publisher").published(Out.publish("t").payload("waiting"), 1);
    TestClient c = newcomer();
    c.expectNothing();
    c.send(lasting("c"));
    assertSessionPresent(c.expect(In.ConnAck.class), true);
    c.expectMessage("waiting");
    c.send(Out.pingReq());
    c.expect(In.PingResp.class);
    c.expectNothing();
  }

  @Test
  @Statement(
      v311 = {"MQTT-3.2.2-4", "MQTT-3.2.2-5"},
      v5 = {"MQTT-3.2.2-6", "MQTT-3.2.2-7", "MQTT-3.1.4-2"})
  void ofARefusalKnowsNoSession() {
    lastingClient("c").disconnect();
    newcomer()
        .send(lasting("c").user("alice").password("wrong"))
        .expectRefused(isV5() ? new Integer[] {0x86, 0x87} : new Integer[] {4, 5});
    assertSessionPresent(newcomer().send(lasting("c")).expectAccepted(), true);
  }

  @Test
  @Statement(v311 = "MQTT-3.2.2-1", v5 = {"MQTT-3.2.2-1", "MQTT-3.2.2-2"})
  void toACleanStartKnowsNoSession() {
    lastingClient("c").disconnect();
    TestClient c = newcomer();
    assertThat(c.send(Out.connect("c")).expectAccepted().sessionPresent()).isFalse();
    assertThat(c.lastFrame().at(2)).as("acknowledge flags").isZero();
  }

  @Test
  @Statement(v311 = {"MQTT-3.2.2-2", "MQTT-3.2.2-3"}, v5 = {"MQTT-3.2.2-1", "MQTT-3.2.2-3"})
  void toAResumeSaysWhetherThereIsASession() {
    TestClient first = newcomer().send(lasting("c"));
    first.expectAccepted();
    assertThat(first.lastFrame().at(2)).as("acknowledge flags").isZero();
    first.disconnect();
    TestClient second = newcomer().send(lasting("c"));
    second.expectAccepted();
    assertThat(second.lastFrame().at(2)).as("acknowledge flags").isEqualTo((byte) (version == Version.V3_1 ? 0 : 1));
  }
}

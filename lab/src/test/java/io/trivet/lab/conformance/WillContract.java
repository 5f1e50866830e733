package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Writer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The will: sections 3.1.2.5 to 3.1.2.7.
abstract class WillContract extends Conformance {
  private static final Out.Publish LAST_WORDS = Out.publish("wills").payload("last words");

  private TestClient witness() {
    return client("witness").subscribed("wills", 2);
  }

  @Test
  @Statement(v311 = "MQTT-3.1.2-8", v5 = {"MQTT-3.1.2-7", "MQTT-3.1.2-8"})
  void isPublishedWhenTheNetworkFails() {
    TestClient witness = witness();
    TestClient c = newcomer().connected(Out.connect("c").will(LAST_WORDS));
    witness.expectNothing();
    c.cut();
    assertThat(witness.expectMessage("last words").topic()).isEqualTo("wills");
  }

  @Test
  @Statement(v311 = "MQTT-3.1.2-8", v5 = "MQTT-3.1.2-8")
  void isPublishedWhenTheClientBreaksTheProtocol() {
    TestClient witness = witness();
    newcomer().connected(Out.connect("c").will(LAST_WORDS)).send(Out.connect("c")).expectThrownOut(0x82);
    witness.expectMessage("last words");
  }

  @Test
  @Statement(v311 = "MQTT-3.1.2-8", v5 = "MQTT-3.1.2-8")
  void isPublishedWhenTheClientIsPutOut() {
    TestClient witness = witness();
    newcomer().connected(Out.connect("c").will(LAST_WORDS));
    client("c");
    witness.expectMessage("last words");
  }

  @Test
  @Statement(v311 = "MQTT-3.1.2-8", v5 = "MQTT-3.1.2-7")
  void isNotKeptOfAConnectThatIsRefused() {
    TestClient witness = witness();
    newcomer()
        .send(Out.connect("c").will(LAST_WORDS).user("alice").password("wrong"))
        .expectRefused(4, 5, 0x86, 0x87);
    witness.expectNothing();
  }

  @Test
  @Statement(v311 = "MQTT-3.1.2-9", v5 = "MQTT-3.1.2-9")
  void mustHaveTopicAndPayload() {
    newcomer().send(Out.connect("c").flagsOr(0x04)).expectConnectRejected();
    Writer onlyTopic = new Writer().text("MQTT").u8(isV5() ? 5 : 4).u8(0x06).u16(0);
    if (isV5()) {
      onlyTopic.u8(0).text("c").u8(0).text("wills");
    } else {
      onlyTopic.text("c").text("wills");
    }
    newcomer().send(Out.packet(0x10, onlyTopic)).expectConnectRejected();
  }

  @Test
  @Statement(v311 = "MQTT-3.1.2-10", v5 = "MQTT-3.1.2-10")
  void isPublishedOnce() {
    TestClient witness = witness();
    newcomer().connected(lasting("c").will(LAST_WORDS)).cut();
    witness.expectMessage("last words");
    lastingClient("c").cut();
    witness.expectNothing();
  }

  @Test
  @Statement(
      v311 = {"MQTT-3.1.2-10", "MQTT-3.14.4-3"},
      v5 = {"MQTT-3.1.2-8", "MQTT-3.1.2-10", "MQTT-3.14.4-3"})
  void isForgottenOnDisconnect() {
    TestClient witness = witness();
    newcomer().connected(Out.connect("c").will(LAST_WORDS)).disconnect();
    idle(seconds(120), witness);
    witness.expectNothing();
  }

  @ParameterizedTest
  @ValueSource(ints = {0x08, 0x10, 0x18})
  @Statement(v311 = {"MQTT-3.1.2-11", "MQTT-3.1.2-13"}, v5 = "MQTT-3.1.2-11")
  void hasNoQoSWhereThereIsNone(int flags) {
    newcomer().send(Out.connect("c").flagsOr(flags)).expectConnectRejected();
  }

  @Test
  @Statement(v311 = {"MQTT-3.1.2-11", "MQTT-3.1.2-15"}, v5 = "MQTT-3.1.2-13")
  void isNotRetainedWhereThereIsNone() {
    newcomer().send(Out.connect("c").flagsOr(0x20)).expectConnectRejected();
  }

  @Test
  @Statement(v311 = "MQTT-3.1.2-11")
  void isNotReadWhereTheFlagIsNotSet() {
    newcomer().send(Out.connect("c").will(LAST_WORDS).flagsAnd(~0x04)).expectConnectRejected();
  }

  @Test
  @Statement(v311 = "MQTT-3.1.2-12")
  void isNotPublishedWhereThereIsNone() {
    TestClient witness = client("witness").subscribed("#", 0);
    client("c").cut();
    lastingClient("d").cut();
    witness.expectNothing();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  @Statement(v311 = {"MQTT-3.1.2-14", "MQTT-3.1.2-9"}, v5 = "MQTT-3.1.2-12")
  void isPublishedWithItsQoS(int qos) {
    TestClient witness = witness();
    newcomer().connected(Out.connect("c").will(Out.publish("wills").qos(qos).payload("w"))).cut();
    assertThat(witness.expectMessage("w").qos()).isEqualTo(qos);
  }

  @Test
  @Statement(v311 = "MQTT-3.1.2-14", v5 = "MQTT-3.1.2-12")
  void isNeverOfQoS3() {
    newcomer().send(Out.connect("c").will(Out.publish("wills").qos(3))).expectConnectRejected();
  }

  @Test
  @Statement(v311 = "MQTT-3.1.2-16", v5 = "MQTT-3.1.2-14")
  void isNotRetainedUnlessAsked() {
    newcomer().connected(Out.connect("c").will(Out.publish("wills").payload("gone"))).cut();
    client("late").subscribed("wills", 0).expectNothing();
  }

  @Test
  @Statement(v311 = {"MQTT-3.1.2-17", "MQTT-3.1.2-9"}, v5 = "MQTT-3.1.2-15")
  void isRetainedWhenAsked() {
    TestClient witness = witness();
    newcomer().connected(Out.connect("c").will(Out.publish("wills").payload("kept").retain())).cut();
    assertThat(witness.expectMessage("kept").retain()).isFalse();
    assertThat(client("late").subscribed("wills", 0).expectMessage("kept").retain()).isTrue();
  }

  @Test
  @Statement(v311 = "MQTT-3.1.3-10", v5 = "MQTT-3.1.3-11")
  void hasAWellFormedTopic() {
    newcomer().send(Out.connect("c").will(Out.publish("").topicBytes("C0 80"))).expectConnectRejected();
    newcomer().send(Out.connect("c").will(Out.publish("").topicBytes("61 00"))).expectConnectRejected();
  }

  @Test
  void isNotPublishedWhereItsClientMayNot() {
    TestClient witness = client("witness").subscribed("#", 0);
    TestClient c = newcomer().send(Out.connect("c").will(Out.publish("denied/will").payload("let me")));
    c.cut();
    witness.expectNothing();
  }

  @Test
  void mayBeEmpty() {
    TestClient witness = witness();
    newcomer().connected(Out.connect("c").will(Out.publish("wills"))).cut();
    assertThat(witness.expect(In.Publish.class).payload()).isEqualTo(Bytes.EMPTY);
  }
}

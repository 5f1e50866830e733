package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Prop;
import io.trivet.lab.wire.Props;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Test;

/// MQTT 5.0, the will: sections 3.1.2.5 to 3.1.2.7 and 3.1.3.2.
@Of(Version.V5)
class Will5Test extends WillContract {
  private Out.Connect delayed(int seconds, long sessionExpiry) {
    return Out.connect("c")
        .clean(false)
        .prop(Prop.SESSION_EXPIRY, sessionExpiry)
        .will(Out.publish("wills").payload("late words"))
        .willProp(Prop.WILL_DELAY, seconds);
  }

  @Test
  @Statement(v5 = "MQTT-3.1.2-8")
  void waitsForItsDelay() {
    TestClient witness = client("witness").subscribed("wills", 0);
    newcomer().connected(delayed(60, 3600)).cut();
    server.advance(seconds(59));
    witness.expectNothing();
    server.advance(seconds(2));
    witness.expectMessage("late words");
  }

  @Test
  @Statement(v5 = "MQTT-3.1.2-8")
  void waitsNoLongerThanItsSession() {
    TestClient witness = client("witness").subscribed("wills", 0);
    newcomer().connected(delayed(3600, 30)).cut();
    server.advance(seconds(28));
    witness.expectNothing();
    server.advance(seconds(4));
    witness.expectMessage("late words");
  }

  @Test
  @Statement(v5 = "MQTT-3.1.2-8")
  void isPublishedWhenTheSessionIsThrownAway() {
    TestClient witness = client("witness").subscribed("wills", 0);
    newcomer().connected(delayed(3600, 3600)).cut();
    witness.expectNothing();
    client("c");
    witness.expectMessage("late words");
  }

  @Test
  @Statement(v5 = "MQTT-3.1.3-9")
  void isNotSentWhereTheClientIsBackInTime() {
    TestClient witness = client("witness").subscribed("wills", 0);
    newcomer().connected(delayed(60, 3600)).cut();
    server.advance(seconds(30));
    TestClient back = newcomer().send(lasting("c"));
    assertThat(back.expectAccepted().sessionPresent()).isTrue();
    idle(seconds(120), witness, back);
    witness.expectNothing();
  }

  @Test
  @Statement(v5 = "MQTT-3.1.3-10")
  void keepsItsUserPropertiesInOrder() {
    TestClient witness = client("witness").subscribed("wills", 0);
    newcomer()
        .connected(Out.connect("c")
            .will(Out.publish("wills"))
            .willProp(Prop.USER_PROPERTY, new Props.Pair("b", "1"))
            .willProp(Prop.USER_PROPERTY, new Props.Pair("a", "2"))
            .willProp(Prop.USER_PROPERTY, new Props.Pair("b", "1")))
        .cut();
    assertThat(witness.expect(In.Publish.class).props().userProperties())
        .containsExactly(new Props.Pair("b", "1"), new Props.Pair("a", "2"), new Props.Pair("b", "1"));
  }

  @Test
  @Statement(v5 = "MQTT-3.1.2-9")
  void keepsItsOtherProperties() {
    TestClient witness = client("witness").subscribed("wills", 0);
    newcomer()
        .connected(Out.connect("c")
            .will(Out.publish("wills"))
            .willProp(Prop.PAYLOAD_FORMAT, 1)
            .willProp(Prop.MESSAGE_EXPIRY, 60)
            .willProp(Prop.CONTENT_TYPE, "text/plain")
            .willProp(Prop.RESPONSE_TOPIC, "answers")
            .willProp(Prop.CORRELATION_DATA, Bytes.hex("00 01")))
        .cut();
    Props props = witness.expect(In.Publish.class).props();
    assertThat(props.number(Prop.PAYLOAD_FORMAT)).contains(1L);
    assertThat(props.number(Prop.MESSAGE_EXPIRY)).contains(60L);
    assertThat(props.text(Prop.CONTENT_TYPE)).contains("text/plain");
    assertThat(props.text(Prop.RESPONSE_TOPIC)).contains("answers");
    assertThat(props.bytes(Prop.CORRELATION_DATA)).contains(Bytes.hex("00 01"));
    assertThat(props.has(Prop.WILL_DELAY)).isFalse();
  }

  @Test
  @Statement(v5 = {"MQTT-3.1.2-8", "MQTT-3.1.2-10"})
  void isPublishedOnADisconnectThatAsksForIt() {
    TestClient witness = client("witness").subscribed("wills", 0);
    newcomer()
        .connected(Out.connect("c").will(Out.publish("wills").payload("goodbye")))
        .send(Out.disconnect().code(0x04));
    witness.expectMessage("goodbye");
  }
}

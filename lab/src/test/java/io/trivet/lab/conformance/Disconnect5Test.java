package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Prop;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// MQTT 5.0, section 3.14.
@Of(Version.V5)
class Disconnect5Test extends Conformance5 {
  @ParameterizedTest
  @ValueSource(strings = {"C0 00", "30 03 00 01 74", "00 00", "F0 00", "E0 00", "10 00", "10 02 00 04", "40 02 00 01"})
  @Statement(v5 = "MQTT-3.14.0-1")
  void isNotSentBeforeConnAck(String hex) {
    TestClient c = newcomer().send(Out.hex(hex));
    assertThat(c.drain()).noneMatch(p -> p instanceof In.Disconnect);
    c.expectClosed();
  }

  @Test
  @Statement(v5 = "MQTT-3.14.0-1")
  void isNotSentWhileTheClientIsStillAuthenticating() {
    TestClient c = newcomer().send(withMethod("c", "LAB", "open"));
    c.expect(In.Auth.class);
    c.send(Out.publish("t"));
    assertThat(c.drain()).noneMatch(p -> p instanceof In.Disconnect);
    c.expectClosed();
  }

  @ParameterizedTest
  @ValueSource(strings = {"E1 00", "E2 00", "E8 01 00"})
  @Statement(v5 = "MQTT-3.14.1-1")
  void hasNoFlags(String hex) {
    client("c").send(Out.hex(hex)).expectThrownOut(0x81);
  }

  /// The reader knows the codes that a server may send.
  @Test
  @Statement(v5 = "MQTT-3.14.2-1")
  void carriesACodeThatIsDefinedForIt() {
    TestClient c = client("c");
    client("c");
    c.expectThrownOut(0x8E);
    client("d").send(Out.connect("d")).expectThrownOut(0x82);
    client("e").send(Out.hex("00 00")).expectThrownOut(0x81, 0x82);
    client("f").send(Out.disconnect().code(0x01)).expectThrownOut(0x81, 0x82);
    client("g").send(Out.disconnect().code(0xEE)).expectThrownOut(0x81, 0x82);
  }

  @Test
  @Statement(v5 = "MQTT-3.14.2-2")
  void ofTheServerNamesNoSessionExpiry() {
    TestClient c = lastingClient("c");
    lastingClient("c");
    assertThat(c.expect(In.Disconnect.class).props().has(Prop.SESSION_EXPIRY)).isFalse();
  }

  @Test
  @Statement(v5 = {"MQTT-3.14.2-3", "MQTT-3.14.2-4"})
  void leavesOutWhatDoesNotFit() {
    leavesOutWhatDoesNotFit(c -> c.send(Out.connect("again")).expect(In.Disconnect.class).props());
    leavesOutWhatDoesNotFit(
        c -> c.send(Out.publish("a/#").qos(1, 1)).expect(In.Disconnect.class).props());
  }

  @Test
  @Statement(v5 = {"MQTT-3.14.4-1", "MQTT-3.14.4-2", "MQTT-4.13.2-1"})
  void isTheLastThatTheServerSends() {
    TestClient c = client("c").subscribed("t", 0);
    c.sendTogether(Out.connect("c"), Out.publish("t"), Out.pingReq(), Out.subscribe(1).to("u", 0));
    c.expectThrownOut(0x82);
  }

  @Test
  @Statement(v5 = {"MQTT-3.14.4-1", "MQTT-3.14.4-2"})
  void isTheLastThatAClientPutOutHears() {
    TestClient earlier = lastingClient("c").subscribed("t", 1);
    lastingClient("c");
    client("publisher").published(Out.publish("t"), 1);
    earlier.expectThrownOut(0x8E);
  }

  @Test
  @Statement(v5 = "MQTT-3.14.4-3")
  void silencesTheWill() {
    TestClient witness = client("witness").subscribed("#", 0);
    newcomer().connected(Out.connect("c").will(Out.publish("wills"))).send(Out.disconnect().code(0)).cut();
    newcomer()
        .connected(lasting("d").will(Out.publish("wills")).willProp(Prop.WILL_DELAY, 5))
        .send(Out.disconnect())
        .cut();
    idle(seconds(60), witness);
    witness.expectNothing();
  }

  @Test
  void isTheLastPacketThatIsRead() {
    TestClient witness = client("witness").subscribed("#", 0);
    TestClient c = client("c");
    c.sendTogether(Out.disconnect(), Out.publish("t"), Out.pingReq());
    c.expectClosed();
    witness.expectNothing();
  }

  @Test
  void mayNotGiveTimeToASessionThatHadNone() {
    client("c").send(Out.disconnect().prop(Prop.SESSION_EXPIRY, 60)).expectThrownOut(0x82);
  }
}

package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Prop;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// MQTT 5.0, sections 3.15 and 4.12.
@Of(Version.V5)
class Auth5Test extends Conformance5 {
  @ParameterizedTest
  @ValueSource(strings = {"F1 00", "F2 00", "F8 00"})
  @Statement(v5 = "MQTT-3.15.1-1")
  void hasNoFlags(String hex) {
    authenticated("c").send(Out.hex(hex)).expectThrownOut(0x81);
  }

  /// The reader knows the two codes that a server may send.
  @Test
  @Statement(v5 = {"MQTT-3.15.2-1", "MQTT-4.12.0-2", "MQTT-4.12.0-5"})
  void asksForMoreUnderTheMethodOfTheConnect() {
    TestClient c = newcomer().send(withMethod("c", "LAB", "open"));
    In.Auth auth = c.expect(In.Auth.class);
    assertThat(auth.code()).isEqualTo(0x18);
    assertThat(auth.props().text(Prop.AUTH_METHOD)).contains("LAB");
    assertThat(auth.props().bytes(Prop.AUTH_DATA)).contains(Bytes.utf8("say"));
    In.ConnAck ack = c.send(authData("LAB", "sesame")).expectAccepted();
    assertThat(ack.props().text(Prop.AUTH_METHOD)).contains("LAB");
    assertThat(ack.props().bytes(Prop.AUTH_DATA)).contains(Bytes.utf8("welcome"));
    c.send(Out.pingReq()).expect(In.PingResp.class);
  }

  @Test
  @Statement(v5 = "MQTT-4.12.0-5")
  void namesItsMethodAlsoWhereOneStepIsEnough() {
    In.ConnAck ack = newcomer().send(withMethod("c", "LAB-ONE", "")).expectAccepted();
    assertThat(ack.props().text(Prop.AUTH_METHOD)).contains("LAB-ONE");
  }

  @ParameterizedTest
  @ValueSource(ints = {0x01, 0x17, 0x80, 0xFF})
  @Statement(v5 = "MQTT-3.15.2-1")
  void withAnotherCodeEndsTheConnection(int code) {
    authenticated("c").send(Out.auth().code(code).prop(Prop.AUTH_METHOD, "LAB")).expectThrownOut(0x81, 0x82);
  }

  @Test
  @Statement(v5 = {"MQTT-3.15.2-2", "MQTT-3.15.2-3"})
  void leavesOutWhatDoesNotFit() {
    TestClient unlimited = newcomer().send(withMethod("client-1", "LAB", "open"));
    unlimited.expect(In.Auth.class);
    int size = unlimited.lastFrame().length();
    unlimited.send(authData("LAB", "sesame")).expectAccepted();
    int limit = Math.max(unlimited.lastFrame().length(), size - 1);
    TestClient limited = newcomer()
        .send(withMethod("client-2", "LAB", "open").prop(Prop.MAXIMUM_PACKET_SIZE, limit));
    limited.expect(In.Auth.class);
    assertThat(limited.lastFrame().length()).isLessThanOrEqualTo(limit);
  }

  @Test
  @Statement(v5 = "MQTT-4.12.0-1")
  void refusesMethodsItDoesNotKnow() {
    newcomer().send(withMethod("c", "NONE-SUCH", "x")).expectRefused(0x8C, 0x87);
  }

  @Test
  @Statement(v5 = {"MQTT-4.12.0-4", "MQTT-4.13.2-1"})
  void mayRefuseAtEveryStep() {
    newcomer().send(withMethod("c", "LAB", "wrong")).expectRefused(0x86, 0x87);
    TestClient second = newcomer().send(withMethod("c", "LAB", "open"));
    second.expect(In.Auth.class);
    second.send(authData("LAB", "wrong")).expectRefused(0x86, 0x87);
  }

  @Test
  @Statement(v5 = "MQTT-4.12.0-6")
  void isNotSentToThoseWhoNamedNoMethod() {
    In.ConnAck ack = newcomer().send(Out.connect("c").user("alice").password("secret")).expectAccepted();
    assertThat(ack.props().has(Prop.AUTH_METHOD)).isFalse();
    assertThat(ack.props().has(Prop.AUTH_DATA)).isFalse();
  }

  @Test
  @Statement(v5 = "MQTT-4.12.0-7")
  void isNotTakenFromThoseWhoNamedNoMethod() {
    client("c").send(authData("LAB", "open")).expectThrownOut(0x82);
  }

  @Test
  @Statement(v5 = "MQTT-4.12.0-3")
  void isAnsweredWithTheCodeToContinue() {
    TestClient c = newcomer().send(withMethod("c", "LAB", "open"));
    c.expect(In.Auth.class);
    c.send(Out.auth().code(0x19).prop(Prop.AUTH_METHOD, "LAB")).expectConnectRejected();
  }

  @Test
  @Statement(v5 = "MQTT-3.1.2-30")
  void isAllThatAClientMaySendBeforeConnAck() {
    for (Out other : new Out[] {Out.publish("t"), Out.pingReq(), Out.subscribe(1).to("t", 0)}) {
      TestClient c = newcomer().send(withMethod("c", "LAB", "open"));
      c.expect(In.Auth.class);
      c.send(other).expectConnectRejected();
    }
  }

  @Test
  @Statement(v5 = "MQTT-4.12.0-5")
  void mayBeDoneAgain() {
    TestClient c = authenticated("c").subscribed("t", 0);
    c.send(authData("LAB", "open").code(0x19));
    In.Auth more = c.expect(In.Auth.class);
    assertThat(more.code()).isEqualTo(0x18);
    assertThat(more.props().text(Prop.AUTH_METHOD)).contains("LAB");
    c.send(Out.publish("t").payload("the old credential holds meanwhile")).expectMessage();
    c.send(authData("LAB", "sesame"));
    In.Auth done = c.expect(In.Auth.class);
    assertThat(done.code()).isZero();
    assertThat(done.props().text(Prop.AUTH_METHOD)).contains("LAB");
    c.send(Out.pingReq()).expect(In.PingResp.class);
  }

  @Test
  @Statement(v5 = {"MQTT-4.12.1-2", "MQTT-4.13.2-1"})
  void endsTheConnectionWhereItFailsTheSecondTime() {
    TestClient c = authenticated("c");
    c.send(authData("LAB", "open").code(0x19)).expect(In.Auth.class);
    c.send(authData("LAB", "wrong")).expectThrownOut(0x87);
  }

  @Test
  @Statement(v5 = "MQTT-4.12.1-1")
  void keepsToTheMethodItBeganWith() {
    authenticated("c").send(authData("LAB-ONE", "").code(0x19)).expectThrownOut(0x82, 0x8C);
    TestClient d = newcomer().send(withMethod("d", "LAB", "open"));
    d.expect(In.Auth.class);
    d.send(authData("LAB-ONE", "sesame")).expectConnectRejected();
  }
}

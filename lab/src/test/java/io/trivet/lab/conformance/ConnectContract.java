package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Writer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 3.1, but for the will.
abstract class ConnectContract extends Conformance {
  @ParameterizedTest
  @ValueSource(strings = {"C0 00", "E0 00", "30 03 00 01 61", "82 06 00 01 00 01 61 00", "40 02 00 01", "20 02 00 00"})
  @Statement(v311 = "MQTT-3.1.0-1", v5 = "MQTT-3.1.0-1")
  void closesWhenTheFirstPacketIsNoConnect(String hex) {
    newcomer().send(Out.hex(hex)).expectClosed();
  }

  @Test
  @Statement(v311 = {"MQTT-3.1.0-2", "MQTT-4.8.0-1"}, v5 = {"MQTT-3.1.0-2", "MQTT-4.13.1-1"})
  void closesOnASecondConnect() {
    client("c").send(Out.connect("c")).expectThrownOut(0x82);
  }

  @Test
  @Statement(v311 = "MQTT-3.1.2-3", v5 = "MQTT-3.1.2-3")
  void refusesTheReservedConnectFlag() {
    newcomer().send(Out.connect("c").flagsOr(0x01)).expectConnectRejected();
  }

  @Test
  @Statement(
      v311 = {"MQTT-3.1.2-4", "MQTT-3.1.4-3", "MQTT-3.2.2-2", "MQTT-3.2.2-3", "MQTT-4.1.0-1"},
      v5 = {"MQTT-3.1.2-5", "MQTT-3.1.2-6", "MQTT-3.1.2-23", "MQTT-3.1.4-4", "MQTT-3.2.2-3"})
  void resumesASessionThatLasts() {
    TestClient first = newcomer().send(lasting("c"));
    assertThat(first.expectAccepted().sessionPresent()).isFalse();
    first.subscribed("t", 0).disconnect();
    TestClient second = newcomer().send(lasting("c"));
    assertSessionPresent(second.expectAccepted(), true);
    client("publisher").published(Out.publish("t").payload("still there"), 0);
    second.expectMessage("still there");
  }

  @Test
  @Statement(
      v311 = {"MQTT-3.1.2-4", "MQTT-3.2.2-2"},
      v5 = {"MQTT-3.1.2-5", "MQTT-3.1.2-23", "MQTT-3.2.2-3"})
  void resumesASessionWhoseConnectionFailed() {
    lastingClient("c").subscribed("t", 1).cut();
    TestClient second = newcomer().send(lasting("c"));
    assertSessionPresent(second.expectAccepted(), true);
    client("publisher").published(Out.publish("t").payload("still there"), 1);
    second.expectMessage("still there");
  }

  @Test
  @Statement(v311 = {"MQTT-3.1.2-5", "MQTT-4.5.0-1"}, v5 = {"MQTT-3.1.2-23", "MQTT-4.5.0-1"})
  void keepsMessagesForAClientThatIsAway() {
    lastingClient("c").subscribed("t", 2).disconnect();
    client("publisher")
        .published(Out.publish("t").payload("one"), 1)
        .published(Out.publish("t").payload("two"), 2)
        .published(Out.publish("other").payload("not for c"), 1);
    TestClient back = lastingClient("c");
    assertThat(back.expectMessage("one").qos()).isEqualTo(1);
    assertThat(back.expectMessage("two").qos()).isEqualTo(2);
    back.expectNothing();
  }

  @Test
  @Statement(
      v311 = {"MQTT-3.1.2-6", "MQTT-3.1.4-3", "MQTT-3.2.2-1"},
      v5 = {"MQTT-3.1.2-4", "MQTT-3.1.4-4", "MQTT-3.2.2-2"})
  void beginsAnewWhenAskedTo() {
    lastingClient("c").subscribed("t", 1).disconnect();
    client("publisher").published(Out.publish("t").payload("for the old session"), 1);
    TestClient c = newcomer().send(Out.connect("c").clean(true));
    assertThat(c.expectAccepted().sessionPresent()).isFalse();
    client("other").published(Out.publish("t").payload("nobody asked"), 1);
    c.expectNothing();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Statement(v311 = {"MQTT-3.1.2-18", "MQTT-3.1.2-20"}, v5 = {"MQTT-3.1.2-16", "MQTT-3.1.2-18"})
  void refusesCredentialsThatTheFlagsDoNotAnnounce(boolean userName) {
    Out.Connect connect = userName
        ? Out.connect("c").user("alice").flagsAnd(~0x80)
        : Out.connect("c").user("alice").password("secret").flagsAnd(~0x40);
    newcomer().send(connect).expectConnectRejected();
  }

  @ParameterizedTest
  @ValueSource(ints = {0x80, 0xC0})
  @Statement(v311 = {"MQTT-3.1.2-19", "MQTT-3.1.2-21"}, v5 = {"MQTT-3.1.2-17", "MQTT-3.1.2-19"})
  void refusesFlagsThatAnnounceMissingCredentials(int flags) {
    newcomer().send(Out.connect("c").flagsOr(flags)).expectConnectRejected();
  }

  @Test
  @Statement(v311 = "MQTT-3.1.2-21", v5 = "MQTT-3.1.2-19")
  void refusesAMissingPassword() {
    newcomer().send(Out.connect("c").user("alice").flagsOr(0x40)).expectConnectRejected();
  }

  @Test
  @Statement(v311 = "MQTT-3.1.2-24", v5 = {"MQTT-3.1.2-22", "MQTT-3.2.2-22"})
  void endsAConnectionThatFallsSilent() {
    TestClient witness = client("witness").subscribed("wills", 0);
    TestClient c = newcomer()
        .connected(Out.connect("c").keepAlive(10).will(Out.publish("wills").payload("c fell silent")));
    server.advance(seconds(14));
    c.send(Out.pingReq()).expect(In.PingResp.class);
    server.advance(seconds(14));
    c.expectNothing();
    server.advance(seconds(2.5));
    c.expectThrownOut(0x8D);
    witness.expectMessage("c fell silent");
  }

  @Test
  @Statement(v311 = "MQTT-3.1.2-24", v5 = "MQTT-3.1.2-22")
  void takesAnyPacketAsASignOfLife() {
    TestClient c = newcomer().connected(Out.connect("c").keepAlive(10));
    for (int i = 0; i < 5; i++) {
      server.advance(seconds(12));
      c.send(Out.publish("t"));
    }
    c.expectNothing();
  }

  @Test
  @Statement(v311 = "MQTT-3.1.3-1", v5 = "MQTT-3.1.3-1")
  void readsThePayloadInItsOrder() {
    TestClient witness = client("witness").subscribed("#", 0);
    newcomer()
        .connected(Out.connect("c").will(Out.publish("topic").payload("payload")).user("alice").password("secret"))
        .cut();
    In.Publish will = witness.expect(In.Publish.class);
    assertThat(will.topic()).isEqualTo("topic");
    assertThat(will.text()).isEqualTo("payload");
  }

  @Test
  @Statement(v311 = "MQTT-3.1.3-2", v5 = "MQTT-3.1.3-2")
  void knowsASessionByItsClientIdentifier() {
    lastingClient("one").subscribed("t", 1).disconnect();
    TestClient two = newcomer().send(lasting("two"));
    assertThat(two.expectAccepted().sessionPresent()).isFalse();
    TestClient upper = newcomer().send(lasting("ONE"));
    assertThat(upper.expectAccepted().sessionPresent()).isFalse();
    assertSessionPresent(newcomer().send(lasting("one")).expectAccepted(), true);
  }

  @Test
  @Statement(v311 = "MQTT-3.1.3-3", v5 = "MQTT-3.1.3-3")
  void refusesConnectWithoutClientIdentifier() {
    Writer body = new Writer().text("MQTT").u8(isV5() ? 5 : 4).u8(2).u16(0);
    if (isV5()) {
      body.u8(0);
    }
    newcomer().send(Out.packet(0x10, body)).expectConnectRejected();
  }

  @Test
  @Statement(v311 = "MQTT-3.1.3-4", v5 = "MQTT-3.1.3-4")
  void refusesAMalformedClientIdentifier() {
    newcomer().send(Out.connect("").clientIdBytes("63 C3 28")).expectConnectRejected();
    newcomer().send(Out.connect("").clientIdBytes("63 00")).expectConnectRejected();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "0", "Z", "abcdefghijklmnopqrstuvw", "ABCDEFGHIJKLMNOPQRSTUVW", "01234567890123456789xyz"})
  @Statement(v311 = "MQTT-3.1.3-5", v5 = "MQTT-3.1.3-5")
  void acceptsPlainClientIdentifiers(String clientId) {
    newcomer().send(Out.connect(clientId)).expectAccepted();
  }

  @Test
  @Statement(v311 = "MQTT-3.1.3-6", v5 = {"MQTT-3.1.3-6", "MQTT-3.2.2-16"})
  void tellsNamelessClientsApart() {
    TestClient one = newcomer().connected(Out.connect("")).subscribed("t", 0);
    TestClient two = newcomer().connected(Out.connect("")).subscribed("t", 0);
    client("publisher").published(Out.publish("t").payload("both"), 0);
    one.expectMessage("both");
    two.expectMessage("both");
  }

  @Test
  @Statement(v311 = "MQTT-3.1.3-9", v5 = "MQTT-3.1.3-8")
  void refusesAClientIdentifierItWillNotHave() {
    newcomer().send(Out.connect("forbidden")).expectRefused(isV5() ? 0x85 : 2);
  }

  @Test
  @Statement(v311 = "MQTT-3.1.3-11", v5 = "MQTT-3.1.3-12")
  void refusesAMalformedUserName() {
    newcomer()
        .send(Out.connect("c").user(io.trivet.base.Bytes.hex("61 ED A0 80")).password("secret"))
        .expectConnectRejected();
  }

  @Test
  @Statement(v311 = "MQTT-3.1.4-1", v5 = "MQTT-3.1.4-1")
  void closesOnConnectWithBytesLeftOver() {
    newcomer().send(Out.connect("c").trailing("00")).expectConnectRejected();
  }

  @Test
  @Statement(v311 = "MQTT-3.1.4-1", v5 = "MQTT-3.1.4-1")
  void closesOnConnectCutShort() {
    byte[] whole = Out.connect("client").bytes(version);
    for (int length = 1; length < whole.length - 2; length++) {
      Writer shorter = new Writer();
      for (int i = 2; i < 2 + length; i++) {
        shorter.u8(whole[i]);
      }
      newcomer().send(Out.packet(0x10, shorter)).expectConnectRejected();
    }
  }

  @Test
  @Statement(v311 = "MQTT-3.1.4-2", v5 = "MQTT-3.1.4-3")
  void putsOutTheEarlierConnectionOfAClient() {
    TestClient earlier = client("c");
    TestClient later = client("c");
    earlier.expectThrownOut(0x8E);
    later.send(Out.pingReq()).expect(In.PingResp.class);
  }

  @Test
  @Statement(v311 = "MQTT-3.1.4-2", v5 = "MQTT-3.1.4-3")
  void handsALastingSessionToTheLaterConnection() {
    TestClient earlier = lastingClient("c").subscribed("t", 1);
    TestClient publisher = client("publisher").published(Out.publish("t").payload("unacknowledged"), 1);
    earlier.expect(In.Publish.class);
    TestClient later = newcomer().send(lasting("c"));
    assertSessionPresent(later.expectAccepted(), true);
    earlier.expectThrownOut(0x8E);
    assertThat(later.expectMessage("unacknowledged").dup()).isTrue();
    publisher.published(Out.publish("t").payload("new"), 1);
    later.expectMessage("new");
  }

  @Test
  @Statement(v311 = "MQTT-3.1.4-4", v5 = "MQTT-3.1.4-5")
  void acknowledgesAValidConnect() {
    TestClient c = newcomer();
    c.send(Out.connect("c").user("alice").password("secret"));
    assertThat(c.expect(In.ConnAck.class).code()).isZero();
  }

  @Test
  @Statement(
      v311 = {"MQTT-3.1.4-5", "MQTT-3.2.2-5"},
      v5 = {"MQTT-3.1.4-2", "MQTT-3.1.4-6", "MQTT-3.2.2-7", "MQTT-4.13.2-1"})
  void takesNothingFromAClientItRefused() {
    TestClient witness = client("witness").subscribed("#", 0);
    TestClient mallory = newcomer();
    mallory.sendTogether(
        Out.connect("c").user("alice").password("wrong"),
        Out.publish("t").payload("let me in"),
        Out.publish("u").qos(1, 1).payload("let me in").retain(),
        Out.pingReq());
    mallory.expectRefused(isV5() ? new Integer[] {0x86, 0x87} : new Integer[] {4, 5});
    witness.expectNothing();
    client("late").subscribed("u", 0).expectNothing();
  }

  @Test
  void handlesWhatFollowsConnectInTheSameSegment() {
    TestClient c = newcomer();
    c.sendTogether(Out.connect("c"), Out.subscribe(1).to("t", 0), Out.publish("t").payload("eager"));
    c.expectAccepted();
    c.expect(In.SubAck.class);
    c.expectMessage("eager");
  }

  @Test
  void readsPacketsByteByByte() {
    TestClient c = newcomer();
    for (Out packet : new Out[] {Out.connect("c"), Out.subscribe(1).to("t", 0), Out.publish("t").payload(300)}) {
      for (byte b : packet.bytes(version)) {
        c.sendBytes(new byte[] {b});
      }
    }
    c.expectAccepted();
    c.expect(In.SubAck.class);
    assertThat(c.expect(In.Publish.class).payload().length()).isEqualTo(300);
  }

}

package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Prop;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Test;

/// MQTT 5.0, section 3.2.
@Of(Version.V5)
class ConnAck5Test extends ConnAckContract {
  /// The reader knows no other codes.
  @Test
  @Statement(v5 = "MQTT-3.2.2-8")
  void carriesACodeThatIsDefinedForIt() {
    newcomer().send(Out.connect("c")).expectAccepted();
    newcomer().send(Out.connect("c").user("alice").password("wrong")).expectRefused(0x86, 0x87);
    newcomer().send(Out.connect("forbidden")).expectRefused(0x85);
    newcomer().send(Out.connect("c").prop(Prop.AUTH_METHOD, "NONE-SUCH")).expectRefused(0x8C, 0x87);
    newcomer().send(Out.connect("c").flagsOr(1)).expectConnectRejected();
  }

  @Test
  @Statement(v5 = {"MQTT-3.2.2-9", "MQTT-3.2.2-10", "MQTT-3.2.2-12"})
  void rulesOutNoQoSThatItSupports() {
    TestClient witness = client("witness").subscribed("t", 2);
    TestClient c = newcomer();
    In.ConnAck ack = c.send(Out.connect("c").will(Out.publish("t").qos(2).payload("will"))).expectAccepted();
    assertThat(ack.props().has(Prop.MAXIMUM_QOS)).isFalse();
    c.subscribed("u", 2).published(Out.publish("t").payload("m"), 2);
    assertThat(witness.expectMessage("m").qos()).isEqualTo(2);
    c.cut();
    assertThat(witness.expectMessage("will").qos()).isEqualTo(2);
  }

  @Test
  @Statement(v5 = "MQTT-3.2.2-13")
  void offersRetainedMessagesAndTakesThem() {
    TestClient c = newcomer();
    In.ConnAck ack = c.send(Out.connect("c").will(Out.publish("t").retain().payload("kept"))).expectAccepted();
    assertThat(ack.props().number(Prop.RETAIN_AVAILABLE).orElse(1L)).isEqualTo(1);
    c.cut();
    client("late").subscribed("t", 0).expectMessage("kept");
  }

  @Test
  @Statement(v5 = {"MQTT-3.2.2-19", "MQTT-3.2.2-20"})
  void leavesOutWhatDoesNotFit() {
    TestClient unlimited = newcomer().send(Out.connect("c").user("alice").password("wrong"));
    unlimited.expectRefused(0x86, 0x87);
    int limit = Math.max(5, unlimited.lastFrame().length() - 1);
    TestClient limited = newcomer()
        .send(Out.connect("c").user("alice").password("wrong").prop(Prop.MAXIMUM_PACKET_SIZE, limit));
    In.ConnAck ack = limited.expectRefused(0x86, 0x87);
    assertThat(limited.lastFrame().length()).isLessThanOrEqualTo(limit);
    assertThat(ack.props().has(Prop.REASON_STRING) && !ack.props().userProperties().isEmpty()).isFalse();
  }

  @Test
  @Statement(v5 = "MQTT-3.2.2-22")
  void leavesTheKeepAliveToTheClientUnlessItSaysSo() {
    TestClient c = newcomer();
    In.ConnAck ack = c.send(Out.connect("c").keepAlive(20)).expectAccepted();
    assertThat(ack.props().has(Prop.SERVER_KEEP_ALIVE)).isFalse();
    server.advance(seconds(29));
    c.expectNothing();
    server.advance(seconds(2));
    c.expectThrownOut(0x8D);
  }

  @Test
  void tellsASessionExpiryThatItCut() {
    In.ConnAck ack = newcomer().send(Out.connect("c").sessionExpiry(0xFFFFFFFFL)).expectAccepted();
    assertThat(ack.props().number(Prop.SESSION_EXPIRY).orElseThrow()).isPositive().isLessThan(0xFFFFFFFFL);
  }
}

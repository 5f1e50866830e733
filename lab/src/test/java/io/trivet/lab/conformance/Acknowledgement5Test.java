package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// MQTT 5.0, sections 3.4 to 3.7: reason codes and properties of the acknowledgements. The reader knows the codes that
/// are defined for each and refuses any other.
@Of(Version.V5)
class Acknowledgement5Test extends Conformance5 {
  @Test
  @Statement(v5 = "MQTT-3.4.2-1")
  void pubAckSaysHowItWent() {
    TestClient c = client("c");
    c.send(Out.publish("t").qos(1, 1));
    assertThat(c.expect(In.PubAck.class).code()).isIn(0x00, 0x10);
    c.subscribed("t", 0).send(Out.publish("t").qos(1, 2));
    assertThat(c.expectAmongOthers(In.PubAck.class).code()).isZero();
    c.drain();
    c.send(Out.publish("denied/t").qos(1, 3));
    assertThat(c.expect(In.PubAck.class).code()).isEqualTo(0x87);
    c.send(Out.pubAck(77).code(0xEE)).expectThrownOut(0x81, 0x82);
  }

  @Test
  @Statement(v5 = "MQTT-3.5.2-1")
  void pubRecSaysHowItWent() {
    TestClient c = client("c");
    c.send(Out.publish("t").qos(2, 1));
    assertThat(c.expect(In.PubRec.class).code()).isIn(0x00, 0x10);
    c.send(Out.publish("denied/t").qos(2, 3));
    assertThat(c.expect(In.PubRec.class).code()).isEqualTo(0x87);
    c.send(Out.pubRec(77).code(0xEE)).expectThrownOut(0x81, 0x82);
  }

  @Test
  @Statement(v5 = "MQTT-3.6.2-1")
  void pubRelSaysWhetherTheIdentifierIsKnown() {
    TestClient c = client("c").subscribed("t", 2);
    c.send(Out.pubRec(99));
    assertThat(c.expect(In.PubRel.class).code()).isEqualTo(0x92);
    client("publisher").published(Out.publish("t"), 2);
    c.send(Out.pubRec(c.expect(In.Publish.class).id()));
    assertThat(c.expect(In.PubRel.class).code()).isZero();
    c.send(Out.pubRel(77).code(0x80)).expectThrownOut(0x81, 0x82);
  }

  @Test
  @Statement(v5 = "MQTT-3.7.2-1")
  void pubCompSaysWhetherTheIdentifierIsKnown() {
    TestClient c = client("c");
    c.send(Out.pubRel(99));
    assertThat(c.expect(In.PubComp.class).code()).isEqualTo(0x92);
    c.send(Out.publish("t").qos(2, 1)).expect(In.PubRec.class);
    c.send(Out.pubRel(1));
    assertThat(c.expect(In.PubComp.class).code()).isZero();
    c.send(Out.pubComp(77).code(0x80)).expectThrownOut(0x81, 0x82);
  }

  @Test
  @Statement(v5 = {"MQTT-3.4.2-2", "MQTT-3.4.2-3"})
  void pubAckLeavesOutWhatDoesNotFit() {
    leavesOutWhatDoesNotFit(
        c -> c.send(Out.publish("denied/t").qos(1, 1)).expect(In.PubAck.class).props());
  }

  @Test
  @Statement(v5 = {"MQTT-3.5.2-2", "MQTT-3.5.2-3"})
  void pubRecLeavesOutWhatDoesNotFit() {
    leavesOutWhatDoesNotFit(
        c -> c.send(Out.publish("denied/t").qos(2, 1)).expect(In.PubRec.class).props());
  }

  @Test
  @Statement(v5 = {"MQTT-3.6.2-2", "MQTT-3.6.2-3"})
  void pubRelLeavesOutWhatDoesNotFit() {
    leavesOutWhatDoesNotFit(c -> c.send(Out.pubRec(99)).expect(In.PubRel.class).props());
  }

  @Test
  @Statement(v5 = {"MQTT-3.7.2-2", "MQTT-3.7.2-3"})
  void pubCompLeavesOutWhatDoesNotFit() {
    leavesOutWhatDoesNotFit(c -> c.send(Out.pubRel(99)).expect(In.PubComp.class).props());
  }

  @ParameterizedTest
  @ValueSource(strings = {"40 03 00 01 00", "40 04 00 01 00 00", "40 02 00 01"})
  void mayBeShortWhereAllIsWell(String hex) {
    client("c").send(Out.hex(hex)).send(Out.pingReq()).expect(In.PingResp.class);
  }
}

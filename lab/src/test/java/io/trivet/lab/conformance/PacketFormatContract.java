package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.TestClient;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Chapter 2.
abstract class PacketFormatContract extends Conformance {
  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "41 02 00 01, PUBACK",
    "51 02 00 01, PUBREC",
    "60 02 00 01, PUBREL",
    "6A 02 00 01, PUBREL",
    "74 02 00 01, PUBCOMP",
    "C1 00, PINGREQ",
    "E8 00, DISCONNECT"
  })
  @Statement(v311 = {"MQTT-2.2.2-1", "MQTT-2.2.2-2"}, v5 = "MQTT-2.1.3-1")
  void closesOnFlagsThatAreReserved(String hex, String packet) {
    assertThat(packet).isNotEmpty();
    client("c").send(Out.hex(hex)).expectThrownOut(0x81);
  }

  @ParameterizedTest
  @CsvSource({"80", "83", "8A"})
  @Statement(v311 = {"MQTT-2.2.2-1", "MQTT-2.2.2-2", "MQTT-3.8.1-1"}, v5 = {"MQTT-2.1.3-1", "MQTT-3.8.1-1"})
  void closesOnSubscribeWithOtherFlags(String first) {
    client("c")
        .send(Out.subscribe(1).to("a", 0).withFirstByte(Integer.parseInt(first, 16)))
        .expectThrownOut(0x81);
  }

  @ParameterizedTest
  @CsvSource({"A0", "A3", "AA"})
  @Statement(v311 = {"MQTT-2.2.2-1", "MQTT-2.2.2-2", "MQTT-3.10.1-1"}, v5 = {"MQTT-2.1.3-1", "MQTT-3.10.1-1"})
  void closesOnUnsubscribeWithOtherFlags(String first) {
    client("c")
        .send(Out.unsubscribe(1, "a").withFirstByte(Integer.parseInt(first, 16)))
        .expectThrownOut(0x81);
  }

  @Test
  @Statement(v311 = {"MQTT-2.2.2-1", "MQTT-2.2.2-2"}, v5 = "MQTT-2.1.3-1")
  void closesOnConnectWithFlags() {
    newcomer().send(Out.connect("c").withFirstByte(0x11)).expectConnectRejected();
  }

  @Test
  @Statement(v311 = "MQTT-2.3.1-1")
  void closesOnPacketIdentifierZero() {
    client("p").send(Out.publish("a").qos(1, 0)).expectThrownOut(0x81, 0x82);
    client("q").send(Out.publish("a").qos(2, 0)).expectThrownOut(0x81, 0x82);
    client("s").send(Out.subscribe(0).to("a", 0)).expectThrownOut(0x81, 0x82);
    client("u").send(Out.unsubscribe(0, "a")).expectThrownOut(0x81, 0x82);
  }

  @Test
  @Statement(
      v311 = {"MQTT-2.3.1-4", "MQTT-2.3.1-1"},
      v5 = {"MQTT-2.2.1-4", "MQTT-4.3.2-1", "MQTT-4.3.3-1"})
  void givesEveryDeliveryAnIdentifierOfItsOwn() {
    TestClient subscriber = subscriber("t", 2);
    TestClient publisher = client("publisher");
    Set<Integer> open = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      publisher.published(Out.publish("t"), 1 + i % 2);
      In.Publish p = subscriber.expect(In.Publish.class);
      assertThat(p.id()).isBetween(1, 0xFFFF);
      assertThat(open.add(p.id())).as("identifier %d is free", p.id()).isTrue();
    }
  }

  @Test
  @Statement(v311 = "MQTT-2.3.1-4", v5 = {"MQTT-2.2.1-4", "MQTT-4.3.2-1"})
  void passesOverIdentifiersInUseWhenTheyComeRound() {
    TestClient subscriber = subscriber("t", 1);
    TestClient publisher = client("publisher");
    publisher.published(Out.publish("t"), 1);
    int kept = subscriber.expect(In.Publish.class).id();
    for (int i = 0; i < 0x10010; i++) {
      publisher.send(Out.publish("t").qos(1, 7));
      publisher.expect(In.PubAck.class);
      int id = subscriber.expect(In.Publish.class).id();
      if (id == kept || id == 0) {
        assertThat(id).as("identifier after %d messages", i).isNotIn(kept, 0);
      }
      subscriber.send(Out.pubAck(id));
    }
  }

  @Test
  @Statement(
      v311 = {"MQTT-2.3.1-5", "MQTT-3.3.1-2", "MQTT-4.3.1-1"},
      v5 = {"MQTT-2.2.1-2", "MQTT-3.3.1-2", "MQTT-4.3.1-1"})
  void deliversQoS0WithoutIdentifier() {
    TestClient subscriber = subscriber("a/b", 0);
    client("publisher").published(Out.publish("a/b").payload("hi"), 0);
    subscriber.expect(In.Publish.class);
    String expected = isV5() ? "30 08 00 03 61 2F 62 00 68 69" : "30 07 00 03 61 2F 62 68 69";
    assertThat(subscriber.lastFrame()).isEqualTo(Bytes.hex(expected));
  }

  @Test
  @Statement(v311 = "MQTT-2.3.1-6", v5 = "MQTT-2.2.1-5")
  void answersPublishUnderItsIdentifier() {
    TestClient publisher = client("publisher");
    publisher.send(Out.publish("t").qos(1, 0x1234));
    assertThat(publisher.expect(In.PubAck.class).id()).isEqualTo(0x1234);
    publisher.send(Out.publish("t").qos(2, 0xFFFF));
    assertThat(publisher.expect(In.PubRec.class).id()).isEqualTo(0xFFFF);
    publisher.send(Out.pubRel(0xFFFF));
    assertThat(publisher.expect(In.PubComp.class).id()).isEqualTo(0xFFFF);
  }

  @Test
  @Statement(v311 = "MQTT-2.3.1-6", v5 = "MQTT-2.2.1-5")
  void releasesDeliveryUnderItsIdentifier() {
    TestClient subscriber = subscriber("t", 2);
    client("publisher").published(Out.publish("t"), 2).published(Out.publish("t"), 2);
    int first = subscriber.expect(In.Publish.class).id();
    int second = subscriber.expect(In.Publish.class).id();
    subscriber.send(Out.pubRec(second), Out.pubRec(first));
    assertThat(subscriber.expect(In.PubRel.class).id()).isEqualTo(second);
    assertThat(subscriber.expect(In.PubRel.class).id()).isEqualTo(first);
  }

  @Test
  @Statement(
      v311 = {"MQTT-2.3.1-7", "MQTT-3.8.4-1", "MQTT-3.8.4-2", "MQTT-3.10.4-4", "MQTT-3.10.4-5"},
      v5 = {"MQTT-2.2.1-6", "MQTT-3.8.4-1", "MQTT-3.8.4-2", "MQTT-3.10.4-4", "MQTT-3.10.4-5"})
  void answersSubscribeAndUnsubscribeUnderTheirIdentifier() {
    TestClient c = client("c");
    c.send(Out.subscribe(0x0102).to("a", 1));
    assertThat(c.expect(In.SubAck.class).id()).isEqualTo(0x0102);
    c.send(Out.unsubscribe(0x0304, "a"));
    assertThat(c.expect(In.UnsubAck.class).id()).isEqualTo(0x0304);
    c.send(Out.unsubscribe(0x0506, "never/held"));
    assertThat(c.expect(In.UnsubAck.class).id()).isEqualTo(0x0506);
  }
}

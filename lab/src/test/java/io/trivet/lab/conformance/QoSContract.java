package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.TestClient;
import org.junit.jupiter.api.Test;

/// Sections 3.4 to 3.7 and 4.3: the exchanges of QoS 1 and 2, with the server at either end.
abstract class QoSContract extends Conformance {
  @Test
  @Statement(
      v311 = {"MQTT-4.3.2-1", "MQTT-2.3.1-4"},
      v5 = {"MQTT-4.3.2-1", "MQTT-4.3.2-2", "MQTT-4.3.2-3"})
  void atLeastOnceWaitsForPubAck() {
    TestClient c = lastingClient("c").subscribed("t", 1);
    TestClient publisher = client("publisher").published(Out.publish("t").payload("m"), 1);
    In.Publish first = c.expect(In.Publish.class);
    assertThat(first.qos()).isEqualTo(1);
    assertThat(first.dup()).isFalse();
    publisher.published(Out.publish("t").payload("n"), 1);
    assertThat(c.expect(In.Publish.class).id()).isNotEqualTo(first.id());
    c.cut();
    TestClient back = lastingClient("c");
    In.Publish again = back.expectMessage("m");
    assertThat(again.id()).isEqualTo(first.id());
    assertThat(again.dup()).isTrue();
    back.expectMessage("n");
    back.cut();
    lastingClient("c").expectNothing();
  }

  @Test
  @Statement(v311 = "MQTT-4.3.2-2", v5 = {"MQTT-4.3.2-4", "MQTT-4.3.2-5"})
  void atLeastOnceIsAcknowledgedAndThenForgotten() {
    TestClient subscriber = subscriber("t", 1);
    TestClient publisher = client("publisher");
    publisher.send(Out.publish("t").qos(1, 5).payload("one"));
    assertThat(publisher.expect(In.PubAck.class).id()).isEqualTo(5);
    publisher.send(Out.publish("t").qos(1, 5).payload("two").dup());
    assertThat(publisher.expect(In.PubAck.class).id()).isEqualTo(5);
    subscriber.expectMessage("one");
    subscriber.expectMessage("two");
    subscriber.expectNothing();
  }

  @Test
  @Statement(
      v311 = "MQTT-4.3.3-1",
      v5 = {"MQTT-4.3.3-1", "MQTT-4.3.3-2", "MQTT-4.3.3-3", "MQTT-4.3.3-4"})
  void exactlyOnceWaitsForPubRec() {
    TestClient c = lastingClient("c").subscribed("t", 2);
    client("publisher").published(Out.publish("t").payload("m"), 2).published(Out.publish("t").payload("n"), 2);
    In.Publish first = c.expect(In.Publish.class);
    assertThat(first.qos()).isEqualTo(2);
    assertThat(first.dup()).isFalse();
    assertThat(c.expect(In.Publish.class).id()).isNotEqualTo(first.id());
    c.cut();
    TestClient back = lastingClient("c");
    In.Publish again = back.expect(In.Publish.class);
    assertThat(again.id()).isEqualTo(first.id());
    assertThat(again.text()).isEqualTo("m");
    back.expect(In.Publish.class);
    back.send(Out.pubRec(again.id()));
    assertThat(back.expect(In.PubRel.class).id()).isEqualTo(first.id());
  }

  @Test
  @Statement(v311 = "MQTT-4.3.3-1", v5 = {"MQTT-4.3.3-5", "MQTT-4.3.3-6"})
  void exactlyOnceWaitsForPubCompAndPublishesNoMore() {
    TestClient c = lastingClient("c").subscribed("t", 2);
    client("publisher").published(Out.publish("t").payload("m"), 2);
    int id = c.expect(In.Publish.class).id();
    c.send(Out.pubRec(id)).expect(In.PubRel.class);
    c.cut();
    TestClient second = lastingClient("c");
    assertThat(second.expect(In.PubRel.class).id()).isEqualTo(id);
    second.expectNothing();
    second.cut();
    TestClient third = lastingClient("c");
    assertThat(third.expect(In.PubRel.class).id()).isEqualTo(id);
    third.send(Out.pubComp(id)).expectNothing();
    third.cut();
    lastingClient("c").expectNothing();
  }

  @Test
  @Statement(
      v311 = "MQTT-4.3.3-2",
      v5 = {"MQTT-4.3.3-8", "MQTT-4.3.3-10", "MQTT-4.3.3-11"})
  void exactlyOnceIsDeliveredOnceHoweverOftenItIsSent() {
    TestClient subscriber = subscriber("t", 2);
    TestClient publisher = client("publisher");
    publisher.send(Out.publish("t").qos(2, 5).payload("once"));
    assertThat(publisher.expect(In.PubRec.class).id()).isEqualTo(5);
    publisher.send(Out.publish("t").qos(2, 5).payload("once").dup());
    assertThat(publisher.expect(In.PubRec.class).id()).isEqualTo(5);
    publisher.send(Out.pubRel(5));
    assertThat(publisher.expect(In.PubComp.class).id()).isEqualTo(5);
    subscriber.expectMessage("once");
    subscriber.expectNothing();
  }

  @Test
  @Statement(v311 = "MQTT-4.3.3-2", v5 = "MQTT-4.3.3-10")
  void exactlyOnceIsDeliveredOnceAlsoWhenTheConnectionFailsBetween() {
    TestClient subscriber = subscriber("t", 2);
    TestClient publisher = lastingClient("publisher");
    publisher.send(Out.publish("t").qos(2, 5).payload("once")).expect(In.PubRec.class);
    publisher.cut();
    TestClient back = lastingClient("publisher");
    back.send(Out.publish("t").qos(2, 5).payload("once").dup());
    assertThat(back.expect(In.PubRec.class).id()).isEqualTo(5);
    back.send(Out.pubRel(5));
    assertThat(back.expect(In.PubComp.class).id()).isEqualTo(5);
    subscriber.expectMessage("once");
    subscriber.expectNothing();
  }

  @Test
  @Statement(v311 = "MQTT-4.3.3-2", v5 = "MQTT-4.3.3-12")
  void exactlyOnceFreesItsIdentifierWithPubComp() {
    TestClient subscriber = subscriber("t", 2);
    TestClient publisher = client("publisher");
    for (String payload : new String[] {"one", "two"}) {
      publisher.send(Out.publish("t").qos(2, 5).payload(payload)).expect(In.PubRec.class);
      publisher.send(Out.pubRel(5)).expect(In.PubComp.class);
    }
    subscriber.expectMessage("one");
    subscriber.expectMessage("two");
  }

  @Test
  @Statement(v311 = "MQTT-4.3.3-2", v5 = "MQTT-4.3.3-11")
  void pubRelOfNothingIsAnswered() {
    TestClient publisher = client("publisher");
    publisher.send(Out.pubRel(99));
    assertThat(publisher.expect(In.PubComp.class).id()).isEqualTo(99);
  }

  @Test
  @Statement(v311 = "MQTT-3.6.1-1", v5 = "MQTT-3.6.1-1")
  void pubRelHasItsFlags() {
    for (int first : new int[] {0x60, 0x61, 0x63, 0x6A}) {
      client("c").send(Out.pubRel(1).withFirstByte(first)).expectThrownOut(0x81);
    }
    TestClient subscriber = subscriber("t", 2);
    client("publisher").published(Out.publish("t"), 2);
    subscriber.send(Out.pubRec(subscriber.expect(In.Publish.class).id()));
    subscriber.expect(In.PubRel.class);
    assertThat(subscriber.lastFrame().at(0)).isEqualTo((byte) 0x62);
  }

  @Test
  void acknowledgementsOfNothingDoNoHarm() {
    TestClient c = client("c").subscribed("t", 1);
    c.send(Out.pubAck(1), Out.pubComp(2), Out.pubAck(0xFFFF));
    c.drain();
    client("publisher").published(Out.publish("t").payload("m"), 1);
    c.expectMessage("m");
  }
}

package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.TestClient;
import org.junit.jupiter.api.Test;

/// Sections 3.10 and 3.11.
abstract class UnsubscribeContract extends Conformance {
  @Test
  @Statement(v311 = "MQTT-3.10.3-1", v5 = "MQTT-3.10.3-1")
  void takesWellFormedFiltersOnly() {
    client("c").send(Out.unsubscribe(1, "fine").fromBytes("61 FF")).expectThrownOut(0x81, 0x8F);
  }

  @Test
  @Statement(v311 = "MQTT-3.10.3-1")
  void takesFiltersOneAfterTheOther() {
    TestClient c = client("c").subscribed("a", 0).subscribed("b", 0);
    c.send(Out.unsubscribe(1, "a", "b")).expect(In.UnsubAck.class);
    client("publisher").published(Out.publish("a"), 0).published(Out.publish("b"), 0);
    c.expectNothing();
    client("d").send(Out.hex(isV5() ? "A2 05 00 01 00 00 05" : "A2 04 00 01 00 05")).expectThrownOut(0x81);
  }

  @Test
  @Statement(v311 = "MQTT-3.10.3-2", v5 = "MQTT-3.10.3-2")
  void mustNameAFilter() {
    client("c").send(Out.unsubscribe(1)).expectThrownOut(0x81, 0x82);
  }

  @Test
  @Statement(v311 = {"MQTT-3.10.4-1", "MQTT-3.10.4-2"}, v5 = {"MQTT-3.10.4-1", "MQTT-3.10.4-2"})
  void removesTheFilterThatIsEqualAndNoOther() {
    TestClient c = client("c").subscribed("a/+", 0).subscribed("a/b", 0);
    TestClient publisher = client("publisher");
    c.send(Out.unsubscribe(1, "a/#"), Out.unsubscribe(2, "A/b"), Out.unsubscribe(3, "+/+"));
    for (int i = 0; i < 3; i++) {
      c.expect(In.UnsubAck.class);
    }
    c.send(Out.unsubscribe(4, "a/b")).expect(In.UnsubAck.class);
    publisher.published(Out.publish("a/b").payload("by the wildcard"), 0);
    c.expectMessage("by the wildcard");
    c.expectNothing();
    c.send(Out.unsubscribe(5, "a/+")).expect(In.UnsubAck.class);
    publisher.published(Out.publish("a/b").payload("by nothing"), 0);
    c.expectNothing();
  }

  @Test
  @Statement(v311 = "MQTT-3.10.4-2", v5 = "MQTT-3.10.4-2")
  void addsNothingToASessionThatIsAway() {
    TestClient c = lastingClient("c").subscribed("t", 1);
    c.send(Out.unsubscribe(1, "t")).expect(In.UnsubAck.class);
    c.disconnect();
    client("publisher").published(Out.publish("t"), 1);
    lastingClient("c").expectNothing();
  }

  @Test
  @Statement(v311 = "MQTT-3.10.4-3", v5 = "MQTT-3.10.4-3")
  void letsDeliveriesUnderWayComeToTheirEnd() {
    TestClient c = lastingClient("c").subscribed("t", 2);
    TestClient publisher = client("publisher")
        .published(Out.publish("t").payload("one"), 1)
        .published(Out.publish("t").payload("two"), 2);
    In.Publish one = c.expect(In.Publish.class);
    In.Publish two = c.expect(In.Publish.class);
    c.send(Out.unsubscribe(1, "t")).expect(In.UnsubAck.class);
    c.send(Out.pubRec(two.id()));
    assertThat(c.expect(In.PubRel.class).id()).isEqualTo(two.id());
    c.cut();
    TestClient back = lastingClient("c");
    In.Publish again = back.expect(In.Publish.class);
    assertThat(again.id()).isEqualTo(one.id());
    assertThat(again.dup()).isTrue();
    assertThat(back.expect(In.PubRel.class).id()).isEqualTo(two.id());
    publisher.published(Out.publish("t").payload("three"), 1);
    back.expectNothing();
  }

  @Test
  @Statement(v311 = "MQTT-3.10.4-5", v5 = "MQTT-3.10.4-5")
  void isAnsweredWhereNothingWasHeld() {
    TestClient c = client("c");
    c.send(Out.unsubscribe(77, "a", "b"));
    assertThat(c.expect(In.UnsubAck.class).id()).isEqualTo(77);
  }

  @Test
  @Statement(v311 = "MQTT-3.10.4-6", v5 = "MQTT-3.10.4-6")
  void isAnsweredOnceForSeveralFilters() {
    TestClient c = client("c").subscribed("a", 0).subscribed("b", 0).subscribed("keep", 0);
    c.send(Out.unsubscribe(1, "a", "none", "b")).expect(In.UnsubAck.class);
    c.expectNothing();
    client("publisher")
        .published(Out.publish("a"), 0)
        .published(Out.publish("b"), 0)
        .published(Out.publish("keep").payload("kept"), 0);
    c.expectMessage("kept");
    c.expectNothing();
  }
}

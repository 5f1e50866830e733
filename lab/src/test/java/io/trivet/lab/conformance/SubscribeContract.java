package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.TestClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Sections 3.8 and 3.9.
abstract class SubscribeContract extends Conformance {
  int refusal() {
    return isV5() ? 0x87 : 0x80;
  }

  @Test
  @Statement(v311 = {"MQTT-3.8.3-1", "MQTT-1.5.3-1"}, v5 = {"MQTT-3.8.3-1", "MQTT-1.5.4-1"})
  void takesWellFormedFiltersOnly() {
    client("c").send(Out.subscribe(1).toBytes("61 2F C3 28", 0)).expectThrownOut(0x81, 0x8F);
    client("d").send(Out.subscribe(1).to("fine", 0).toBytes("ED A0 80", 0)).expectThrownOut(0x81, 0x8F);
  }

  @Test
  @Statement(v311 = "MQTT-3.8.3-3", v5 = "MQTT-3.8.3-2")
  void mustNameAFilter() {
    client("c").send(Out.subscribe(1)).expectThrownOut(0x81, 0x82);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x03, 0x43, 0x80, 0x40, 0xC1})
  @Statement(v311 = "MQTT-3.8.3-4", v5 = "MQTT-3.8.3-5")
  void closesOnReservedBitsAndQoS3(int options) {
    client("c").send(Out.subscribe(1).to("t", options)).expectThrownOut(0x81, 0x82);
  }

  @Test
  @Statement(
      v311 = {"MQTT-3.8.4-4", "MQTT-3.8.4-5", "MQTT-3.9.3-1", "MQTT-3.9.3-2"},
      v5 = {"MQTT-3.8.4-5", "MQTT-3.8.4-6", "MQTT-3.8.4-7", "MQTT-3.9.3-1", "MQTT-3.9.3-2"})
  void answersForEachFilterInItsOrder() {
    TestClient c = client("c");
    c.send(Out.subscribe(9).to("a", 1).to("denied/x", 1).to("b/#", 0).to("c/+", 2).to("denied/#", 0));
    In.SubAck ack = c.expect(In.SubAck.class);
    assertThat(ack.codes()).containsExactly(1, refusal(), 0, 2, refusal());
    c.expectNothing();
    client("publisher")
        .published(Out.publish("a").payload("a"), 2)
        .published(Out.publish("denied/x").payload("x"), 0)
        .published(Out.publish("b/1").payload("b"), 2)
        .published(Out.publish("c/1").payload("c"), 2);
    assertThat(c.expectMessage("a").qos()).isEqualTo(1);
    assertThat(c.expectMessage("b").qos()).isZero();
    assertThat(c.expectMessage("c").qos()).isEqualTo(2);
    c.expectNothing();
  }

  @Test
  @Statement(v311 = "MQTT-3.8.4-3", v5 = {"MQTT-3.8.4-3", "MQTT-3.8.4-4"})
  void replacesTheSubscriptionWithTheSameFilter() {
    client("keeper").published(Out.publish("t").payload("kept").retain(), 2);
    TestClient c = client("c").subscribed("t", 2);
    assertThat(c.expectMessage("kept").qos()).isEqualTo(2);
    c.subscribed("t", 1);
    assertThat(c.expectMessage("kept").qos()).isEqualTo(1);
    client("publisher").published(Out.publish("t").payload("once"), 2);
    assertThat(c.expectMessage("once").qos()).isEqualTo(1);
    c.expectNothing();
  }

  @Test
  @Statement(v311 = "MQTT-3.8.4-3", v5 = "MQTT-3.8.4-4")
  void losesNothingWhileItReplaces() {
    TestClient c = client("c").subscribed("t", 1);
    TestClient publisher = client("publisher");
    for (int i = 0; i < 10; i++) {
      publisher.published(Out.publish("t").payload("m" + i), 1);
      c.send(Out.subscribe(100 + i).to("t", 1));
      publisher.published(Out.publish("t").payload("n" + i), 1);
    }
    List<String> got = new ArrayList<>();
    c.drain().forEach(p -> {
      if (p instanceof In.Publish m) {
        got.add(m.text());
      }
    });
    for (int i = 0; i < 10; i++) {
      assertThat(got).containsOnlyOnce("m" + i, "n" + i);
    }
  }

  @Test
  @Statement(v311 = {"MQTT-3.8.3-2", "MQTT-4.7.1-1"}, v5 = "MQTT-4.7.0-1")
  void grantsFiltersWithWildcards() {
    TestClient c = client("c").subscribed("a/+/c", 0).subscribed("b/#", 0);
    client("publisher").published(Out.publish("a/b/c"), 0).published(Out.publish("b/c/d"), 0);
    assertThat(c.expect(In.Publish.class).topic()).isEqualTo("a/b/c");
    assertThat(c.expect(In.Publish.class).topic()).isEqualTo("b/c/d");
  }
}

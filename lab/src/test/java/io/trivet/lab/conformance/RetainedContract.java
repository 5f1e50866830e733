package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.TestClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Retained messages: section 3.3.1.3.
abstract class RetainedContract extends Conformance {
  TestClient publisher() {
    return client("publisher");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  @Statement(
      v311 = {"MQTT-3.3.1-5", "MQTT-3.3.1-6", "MQTT-3.3.1-8"},
      v5 = {"MQTT-3.3.1-5", "MQTT-3.3.1-9"})
  void isKeptWithItsQoSForLaterSubscribers(int qos) {
    publisher().published(Out.publish("a/b").payload("kept").retain(), qos);
    In.Publish p = client("late").subscribed("a/+", 2).expectMessage("kept");
    assertThat(p.topic()).isEqualTo("a/b");
    assertThat(p.qos()).isEqualTo(qos);
    assertThat(p.retain()).isTrue();
  }

  @Test
  @Statement(v311 = {"MQTT-3.3.1-6", "MQTT-3.3.1-7"}, v5 = "MQTT-3.3.1-5")
  void givesWayToTheNext() {
    publisher()
        .published(Out.publish("t").payload("old").retain(), 2)
        .published(Out.publish("t").payload("new").retain(), 0);
    TestClient late = client("late").subscribed("t", 2);
    late.expectMessage("new");
    late.expectNothing();
  }

  @Test
  @Statement(v311 = "MQTT-3.3.1-6", v5 = "MQTT-3.3.1-9")
  void isSentForEachTopicThatMatches() {
    publisher()
        .published(Out.publish("a/1").payload("one").retain(), 1)
        .published(Out.publish("a/2").payload("two").retain(), 1)
        .published(Out.publish("b/1").payload("other").retain(), 1);
    TestClient late = client("late").subscribed("a/#", 1);
    assertThat(late.drain()).map(p -> ((In.Publish) p).text()).containsExactlyInAnyOrder("one", "two");
  }

  @Test
  @Statement(v311 = "MQTT-3.3.1-9", v5 = "MQTT-3.3.1-12")
  void reachesSubscribersOfTheMomentUnmarked() {
    TestClient subscriber = subscriber("t", 1);
    publisher().published(Out.publish("t").payload("m").retain(), 1);
    assertThat(subscriber.expectMessage("m").retain()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  @Statement(
      v311 = {"MQTT-3.3.1-10", "MQTT-3.3.1-11"},
      v5 = {"MQTT-3.3.1-6", "MQTT-3.3.1-7"})
  void isRemovedByAnEmptyOneWhichIsDelivered(int qos) {
    TestClient publisher = publisher().published(Out.publish("t").payload("old").retain(), 1);
    TestClient subscriber = client("subscriber").subscribed("t", 1);
    subscriber.expectMessage("old");
    publisher.published(Out.publish("t").retain(), qos);
    In.Publish empty = subscriber.expectMessage("");
    assertThat(empty.retain()).isFalse();
    client("late").subscribed("t", 1).expectNothing();
  }

  @Test
  @Statement(v311 = "MQTT-3.3.1-11", v5 = "MQTT-3.3.1-7")
  void isNeverEmpty() {
    publisher().published(Out.publish("t").retain(), 1);
    client("late").subscribed("t", 1).expectNothing();
  }

  @Test
  @Statement(v311 = "MQTT-3.3.1-12", v5 = "MQTT-3.3.1-8")
  void isLeftAloneByOthers() {
    publisher()
        .published(Out.publish("t").payload("kept").retain(), 1)
        .published(Out.publish("t").payload("passing"), 1)
        .published(Out.publish("t"), 1)
        .published(Out.publish("u").payload("passing"), 1);
    client("late").subscribed("t", 1).expectMessage("kept");
    client("later").subscribed("u", 1).expectNothing();
  }

  @Test
  @Statement(v311 = "MQTT-3.1.2-7")
  void outlivesItsPublishersSession() {
    TestClient publisher = publisher().published(Out.publish("t").payload("kept").retain(), 1);
    publisher.disconnect();
    lastingClient("publisher").disconnect();
    client("publisher").disconnect();
    client("late").subscribed("t", 1).expectMessage("kept");
  }

  @Test
  void isNotSentWhereTheReceiverMayNotHaveIt() {
    publisher().published(Out.publish("undeliverable/t").payload("secret").retain(), 1);
    client("late").subscribed("undeliverable/#", 1).expectNothing();
  }
}

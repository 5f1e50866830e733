package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.TestClient;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 3.3, but for retained messages.
abstract class PublishContract extends Conformance {
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Statement(v311 = "MQTT-3.3.1-1", v5 = "MQTT-3.3.1-1")
  void isMarkedWhenSentAgain(int qos) {
    TestClient first = lastingClient("c").subscribed("t", qos);
    client("publisher").published(Out.publish("t").payload("m"), qos);
    assertThat(first.expect(In.Publish.class).dup()).isFalse();
    first.cut();
    TestClient second = lastingClient("c");
    assertThat(second.expectMessage("m").dup()).isTrue();
  }

  @Test
  @Statement(v311 = "MQTT-3.3.1-2", v5 = "MQTT-3.3.1-2")
  void ofQoS0IsNeverMarked() {
    client("c").send(Out.publish("t").dup()).expectThrownOut(0x81, 0x82);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Statement(v311 = "MQTT-3.3.1-3", v5 = "MQTT-3.3.1-3")
  void doesNotCarryThePublishersMark(int qos) {
    TestClient subscriber = subscriber("t", 2);
    TestClient publisher = client("publisher");
    publisher.send(Out.publish("t").qos(qos, 1).dup());
    assertThat(subscriber.expect(In.Publish.class).dup()).isFalse();
  }

  @Test
  @Statement(v311 = "MQTT-3.3.1-4", v5 = "MQTT-3.3.1-4")
  void ofQoS3ClosesTheConnection() {
    client("c").send(Out.publish("t").qos(3, 1)).expectThrownOut(0x81);
  }

  @Test
  @Statement(v311 = "MQTT-3.3.2-1", v5 = "MQTT-3.3.2-1")
  void beginsWithItsTopic() {
    TestClient subscriber = subscriber("#", 1);
    client("publisher").published(Out.publish("héllo/wörld/日本").payload("m"), 1);
    assertThat(subscriber.expectMessage("m").topic()).isEqualTo("héllo/wörld/日本");
    client("c").send(Out.hex("30 03 00 05 61")).expectThrownOut(0x81);
    client("d").send(Out.hex("30 01 00")).expectThrownOut(0x81);
  }

  @ParameterizedTest
  @ValueSource(strings = {"#", "+", "a/#", "a/+/b", "a+", "b#/c"})
  @Statement(v311 = {"MQTT-3.3.2-2", "MQTT-4.7.1-1"}, v5 = {"MQTT-3.3.2-2", "MQTT-4.7.0-1"})
  void holdsNoWildcard(String topic) {
    TestClient witness = client("witness").subscribed("#", 0);
    client("c").send(Out.publish(topic)).expectThrownOut(0x81, 0x82, 0x90);
    witness.expectNothing();
  }

  @ParameterizedTest
  @CsvSource({
    "sport/tennis, sport/tennis, true",
    "sport/tennis, sport/tenni, false",
    "sport/tennis, sport/tennis/score, false",
    "sport/#, sport, true",
    "sport/#, sport/tennis/score, true",
    "sport/#, sports, false",
    "sport/+, sport/tennis, true",
    "sport/+, sport/, true",
    "sport/+, sport, false",
    "sport/+, sport/tennis/score, false",
    "+/+, /finance, true",
    "+, /finance, false",
    "/+, /finance, true",
    "+/tennis/#, sport/tennis, true",
    "#, a, true"
  })
  @Statement(v311 = "MQTT-3.3.2-3", v5 = "MQTT-3.3.2-3")
  void reachesThoseWhoseFilterMatches(String filter, String topic, boolean matches) {
    TestClient subscriber = subscriber(filter, 0);
    client("publisher").published(Out.publish(topic), 0);
    if (matches) {
      assertThat(subscriber.expect(In.Publish.class).topic()).isEqualTo(topic);
    }
    subscriber.expectNothing();
  }

  @Test
  @Statement(
      v311 = {"MQTT-3.3.4-1", "MQTT-4.3.1-1"},
      v5 = {"MQTT-3.3.4-1", "MQTT-4.3.1-1"})
  void isAnsweredAsItsQoSAsks() {
    TestClient publisher = client("publisher");
    publisher.send(Out.publish("t")).expectNothing();
    publisher.send(Out.publish("t").qos(1, 1)).expect(In.PubAck.class);
    publisher.send(Out.publish("t").qos(2, 2)).expect(In.PubRec.class);
    publisher.expectNothing();
  }

  @Test
  @Statement(v311 = "MQTT-3.3.5-1", v5 = "MQTT-3.3.4-2")
  void reachesOverlappingSubscriptionsWithTheHighestQoS() {
    TestClient subscriber = client("c").subscribed("a/#", 0).subscribed("a/+", 2).subscribed("a/b", 1);
    client("publisher").published(Out.publish("a/b").payload("m"), 2);
    List<Integer> qos = subscriber.drain().stream()
        .map(p -> ((In.Publish) p).qos())
        .toList();
    assertThat(qos).contains(2);
  }

  @ParameterizedTest
  @CsvSource({"0,0,0", "0,2,0", "1,0,0", "1,1,1", "1,2,1", "2,0,0", "2,1,1", "2,2,2"})
  @Statement(
      v311 = {"MQTT-3.8.4-6", "MQTT-3.8.4-5"},
      v5 = {"MQTT-3.8.4-8", "MQTT-3.8.4-7"})
  void isDeliveredWithTheLowerQoS(int published, int granted, int delivered) {
    TestClient subscriber = subscriber("t", granted);
    client("publisher").published(Out.publish("t").payload("m"), published);
    assertThat(subscriber.expectMessage("m").qos()).isEqualTo(delivered);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 16_383, 16_384, 100_000})
  void keepsPayloadsOfEverySize(int size) {
    TestClient subscriber = subscriber("t", 1);
    client("publisher").published(Out.publish("t").payload(size), 1);
    assertThat(subscriber.expect(In.Publish.class).payload().length()).isEqualTo(size);
  }
}

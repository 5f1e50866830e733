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

/// Section 4.7.
abstract class TopicContract extends Conformance {
  /// A filter that is text but no filter: refused alone where the version has a code for it, or the connection ends.
  private void refuses(String filter) {
    TestClient c = client("c").send(Out.subscribe(1).to(filter, 0));
    List<In> answer = c.drain();
    if (!answer.isEmpty() && answer.getFirst() instanceof In.SubAck ack) {
      assertThat(ack.codes()).containsExactly(isV5() ? 0x8F : 0x80);
      return;
    }
    assertThat(answer).allSatisfy(p -> assertThat(((In.Disconnect) p).code()).isIn(0x81, 0x82, 0x8F));
    c.expectClosed();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a#", "a/b#", "#/a", "a/#/b", "##", "#a", "+#"})
  @Statement(v311 = "MQTT-4.7.1-2", v5 = "MQTT-4.7.1-1")
  void multiLevelWildcardIsTheWholeLastLevel(String filter) {
    refuses(filter);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a+", "+a", "a/b+/c", "++", "a/+b"})
  @Statement(v311 = "MQTT-4.7.1-3", v5 = "MQTT-4.7.1-2")
  void singleLevelWildcardIsAWholeLevel(String filter) {
    refuses(filter);
  }

  @ParameterizedTest
  @ValueSource(strings = {"#", "a/#", "/#", "+/#", "a/+/#"})
  @Statement(v311 = "MQTT-4.7.1-2", v5 = "MQTT-4.7.1-1")
  void multiLevelWildcardMayEndAnyFilter(String filter) {
    subscriber(filter, 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"+", "+/a", "a/+", "a/+/b", "/+", "+/", "+/+"})
  @Statement(v311 = "MQTT-4.7.1-3", v5 = "MQTT-4.7.1-2")
  void singleLevelWildcardMayStandAnywhere(String filter) {
    subscriber(filter, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "#, $private/a, false",
    "+/a, $private/a, false",
    "$private/#, $private/a, true",
    "$private/+, $private/a, true",
    "#, a/$private, true",
    "+/$private, a/$private, true"
  })
  @Statement(v311 = "MQTT-4.7.2-1", v5 = "MQTT-4.7.2-1")
  void leadingWildcardsPassOverReservedTopics(String filter, String topic, boolean matches) {
    TestClient subscriber = subscriber(filter, 0);
    client("publisher").published(Out.publish(topic), 0);
    if (matches) {
      assertThat(subscriber.expect(In.Publish.class).topic()).isEqualTo(topic);
    } else {
      subscriber.expectNothing();
    }
  }

  @Test
  @Statement(v311 = "MQTT-4.7.2-1", v5 = "MQTT-4.7.2-1")
  void leadingWildcardsPassOverReservedRetainedMessages() {
    client("publisher").published(Out.publish("$private/a").payload("kept").retain(), 0);
    client("all").subscribed("#", 0).expectNothing();
    client("first").subscribed("+/a", 0).expectNothing();
    client("named").subscribed("$private/a", 0).expectMessage("kept");
  }

  @Test
  @Statement(v311 = "MQTT-4.7.3-1", v5 = "MQTT-4.7.3-1")
  void hasAtLeastOneCharacter() {
    client("p").send(Out.publish("")).expectThrownOut(0x81, 0x82, 0x90);
    refuses("");
    TestClient c = client("c").subscribed("/", 0);
    client("publisher").published(Out.publish("/"), 0);
    assertThat(c.expect(In.Publish.class).topic()).isEqualTo("/");
  }

  @Test
  @Statement(v311 = "MQTT-4.7.3-3", v5 = "MQTT-4.7.3-3")
  void isCarriedUpToTheServersLimitAndNeverCutShort() {
    String longest = "x".repeat(1024);
    TestClient c = client("c").subscribed("#", 0).subscribed(longest, 0);
    client("publisher").published(Out.publish(longest), 0);
    assertThat(c.expect(In.Publish.class).topic()).isEqualTo(longest);
    c.drain();
    client("p").send(Out.publish("x".repeat(0xFFFF)));
    assertThat(c.drain()).allSatisfy(p -> assertThat(((In.Publish) p).topic()).hasSize(0xFFFF));
  }

  @ParameterizedTest
  @CsvSource({
    "ACCOUNTS, Accounts", "a, a/", "a, /a", "a/b, a//b", "é, e\u0301", "a b, a%20b", "a/./b, a/b", "Å, \u212B"
  })
  @Statement(v311 = "MQTT-4.7.3-4", v5 = "MQTT-4.7.3-4")
  void isComparedAsItStands(String one, String other) {
    TestClient subscriber = subscriber(one, 0);
    client("publisher").published(Out.publish(other), 0).published(Out.publish(one).payload("itself"), 0);
    assertThat(subscriber.expectMessage("itself").topic()).isEqualTo(one);
    subscriber.expectNothing();
  }
}

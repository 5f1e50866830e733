package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// MQTT 5.0, retained messages: sections 3.3.1.3 and 3.8.3.1.
@Of(Version.V5)
class Retained5Test extends RetainedContract {
  private static final int ONLY_IF_NEW = 0x10;
  private static final int NEVER = 0x20;
  private static final int AS_PUBLISHED = 0x08;

  @Test
  @Statement(v5 = {"MQTT-3.3.1-9", "MQTT-3.8.4-4"})
  void comesWithEverySubscribeByDefault() {
    publisher().published(Out.publish("t").payload("kept").retain(), 1);
    TestClient c = client("c").subscribed("t", 1);
    c.expectMessage("kept");
    c.subscribed("t", 1);
    c.expectMessage("kept");
  }

  @Test
  @Statement(v5 = "MQTT-3.3.1-10")
  void comesOnlyWithANewSubscriptionWhereAsked() {
    publisher().published(Out.publish("t").payload("kept").retain(), 1);
    TestClient c = lastingClient("c").subscribed("t", 1 | ONLY_IF_NEW);
    c.expectMessage("kept");
    c.subscribed("t", 1 | ONLY_IF_NEW);
    c.expectNothing();
    c.cut();
    TestClient back = lastingClient("c").subscribed("t", 1 | ONLY_IF_NEW);
    back.expectNothing();
    back.send(Out.unsubscribe(1, "t")).expect(In.UnsubAck.class);
    back.subscribed("t", 1 | ONLY_IF_NEW).expectMessage("kept");
  }

  @Test
  @Statement(v5 = "MQTT-3.3.1-11")
  void doesNotComeWhereNotWanted() {
    publisher().published(Out.publish("t").payload("kept").retain(), 1);
    TestClient c = client("c").subscribed("t", 1 | NEVER);
    c.expectNothing();
    publisher().published(Out.publish("t").payload("new").retain(), 1);
    c.expectMessage("new");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Statement(v5 = {"MQTT-3.3.1-12", "MQTT-3.3.1-13"})
  void isMarkedAsPublishedWhereAsked(boolean retain) {
    TestClient plain = client("plain").subscribed("t", 1);
    TestClient asPublished = client("as published").subscribed("t", 1 | AS_PUBLISHED);
    Out.Publish p = Out.publish("t").payload("m");
    publisher().published(retain ? p.retain() : p, 1);
    assertThat(plain.expectMessage("m").retain()).isFalse();
    assertThat(asPublished.expectMessage("m").retain()).isEqualTo(retain);
  }

  @Test
  @Statement(v5 = {"MQTT-3.3.1-12", "MQTT-3.3.1-13"})
  void isMarkedAsPublishedAlsoAfterItWaited() {
    lastingClient("plain").subscribed("t", 1).disconnect();
    lastingClient("as published").subscribed("t", 1 | AS_PUBLISHED).disconnect();
    publisher().published(Out.publish("t").payload("m").retain(), 1);
    assertThat(lastingClient("plain").expectMessage("m").retain()).isFalse();
    assertThat(lastingClient("as published").expectMessage("m").retain()).isTrue();
  }

  @Test
  void handlingThreeEndsTheConnection() {
    client("c").send(Out.subscribe(1).to("t", 0x30)).expectThrownOut(0x81, 0x82);
  }
}

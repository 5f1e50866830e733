package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Prop;
import io.trivet.lab.wire.Props;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// MQTT 5.0, section 3.3.
@Of(Version.V5)
class Publish5Test extends PublishContract {
  private static final List<Props.Pair> PAIRS =
      List.of(new Props.Pair("z", "1"), new Props.Pair("a", ""), new Props.Pair("z", "1"), new Props.Pair("", "ü"));

  private static Out.Publish decorated(String payload) {
    Out.Publish p = Out.publish("t")
        .payload(payload)
        .prop(Prop.PAYLOAD_FORMAT, 1)
        .prop(Prop.CONTENT_TYPE, "text/plain; charset=utf-8")
        .prop(Prop.RESPONSE_TOPIC, "answers/ä")
        .prop(Prop.CORRELATION_DATA, Bytes.hex("00 FF 7F"));
    PAIRS.forEach(pair -> p.prop(Prop.USER_PROPERTY, pair));
    return p;
  }

  private static void assertUnaltered(In.Publish p) {
    assertThat(p.props().number(Prop.PAYLOAD_FORMAT)).contains(1L);
    assertThat(p.props().text(Prop.CONTENT_TYPE)).contains("text/plain; charset=utf-8");
    assertThat(p.props().text(Prop.RESPONSE_TOPIC)).contains("answers/ä");
    assertThat(p.props().bytes(Prop.CORRELATION_DATA)).contains(Bytes.hex("00 FF 7F"));
    assertThat(p.props().userProperties()).isEqualTo(PAIRS);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  @Statement(
      v5 = {
        "MQTT-3.3.2-4", "MQTT-3.3.2-15", "MQTT-3.3.2-16", "MQTT-3.3.2-17", "MQTT-3.3.2-18", "MQTT-3.3.2-20"
      })
  void carriesItsPropertiesUnaltered(int qos) {
    TestClient one = client("one").subscribed("t", qos);
    TestClient two = client("two").subscribed("#", qos);
    lastingClient("away").subscribed("t", 2).disconnect();
    client("publisher").published(decorated("m").retain(), qos);
    assertUnaltered(one.expectMessage("m"));
    assertUnaltered(two.expectMessage("m"));
    assertUnaltered(client("late").subscribed("t", qos).expectMessage("m"));
    if (qos > 0) {
      assertUnaltered(lastingClient("away").expectMessage("m"));
    }
  }

  @Test
  @Statement(v5 = "MQTT-3.3.2-4")
  void claimsNoPayloadFormatWhereThePublisherClaimedNone() {
    TestClient c = subscriber("t", 0);
    TestClient publisher = client("publisher").published(Out.publish("t"), 0);
    assertThat(c.expect(In.Publish.class).props().entries()).isEmpty();
    publisher.published(Out.publish("t").prop(Prop.PAYLOAD_FORMAT, 0), 0);
    assertThat(c.expect(In.Publish.class).props().number(Prop.PAYLOAD_FORMAT).orElse(0L)).isZero();
  }

  @Test
  @Statement(v5 = {"MQTT-3.3.2-5", "MQTT-3.3.2-6"})
  void expiresOnItsWay() {
    lastingClient("c").subscribed("t", 1).disconnect();
    client("publisher")
        .published(Out.publish("t").payload("short").prop(Prop.MESSAGE_EXPIRY, 10), 1)
        .published(Out.publish("t").payload("long").prop(Prop.MESSAGE_EXPIRY, 100), 1)
        .published(Out.publish("t").payload("ever"), 1);
    server.advance(seconds(30));
    TestClient back = lastingClient("c");
    In.Publish p = back.expectMessage("long");
    assertThat(p.props().number(Prop.MESSAGE_EXPIRY).orElseThrow()).isBetween(69L, 70L);
    assertThat(back.expectMessage("ever").props().has(Prop.MESSAGE_EXPIRY)).isFalse();
    back.expectNothing();
  }

  @Test
  @Statement(v5 = {"MQTT-3.3.2-5", "MQTT-3.3.2-6"})
  void expiresWhileItIsRetained() {
    client("publisher").published(Out.publish("t").payload("m").retain().prop(Prop.MESSAGE_EXPIRY, 60), 1);
    server.advance(seconds(20));
    In.Publish p = client("early").subscribed("t", 0).expectMessage("m");
    assertThat(p.props().number(Prop.MESSAGE_EXPIRY).orElseThrow()).isBetween(39L, 40L);
    server.advance(seconds(41));
    client("late").subscribed("t", 0).expectNothing();
  }

  @Test
  @Statement(v5 = "MQTT-3.3.2-6")
  void carriesItsWholeExpiryWhereItDidNotWait() {
    TestClient c = subscriber("t", 0);
    client("publisher").published(Out.publish("t").prop(Prop.MESSAGE_EXPIRY, 7), 0);
    assertThat(c.expect(In.Publish.class).props().number(Prop.MESSAGE_EXPIRY)).contains(7L);
  }

  @Test
  @Statement(v5 = "MQTT-3.3.2-7")
  void aliasesOfAClientEndWithItsConnection() {
    TestClient c = lastingClient("c");
    c.send(Out.publish("t").prop(Prop.TOPIC_ALIAS, 1)).expectNothing();
    c.cut();
    lastingClient("c").send(Out.publish("").prop(Prop.TOPIC_ALIAS, 1)).expectThrownOut(0x82, 0x94);
  }

  @Test
  @Statement(v5 = "MQTT-3.3.2-7")
  void aliasesOfTheServerEndWithTheConnection() {
    Out.Connect connect = lasting("c").prop(Prop.TOPIC_ALIAS_MAXIMUM, 10);
    TestClient c = newcomer().connected(connect).subscribed("t", 0);
    TestClient publisher = client("publisher");
    for (int i = 0; i < 3; i++) {
      publisher.published(Out.publish("t"), 0);
      c.expect(In.Publish.class);
    }
    c.cut();
    TestClient back = newcomer().connected(connect);
    publisher.published(Out.publish("t"), 0);
    assertThat(back.expect(In.Publish.class).topic()).isEqualTo("t");
  }

  @Test
  @Statement(v5 = "MQTT-3.3.2-12")
  void everyAliasUpToTheServersMaximumIsTaken() {
    TestClient subscriber = subscriber("t/#", 0);
    TestClient c = newcomer();
    long maximum = c.send(Out.connect("c")).expectAccepted().props().number(Prop.TOPIC_ALIAS_MAXIMUM).orElseThrow();
    assertThat(maximum).isPositive();
    for (int alias = 1; alias <= maximum; alias++) {
      c.send(Out.publish("t/" + alias).prop(Prop.TOPIC_ALIAS, alias));
      subscriber.expect(In.Publish.class);
    }
    for (int alias = 1; alias <= maximum; alias++) {
      c.send(Out.publish("").prop(Prop.TOPIC_ALIAS, alias));
      String topic = subscriber.expect(In.Publish.class).topic();
      if (!topic.equals("t/" + alias)) {
        assertThat(topic).isEqualTo("t/" + alias);
      }
    }
    c.send(Out.publish("u").prop(Prop.TOPIC_ALIAS, maximum + 1)).expectThrownOut(0x94, 0x82);
  }

  @Test
  @Statement(v5 = "MQTT-3.3.2-8")
  void aliasZeroEndsTheConnection() {
    client("c").send(Out.publish("t").prop(Prop.TOPIC_ALIAS, 0)).expectThrownOut(0x94, 0x82);
  }

  @Test
  void aliasMayBeGivenAnotherTopic() {
    TestClient subscriber = subscriber("#", 0);
    client("c").send(
        Out.publish("a").prop(Prop.TOPIC_ALIAS, 1),
        Out.publish("b").prop(Prop.TOPIC_ALIAS, 1),
        Out.publish("").prop(Prop.TOPIC_ALIAS, 1));
    assertThat(subscriber.drain()).map(p -> ((In.Publish) p).topic()).containsExactly("a", "b", "b");
  }

  @ParameterizedTest
  @EnumSource(value = Prop.class, names = {"RESPONSE_TOPIC", "CONTENT_TYPE"})
  @Statement(v5 = {"MQTT-3.3.2-13", "MQTT-3.3.2-19"})
  void responseTopicAndContentTypeAreWellFormed(Prop prop) {
    client("c").send(Out.publish("t").prop(prop, Bytes.hex("61 ED A0 80"))).expectThrownOut(0x81, 0x82, 0x90);
    client("d").send(Out.publish("t").prop(prop, Bytes.hex("61 00"))).expectThrownOut(0x81, 0x82, 0x90);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/+", "#", "a/#"})
  @Statement(v5 = "MQTT-3.3.2-14")
  void responseTopicHoldsNoWildcard(String topic) {
    TestClient witness = client("witness").subscribed("t", 0);
    client("c").send(Out.publish("t").prop(Prop.RESPONSE_TOPIC, topic)).expectThrownOut(0x81, 0x82, 0x90);
    witness.expectNothing();
  }

  @Test
  @Statement(v5 = {"MQTT-3.3.4-3", "MQTT-3.3.4-4"})
  void carriesTheIdentifiersOfAllThatMatch() {
    TestClient c = client("c");
    c.send(
        Out.subscribe(1).to("a/#", 1).prop(Prop.SUBSCRIPTION_ID, 7),
        Out.subscribe(2).to("a/+", 0).prop(Prop.SUBSCRIPTION_ID, 268_435_455),
        Out.subscribe(3).to("b", 0).prop(Prop.SUBSCRIPTION_ID, 3),
        Out.subscribe(4).to("#", 0));
    for (int i = 0; i < 4; i++) {
      c.expect(In.SubAck.class);
    }
    client("publisher").published(Out.publish("a/b").payload("m"), 1);
    In.Publish p = c.expectMessage("m");
    assertThat(p.props().numbers(Prop.SUBSCRIPTION_ID)).containsExactlyInAnyOrder(7L, 268_435_455L);
    c.expectNothing();
  }

  @Test
  @Statement(v5 = "MQTT-3.3.4-3")
  void carriesTheIdentifierAlsoWhenRetainedOrQueued() {
    client("publisher").published(Out.publish("t").payload("kept").retain(), 1);
    TestClient c = lastingClient("c");
    c.send(Out.subscribe(1).to("t", 1).prop(Prop.SUBSCRIPTION_ID, 7)).expect(In.SubAck.class);
    assertThat(c.expectMessage("kept").props().numbers(Prop.SUBSCRIPTION_ID)).containsExactly(7L);
    c.disconnect();
    client("publisher").published(Out.publish("t").payload("queued"), 1);
    TestClient back = lastingClient("c");
    assertThat(back.expectMessage("queued").props().numbers(Prop.SUBSCRIPTION_ID)).containsExactly(7L);
    back.send(Out.subscribe(2).to("t", 1 | 0x20)).expect(In.SubAck.class);
    client("publisher").published(Out.publish("t").payload("no longer numbered"), 1);
    assertThat(back.expectMessage("no longer numbered").props().numbers(Prop.SUBSCRIPTION_ID)).isEmpty();
  }

  @Test
  @Statement(v5 = "MQTT-3.3.4-6")
  void ofAClientCarriesNoSubscriptionIdentifier() {
    client("c").send(Out.publish("t").prop(Prop.SUBSCRIPTION_ID, 1)).expectThrownOut(0x81, 0x82);
  }

  @Test
  @Statement(v5 = "MQTT-3.3.4-7")
  void aboveTheServersReceiveMaximumEndsTheConnection() {
    TestClient c = newcomer();
    long maximum = c.send(Out.connect("c")).expectAccepted().props().number(Prop.RECEIVE_MAXIMUM).orElse(65_535L);
    for (int id = 1; id <= maximum; id++) {
      c.send(Out.publish("t").qos(2, id)).expect(In.PubRec.class);
    }
    c.send(Out.publish("t").qos(2, (int) maximum + 1)).expectThrownOut(0x93);
  }

  @Test
  void withoutTopicOrAliasEndsTheConnection() {
    client("c").send(Out.publish("")).expectThrownOut(0x82, 0x81, 0x90);
  }

  @Test
  void toNobodyMayBeSaidToBeSo() {
    TestClient c = client("c");
    c.send(Out.publish("nobody").qos(1, 1));
    assertThat(c.expect(In.PubAck.class).code()).isIn(0x00, 0x10);
  }
}

package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Prop;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// MQTT 5.0, section 3.1.
@Of(Version.V5)
class Connect5Test extends ConnectContract {
  @ParameterizedTest
  @ValueSource(strings = {"mqtt", "MQTX", "HTTP", ""})
  @Statement(v5 = "MQTT-3.1.2-1")
  void goesNoFurtherWithAnotherProtocol(String name) {
    TestClient c = newcomer().send(Out.connect("c").protocol(name, 5));
    for (In p : c.drain()) {
      assertThat(((In.ConnAck) p).code()).isEqualTo(0x84);
    }
    c.expectClosed();
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 7, 127, 255, 0x85})
  @Statement(v5 = "MQTT-3.1.2-2")
  void refusesVersionsItDoesNotSpeak(int level) {
    // In which version's words it says so is left to the server: it knows of none that the client understands.
    TestClient c = server.client(Version.V3_1_1);
    c.send(Out.connect("c").protocol("MQTT", level));
    c.expectRefused(1);
  }

  @Test
  @Statement(v5 = {"MQTT-3.1.2-24", "MQTT-3.1.2-25"})
  void sendsNoPacketLargerThanTheClientTakes() {
    TestClient c = newcomer()
        .connected(lasting("c").prop(Prop.MAXIMUM_PACKET_SIZE, 200).prop(Prop.RECEIVE_MAXIMUM, 1))
        .subscribed("t", 2);
    client("publisher")
        .published(Out.publish("t").payload(200), 0)
        .published(Out.publish("t").payload(200), 1)
        .published(Out.publish("t").payload(200), 2)
        .published(Out.publish("t").payload("fits"), 1);
    c.expectMessage("fits");
    c.cut();
    lastingClient("c").expectNothing();
  }

  @Test
  @Statement(v5 = "MQTT-3.1.2-24")
  void sendsAPacketOfJustTheSizeTheClientTakes() {
    TestClient c = newcomer().connected(Out.connect("c").prop(Prop.MAXIMUM_PACKET_SIZE, 100)).subscribed("t", 1);
    client("publisher")
        .published(Out.publish("t").payload(93), 1)
        .published(Out.publish("t").payload(92), 1);
    assertThat(c.expectMessage().payload().length()).isEqualTo(92);
    assertThat(c.lastFrame().length()).isEqualTo(100);
  }

  @Test
  @Statement(v5 = "MQTT-3.1.2-24")
  void sendsNoPacketLargerThanTheClientTakesAlsoWithATopicAlias() {
    for (int size = 85; size < 95; size++) {
      TestClient c = newcomer()
          .connected(Out.connect("c").prop(Prop.MAXIMUM_PACKET_SIZE, 100).prop(Prop.TOPIC_ALIAS_MAXIMUM, 5))
          .subscribed("t", 1);
      client("publisher").published(Out.publish("t").payload(size), 1);
      c.drain();
      assertThat(c.lastFrame().length()).isLessThanOrEqualTo(100);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5, 8, 12, 16, 20, 40, 100})
  @Statement(v5 = "MQTT-3.1.2-24")
  void answersNobodyWithMoreThanTheyTake(int limit) {
    TestClient plain = newcomer().send(Out.connect("c").prop(Prop.MAXIMUM_PACKET_SIZE, limit));
    Out.Subscribe many = Out.subscribe(1);
    for (int i = 0; i < 50; i++) {
      many.to("t/" + i, 0);
    }
    plain.send(many);
    TestClient withMethod = newcomer()
        .send(Conformance5.withMethod("d", "LAB", "open").prop(Prop.MAXIMUM_PACKET_SIZE, limit));
    TestClient refused = newcomer()
        .send(Out.connect("e").user("alice").password("wrong").prop(Prop.MAXIMUM_PACKET_SIZE, limit));
    for (TestClient c : List.of(plain, withMethod, refused)) {
      while (c.drainOne()) {
        assertThat(c.lastFrame().length()).isLessThanOrEqualTo(limit);
      }
    }
  }

  @Test
  @Statement(v5 = {"MQTT-3.1.2-26", "MQTT-3.3.2-8", "MQTT-3.3.2-11"})
  void usesNoTopicAliasAboveTheClientsMaximum() {
    TestClient c = newcomer().connected(Out.connect("c").prop(Prop.TOPIC_ALIAS_MAXIMUM, 2)).subscribed("#", 0);
    TestClient publisher = client("publisher");
    Map<Long, String> aliases = new HashMap<>();
    for (int i = 0; i < 30; i++) {
      String topic = "topic/" + i % 5;
      publisher.published(Out.publish(topic), 0);
      In.Publish p = c.expect(In.Publish.class);
      p.props().number(Prop.TOPIC_ALIAS).ifPresent(alias -> {
        assertThat(alias).isBetween(1L, 2L);
        if (!p.topic().isEmpty()) {
          aliases.put(alias, p.topic());
        }
      });
      String resolved = p.topic().isEmpty()
          ? aliases.get(p.props().number(Prop.TOPIC_ALIAS).orElseThrow())
          : p.topic();
      assertThat(resolved).isEqualTo(topic);
    }
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  @Statement(v5 = "MQTT-3.1.2-27")
  void usesNoTopicAliasWhereTheClientTakesNone(boolean zero) {
    Out.Connect connect = Out.connect("c");
    TestClient c = newcomer()
        .connected(zero ? connect.prop(Prop.TOPIC_ALIAS_MAXIMUM, 0) : connect)
        .subscribed("t", 0);
    TestClient publisher = client("publisher");
    for (int i = 0; i < 10; i++) {
      publisher.published(Out.publish("t"), 0);
      In.Publish p = c.expect(In.Publish.class);
      assertThat(p.props().has(Prop.TOPIC_ALIAS)).isFalse();
      assertThat(p.topic()).isEqualTo("t");
    }
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  @Statement(v5 = "MQTT-3.1.2-28")
  void tellsNoResponseInformationUnasked(boolean zero) {
    Out.Connect connect = Out.connect("c");
    TestClient c = newcomer().send(zero ? connect.prop(Prop.REQUEST_RESPONSE_INFORMATION, 0) : connect);
    assertThat(c.expectAccepted().props().has(Prop.RESPONSE_INFORMATION)).isFalse();
  }

  @Test
  @Statement(v5 = "MQTT-3.1.2-29")
  void tellsNoProblemInformationToThoseWhoWantNone() {
    TestClient c = newcomer().connected(Out.connect("c").prop(Prop.REQUEST_PROBLEM_INFORMATION, 0));
    c.send(
        Out.publish("denied/t").qos(1, 1),
        Out.publish("denied/t").qos(2, 2),
        Out.subscribe(3).to("denied/t", 0).to("a#", 0),
        Out.unsubscribe(4, "none"),
        Out.pubRel(5),
        Out.pubRec(6));
    int answers = 0;
    for (In p : c.drain()) {
      var props = switch (p) {
        case In.PubAck a -> a.props();
        case In.PubRec a -> a.props();
        case In.PubRel a -> a.props();
        case In.PubComp a -> a.props();
        case In.SubAck a -> a.props();
        case In.UnsubAck a -> a.props();
        default -> throw new AssertionError("unexpected " + p);
      };
      assertThat(props.has(Prop.REASON_STRING)).as("reason string in %s", p).isFalse();
      assertThat(props.userProperties()).as("user properties in %s", p).isEmpty();
      answers++;
    }
    assertThat(answers).isEqualTo(6);
  }

  @Test
  @Statement(v5 = "MQTT-3.1.3-7")
  void usesTheIdentifierItAssigned() {
    TestClient c = newcomer().send(Out.connect("").clean(false).prop(Prop.SESSION_EXPIRY, 3600));
    String assigned = c.expectAccepted().props().text(Prop.ASSIGNED_CLIENT_ID).orElseThrow();
    assertThat(assigned).isNotEmpty();
    c.subscribed("t", 1).cut();
    TestClient back = newcomer().send(lasting(assigned));
    assertThat(back.expectAccepted().sessionPresent()).isTrue();
    client("publisher").published(Out.publish("t").payload("m"), 1);
    back.expectMessage("m");
  }

  @Test
  @Statement(v5 = {"MQTT-3.1.3-6", "MQTT-3.2.2-16"})
  void assignsADifferentIdentifierToEach() {
    Set<String> assigned = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      In.ConnAck ack = newcomer().send(Out.connect("")).expectAccepted();
      assertThat(assigned.add(ack.props().text(Prop.ASSIGNED_CLIENT_ID).orElseThrow())).isTrue();
    }
  }

  @Test
  void assignsNoIdentifierToThoseWhoHaveOne() {
    assertThat(newcomer().send(Out.connect("c")).expectAccepted().props().has(Prop.ASSIGNED_CLIENT_ID)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"RECEIVE_MAXIMUM, 0", "MAXIMUM_PACKET_SIZE, 0", "REQUEST_PROBLEM_INFORMATION, 2"})
  @Statement(v5 = "MQTT-3.1.4-1")
  void refusesValuesThatPropertiesCannotHave(Prop prop, int value) {
    newcomer().send(Out.connect("c").prop(prop, value)).expectConnectRejected();
  }

  @Test
  @Statement(v5 = "MQTT-3.1.4-1")
  void refusesPropertiesThatRepeatOrDoNotBelong() {
    newcomer()
        .send(Out.connect("c").prop(Prop.RECEIVE_MAXIMUM, 5).prop(Prop.RECEIVE_MAXIMUM, 5))
        .expectConnectRejected();
    newcomer().send(Out.connect("c").prop(Prop.TOPIC_ALIAS, 1)).expectConnectRejected();
    newcomer()
        .send(Out.connect("c").prop(Prop.AUTH_DATA, io.trivet.base.Bytes.utf8("no method")))
        .expectConnectRejected();
  }

  @Test
  void acceptsAPasswordWithoutAUserName() {
    newcomer().send(Out.connect("c").password("token")).expect(In.ConnAck.class);
  }
}

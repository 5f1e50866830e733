package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Prop;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// MQTT 5.0, section 4.8: shared subscriptions.
@Of(Version.V5)
class Shared5Test extends Conformance5 {
  @ParameterizedTest
  @ValueSource(strings = {"$share//t", "$share", "$share/", "$share/g", "$share/g/", "$share/+/t", "$share/g#/t"})
  @Statement(v5 = {"MQTT-4.8.2-1", "MQTT-4.8.2-2"})
  void needsANameAndAFilter(String filter) {
    TestClient c = client("c").send(Out.subscribe(1).to(filter, 0));
    List<In> answer = c.drain();
    if (!answer.isEmpty() && answer.getFirst() instanceof In.SubAck ack) {
      assertThat(ack.codes()).containsExactly(0x8F);
    } else {
      assertThat(answer).singleElement().satisfies(p -> assertThat(((In.Disconnect) p).code()).isIn(0x81, 0x82, 0x8F));
      c.expectClosed();
    }
  }

  @Test
  @Statement(v5 = {"MQTT-4.8.2-1", "MQTT-4.8.2-2"})
  void givesEachMessageToOneMember() {
    TestClient one = client("one").subscribed("$share/g/t/+", 1);
    TestClient two = client("two").subscribed("$share/g/t/+", 1);
    TestClient other = client("other").subscribed("$share/h/t/+", 1);
    TestClient plain = client("plain").subscribed("t/+", 1);
    TestClient publisher = client("publisher");
    for (int i = 0; i < 20; i++) {
      publisher.published(Out.publish("t/" + i), 1);
    }
    List<In> shared = new ArrayList<>(one.drain());
    shared.addAll(two.drain());
    assertThat(shared).map(p -> ((In.Publish) p).topic()).doesNotHaveDuplicates().hasSize(20);
    assertThat(other.drain()).hasSize(20);
    assertThat(plain.drain()).hasSize(20);
  }

  @Test
  @Statement(v5 = "MQTT-4.8.2-3")
  void deliversWithTheQoSGrantedToTheMember() {
    TestClient zero = client("zero").subscribed("$share/g/t", 0);
    TestClient two = client("two").subscribed("$share/g/t", 2);
    TestClient publisher = client("publisher");
    int toZero = 0;
    int toTwo = 0;
    for (int i = 0; i < 20; i++) {
      publisher.published(Out.publish("t"), 2);
      for (In p : zero.drain()) {
        assertThat(((In.Publish) p).qos()).isZero();
        toZero++;
      }
      for (In p : two.drain()) {
        assertThat(((In.Publish) p).qos()).isEqualTo(2);
        toTwo++;
      }
    }
    assertThat(toZero + toTwo).isEqualTo(20);
    assertThat(toZero).isPositive();
    assertThat(toTwo).isPositive();
  }

  /// One member holds a QoS 2 message unacknowledged and goes; the other is there all the time.
  private In.Publish begun(TestClient member, TestClient other) {
    TestClient publisher = client("publisher");
    for (int i = 0; i < 20; i++) {
      publisher.published(Out.publish("t").payload("m" + i), 2);
      List<In> got = member.drain();
      if (!got.isEmpty()) {
        other.drain();
        return (In.Publish) got.getFirst();
      }
    }
    throw new AssertionError("the member never got a message");
  }

  @Test
  @Statement(v5 = "MQTT-4.8.2-4")
  void completesADeliveryWithTheMemberItBeganWith() {
    TestClient member = lastingClient("member").subscribed("$share/g/t", 2);
    TestClient other = client("other").subscribed("$share/g/t", 2);
    In.Publish p = begun(member, other);
    member.cut();
    other.expectNothing();
    TestClient back = lastingClient("member");
    In.Publish again = back.expectMessage(p.text());
    assertThat(again.id()).isEqualTo(p.id());
    assertThat(again.dup()).isTrue();
    other.expectNothing();
  }

  @Test
  @Statement(v5 = "MQTT-4.8.2-5")
  void givesADeliveryBegunToNobodyElseWhenTheSessionEnds() {
    TestClient member = newcomer().connected(Out.connect("member").sessionExpiry(30)).subscribed("$share/g/t", 2);
    TestClient other = client("other").subscribed("$share/g/t", 2);
    begun(member, other);
    member.cut();
    idle(seconds(60), other);
    other.expectNothing();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Statement(v5 = "MQTT-4.8.2-6")
  void givesNobodyElseWhatAMemberRefused(int qos) {
    TestClient member = client("member").subscribed("$share/g/t", qos);
    TestClient other = client("other").subscribed("$share/g/t", qos);
    In.Publish p = begun(member, other);
    member.send(qos == 1 ? Out.pubAck(p.id()).code(0x80) : Out.pubRec(p.id()).code(0x80));
    other.expectNothing();
    member.expectNothing();
  }

  @Test
  void passesOverMembersThatAreAway() {
    lastingClient("away").subscribed("$share/g/t", 1).cut();
    TestClient here = client("here").subscribed("$share/g/t", 1);
    TestClient publisher = client("publisher");
    for (int i = 0; i < 10; i++) {
      publisher.published(Out.publish("t").payload("m" + i), 1);
      here.expectMessage("m" + i);
    }
  }

  @Test
  void getsNoRetainedMessages() {
    client("publisher").published(Out.publish("t").payload("kept").retain(), 1);
    client("c").subscribed("$share/g/t", 1).expectNothing();
  }

  @Test
  void isAuthorizedAsTheFilterInside() {
    TestClient c = client("c");
    c.send(Out.subscribe(1).to("$share/g/denied/t", 0).prop(Prop.SUBSCRIPTION_ID, 1));
    assertThat(c.expect(In.SubAck.class).codes()).containsExactly(0x87);
  }
}

package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.TestClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Sections 4.1 and 4.4 to 4.6: what a session keeps, sends again, and in which order.
abstract class SessionContract extends Conformance {
  @Test
  @Statement(v311 = {"MQTT-4.1.0-1", "MQTT-4.1.0-2"}, v5 = "MQTT-4.1.0-1")
  void lastsAsLongAsItsConnection() {
    TestClient c = client("c").subscribed("t", 2);
    TestClient publisher = client("publisher").published(Out.publish("t").payload("early"), 2);
    int id = c.expect(In.Publish.class).id();
    idle(seconds(7200), c, publisher);
    c.send(Out.pubRec(id));
    assertThat(c.expect(In.PubRel.class).id()).isEqualTo(id);
    publisher.published(Out.publish("t").payload("late"), 1);
    c.expectMessage("late");
  }

  @Test
  @Statement(v311 = "MQTT-4.4.0-1", v5 = "MQTT-4.4.0-1")
  void sendsAgainWhatIsUnacknowledgedUnderTheSameIdentifiers() {
    TestClient c = lastingClient("c").subscribed("t", 2);
    client("publisher")
        .published(Out.publish("t").payload("q1"), 1)
        .published(Out.publish("t").payload("q2 a"), 2)
        .published(Out.publish("t").payload("q2 b"), 2);
    int q1 = c.expect(In.Publish.class).id();
    int q2a = c.expect(In.Publish.class).id();
    int q2b = c.expect(In.Publish.class).id();
    c.send(Out.pubRec(q2b)).expect(In.PubRel.class);
    c.cut();
    List<String> again = new ArrayList<>();
    for (In p : lastingClient("c").drain()) {
      again.add(switch (p) {
        case In.Publish m -> m.text() + " " + m.id() + " " + m.dup();
        case In.PubRel r -> "pubrel " + r.id();
        default -> p.toString();
      });
    }
    assertThat(again).containsExactlyInAnyOrder("q1 " + q1 + " true", "q2 a " + q2a + " true", "pubrel " + q2b);
    assertThat(again.indexOf("q1 " + q1 + " true")).isLessThan(again.indexOf("q2 a " + q2a + " true"));
  }

  @Test
  @Statement(v5 = "MQTT-4.4.0-1")
  void sendsNothingAgainWhileConnected() {
    TestClient c = client("c").subscribed("t", 1);
    client("publisher").published(Out.publish("t"), 1);
    c.expect(In.Publish.class);
    idle(seconds(3600), c);
    c.expectNothing();
  }

  @Test
  @Statement(v311 = "MQTT-4.5.0-1", v5 = "MQTT-4.5.0-1")
  void getsEveryMessageItsSubscriptionsMatch() {
    TestClient here = client("here").subscribed("a/#", 1);
    lastingClient("away").subscribed("a/+", 1).disconnect();
    TestClient elsewhere = client("elsewhere").subscribed("b", 1);
    client("publisher").published(Out.publish("a/b").payload("m"), 1);
    here.expectMessage("m");
    lastingClient("away").expectMessage("m");
    elsewhere.expectNothing();
  }

  @Test
  @Statement(v311 = {"MQTT-4.6.0-5", "MQTT-4.6.0-6"}, v5 = {"MQTT-4.6.0-5", "MQTT-4.6.0-6"})
  void keepsTheOrderOfEachPublisher() {
    for (int qos = 0; qos < 3; qos++) {
      TestClient c = client("c").subscribed("t", qos);
      TestClient d = client("d").subscribed("+", qos);
      TestClient publisher = client("publisher");
      for (int i = 0; i < 50; i++) {
        publisher.published(Out.publish("t").payload("m" + i), qos);
      }
      for (int i = 0; i < 50; i++) {
        c.expectMessage("m" + i);
        d.expectMessage("m" + i);
      }
    }
  }

  @Test
  @Statement(v311 = "MQTT-4.6.0-6", v5 = "MQTT-4.6.0-5")
  void keepsTheOrderAlsoThroughTheQueueOfAClientThatIsAway() {
    lastingClient("c").subscribed("t", 1).disconnect();
    TestClient publisher = client("publisher");
    for (int i = 0; i < 200; i++) {
      publisher.published(Out.publish("t").payload("m" + i), 1);
    }
    TestClient back = lastingClient("c");
    for (int i = 0; i < 200; i++) {
      back.expectMessage("m" + i);
    }
  }

  @Test
  @Statement(v311 = "MQTT-4.6.0-6")
  void sendsAgainInTheOrderItSentAtFirst() {
    TestClient c = lastingClient("c").subscribed("t", 2);
    TestClient publisher = client("publisher");
    for (int i = 0; i < 10; i++) {
      publisher.published(Out.publish("t").payload("m" + i), 1 + i % 2);
    }
    assertThat(c.drain()).hasSize(10);
    c.cut();
    TestClient back = lastingClient("c");
    for (int i = 0; i < 10; i++) {
      assertThat(back.expect(In.Publish.class).text()).isEqualTo("m" + i);
    }
  }

  @Test
  @Statement(v311 = "MQTT-4.6.0-6", v5 = "MQTT-4.6.0-5")
  void acknowledgesInTheOrderReceived() {
    TestClient publisher = client("publisher");
    Out[] burst = new Out[40];
    for (int i = 0; i < burst.length; i++) {
      burst[i] = Out.publish("t").qos(1 + i % 2, 100 + i);
    }
    publisher.sendTogether(burst);
    List<Integer> pubAcks = new ArrayList<>();
    List<Integer> pubRecs = new ArrayList<>();
    for (In p : publisher.drain()) {
      if (p instanceof In.PubAck a) {
        pubAcks.add(a.id());
      } else {
        pubRecs.add(((In.PubRec) p).id());
      }
    }
    assertThat(pubAcks).hasSize(20).isSorted();
    assertThat(pubRecs).hasSize(20).isSorted();
  }
}

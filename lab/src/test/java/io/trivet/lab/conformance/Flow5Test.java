package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Prop;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// MQTT 5.0, section 4.9: flow control towards the client.
@Of(Version.V5)
class Flow5Test extends Conformance5 {
  private TestClient narrow(int receiveMaximum) {
    return newcomer()
        .connected(lasting("c").prop(Prop.RECEIVE_MAXIMUM, receiveMaximum))
        .subscribed("t", 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 20})
  @Statement(v5 = {"MQTT-3.3.4-9", "MQTT-4.9.0-1", "MQTT-4.9.0-2"})
  void sendsNoMoreThanTheReceiverTakes(int receiveMaximum) {
    TestClient c = narrow(receiveMaximum);
    TestClient publisher = client("publisher");
    for (int i = 0; i < 30; i++) {
      publisher.published(Out.publish("t").payload("m" + i), 1 + i % 2);
    }
    assertThat(c.drain()).hasSize(receiveMaximum);
  }

  @Test
  @Statement(v5 = {"MQTT-4.9.0-2", "MQTT-3.3.4-9"})
  void sendsOneMoreForEachExchangeThatEnds() {
    TestClient c = narrow(1);
    client("publisher")
        .published(Out.publish("t").payload("a"), 1)
        .published(Out.publish("t").payload("b"), 2)
        .published(Out.publish("t").payload("c"), 1);
    In.Publish a = c.expect(In.Publish.class);
    c.expectNothing();
    In.Publish b = c.send(Out.pubAck(a.id())).expect(In.Publish.class);
    c.send(Out.pubRec(b.id())).expect(In.PubRel.class);
    c.expectNothing();
    c.send(Out.pubComp(b.id())).expectMessage("c");
  }

  @Test
  @Statement(v5 = {"MQTT-3.3.4-10", "MQTT-4.9.0-3"})
  void goesOnWithAllElseWhenTheReceiverTakesNoMore() {
    TestClient c = narrow(1).subscribed("u", 0);
    TestClient publisher = client("publisher")
        .published(Out.publish("t"), 1)
        .published(Out.publish("t").payload("waiting"), 1);
    c.expect(In.Publish.class);
    c.expectNothing();
    publisher.published(Out.publish("u").payload("QoS 0 passes"), 0);
    c.expectMessage("QoS 0 passes");
    c.send(Out.pingReq()).expect(In.PingResp.class);
    c.send(Out.subscribe(1).to("v", 0)).expect(In.SubAck.class);
    c.send(Out.unsubscribe(2, "v")).expect(In.UnsubAck.class);
    c.send(Out.publish("w").qos(1, 3)).expect(In.PubAck.class);
    c.send(Out.publish("w").qos(2, 4)).expect(In.PubRec.class);
    c.send(Out.pubRel(4)).expect(In.PubComp.class);
    c.expectNothing();
  }

  @Test
  @Statement(v5 = "MQTT-3.3.4-9")
  void holdsToANarrowerReceiverThatComesBack() {
    TestClient c = narrow(10);
    TestClient publisher = client("publisher");
    for (int i = 0; i < 10; i++) {
      publisher.published(Out.publish("t").payload("m" + i), 1);
    }
    ArrayDeque<Integer> ids = new ArrayDeque<>();
    c.drain().forEach(p -> ids.add(((In.Publish) p).id()));
    assertThat(ids).hasSize(10);
    c.cut();
    TestClient back = newcomer().connected(lasting("c").prop(Prop.RECEIVE_MAXIMUM, 2));
    for (int i = 0; i < 10; i++) {
      assertThat(back.expect(In.Publish.class).text()).isEqualTo("m" + i);
      if (i % 2 == 1) {
        back.expectNothing();
        back.send(Out.pubAck(ids.removeFirst()), Out.pubAck(ids.removeFirst()));
      }
    }
  }
}

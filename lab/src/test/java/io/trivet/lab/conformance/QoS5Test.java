package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Prop;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// MQTT 5.0, sections 3.4 to 3.7 and 4.3.
@Of(Version.V5)
class QoS5Test extends QoSContract {
  @Test
  @Statement(v5 = "MQTT-4.3.3-4")
  void pubRecThatFoundNobodyGoesOnAllTheSame() {
    TestClient c = subscriber("t", 2);
    client("publisher").published(Out.publish("t"), 2);
    int id = c.expect(In.Publish.class).id();
    c.send(Out.pubRec(id).code(0x10));
    assertThat(c.expect(In.PubRel.class).id()).isEqualTo(id);
  }

  @Test
  @Statement(v5 = "MQTT-4.3.3-7")
  void messageOnceSentExpiresNoMore() {
    TestClient c = lastingClient("c").subscribed("t", 2);
    client("publisher").published(Out.publish("t").payload("m").prop(Prop.MESSAGE_EXPIRY, 5), 2);
    int id = c.expect(In.Publish.class).id();
    c.cut();
    server.advance(seconds(60));
    In.Publish again = lastingClient("c").expectMessage("m");
    assertThat(again.id()).isEqualTo(id);
    assertThat(again.dup()).isTrue();
  }

  @Test
  @Statement(v5 = "MQTT-4.3.3-13")
  void exchangeIsBroughtToItsEndAlthoughTheMessageExpired() {
    TestClient publisher = lastingClient("publisher");
    publisher.send(Out.publish("t").qos(2, 5).prop(Prop.MESSAGE_EXPIRY, 1)).expect(In.PubRec.class);
    server.advance(seconds(20));
    publisher.send(Out.pubRel(5));
    In.PubComp comp = publisher.expect(In.PubComp.class);
    assertThat(comp.id()).isEqualTo(5);
    assertThat(comp.code()).isZero();
  }

  @Test
  @Statement(v5 = "MQTT-4.3.3-9")
  void identifierIsFreeAfterAPubRecThatRefused() {
    TestClient witness = client("witness").subscribed("t", 2);
    TestClient c = client("c");
    c.send(Out.publish("denied/t").qos(2, 5));
    assertThat(c.expect(In.PubRec.class).code()).isEqualTo(0x87);
    c.send(Out.publish("t").qos(2, 5).payload("allowed"));
    assertThat(c.expect(In.PubRec.class).code()).isZero();
    c.send(Out.pubRel(5)).expect(In.PubComp.class);
    witness.expectMessage("allowed");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Statement(v5 = "MQTT-4.4.0-2")
  void refusalOfTheReceiverEndsTheDelivery(int qos) {
    TestClient c = newcomer().connected(lasting("c").prop(Prop.RECEIVE_MAXIMUM, 1)).subscribed("t", qos);
    client("publisher")
        .published(Out.publish("t").payload("unwanted"), qos)
        .published(Out.publish("t").payload("next"), qos);
    int id = c.expect(In.Publish.class).id();
    c.expectNothing();
    c.send(qos == 1 ? Out.pubAck(id).code(0x80) : Out.pubRec(id).code(0x83));
    c.expectMessage("next");
    c.cut();
    lastingClient("c").expectNothing();
  }
}

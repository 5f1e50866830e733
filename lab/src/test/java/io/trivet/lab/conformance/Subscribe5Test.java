package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Prop;
import io.trivet.lab.wire.Props;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Test;

/// MQTT 5.0, sections 3.8 and 3.9.
@Of(Version.V5)
class Subscribe5Test extends SubscribeContract {
  private static final int NO_LOCAL = 0x04;

  @Test
  @Statement(v5 = "MQTT-3.8.3-3")
  void sparesAClientItsOwnMessagesWhereAsked() {
    TestClient c = lastingClient("c").subscribed("t", 1 | NO_LOCAL).subscribed("u", 1);
    TestClient other = client("other").subscribed("t", 1);
    c.published(Out.publish("t").payload("own"), 1);
    other.expectMessage("own");
    other.published(Out.publish("t").payload("theirs"), 1);
    c.expectMessage("theirs");
    c.expectNothing();
    c.published(Out.publish("u").payload("echo"), 0).expectMessage("echo");
    c.cut();
    TestClient back = lastingClient("c").published(Out.publish("t").payload("own again"), 1);
    back.expectNothing();
  }

  @Test
  @Statement(v5 = "MQTT-3.8.3-4")
  void takesNoNoLocalOnSharedSubscriptions() {
    client("c").send(Out.subscribe(1).to("$share/g/t", NO_LOCAL)).expectThrownOut(0x82);
  }

  @Test
  @Statement(v5 = {"MQTT-3.9.2-1", "MQTT-3.9.2-2"})
  void subAckLeavesOutWhatDoesNotFit() {
    TestClient unlimited = newcomer().connected(Out.connect("client-1"));
    int connAckSize = unlimited.lastFrame().length();
    Props props = refused(unlimited);
    int limit = Math.max(connAckSize, unlimited.lastFrame().length() - 1);
    TestClient limited = newcomer().connected(Out.connect("client-2").prop(Prop.MAXIMUM_PACKET_SIZE, limit));
    Props fewer = refused(limited);
    assertThat(limited.lastFrame().length()).isLessThanOrEqualTo(limit);
    assertThat(fewer.entries().size()).isLessThanOrEqualTo(props.entries().size());
  }

  private static Props refused(TestClient c) {
    In.SubAck ack = c.send(Out.subscribe(1).to("denied/t", 0)).expect(In.SubAck.class);
    assertThat(ack.codes()).containsExactly(0x87);
    return ack.props();
  }

  @Test
  void replacesOptionsAndIdentifierWithTheSubscription() {
    TestClient c = client("c");
    c.send(Out.subscribe(1).to("t", 2 | NO_LOCAL).prop(Prop.SUBSCRIPTION_ID, 5)).expect(In.SubAck.class);
    c.send(Out.subscribe(2).to("t", 1).prop(Prop.SUBSCRIPTION_ID, 6)).expect(In.SubAck.class);
    c.send(Out.publish("t").payload("m"));
    assertThat(c.expectMessage("m").props().numbers(Prop.SUBSCRIPTION_ID)).containsExactly(6L);
    c.expectNothing();
  }
}

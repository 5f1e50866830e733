package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Prop;
import io.trivet.lab.wire.Props;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Test;

/// MQTT 5.0, sections 3.10 and 3.11.
@Of(Version.V5)
class Unsubscribe5Test extends UnsubscribeContract {
  @Test
  @Statement(v5 = {"MQTT-3.11.3-1", "MQTT-3.11.3-2", "MQTT-3.10.4-6"})
  void unsubAckSaysForEachFilterWhetherItWasHeld() {
    TestClient c = client("c").subscribed("a", 0).subscribed("c", 0);
    c.send(Out.unsubscribe(1, "a", "b", "c", "a"));
    assertThat(c.expect(In.UnsubAck.class).codes()).containsExactly(0x00, 0x11, 0x00, 0x11);
  }

  @Test
  @Statement(v5 = {"MQTT-3.11.2-1", "MQTT-3.11.2-2"})
  void unsubAckLeavesOutWhatDoesNotFit() {
    TestClient unlimited = newcomer().connected(Out.connect("client-1"));
    int connAckSize = unlimited.lastFrame().length();
    Props props = unlimited.send(Out.unsubscribe(1, "none")).expect(In.UnsubAck.class).props();
    int limit = Math.max(connAckSize, unlimited.lastFrame().length() - 1);
    TestClient limited = newcomer().connected(Out.connect("client-2").prop(Prop.MAXIMUM_PACKET_SIZE, limit));
    Props fewer = limited.send(Out.unsubscribe(1, "none")).expect(In.UnsubAck.class).props();
    assertThat(limited.lastFrame().length()).isLessThanOrEqualTo(limit);
    assertThat(fewer.entries().size()).isLessThanOrEqualTo(props.entries().size());
  }
}

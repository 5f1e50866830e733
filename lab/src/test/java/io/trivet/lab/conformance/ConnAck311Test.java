package io.trivet.lab.conformance;

import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Test;

/// MQTT 3.1.1, section 3.2.
@Of(Version.V3_1_1)
class ConnAck311Test extends ConnAckContract {
  @Test
  @Statement(v311 = "MQTT-3.2.2-6")
  void isLeftOutWhereNoCodeFits() {
    newcomer().send(Out.connect("c").flagsOr(0x01)).expectClosed();
    newcomer().send(Out.connect("c").will(Out.publish("a/#"))).expectClosed();
  }
}

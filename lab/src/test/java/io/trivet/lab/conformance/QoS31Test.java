package io.trivet.lab.conformance;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Test;

/// What MQTT 3.1 shares with its successors, and where it differs: PUBREL sent again is marked so.
@Of(Version.V3_1)
class QoS31Test extends QoSContract {
  @Test
  @Override
  void pubRelHasItsFlags() {
    client("c").send(Out.pubRel(1).withFirstByte(0x6A)).expect(In.PubComp.class);
  }
}

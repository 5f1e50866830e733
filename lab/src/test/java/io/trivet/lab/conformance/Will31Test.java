package io.trivet.lab.conformance;

import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What MQTT 3.1 shares with its successors, and where it differs: without the will flag its QoS and retain flags mean
/// nothing.
@Of(Version.V3_1)
class Will31Test extends WillContract {
  @ParameterizedTest
  @ValueSource(ints = {0x08, 0x10, 0x20})
  @Override
  void hasNoQoSWhereThereIsNone(int flags) {
    newcomer().send(Out.connect("c").flagsOr(flags)).expectAccepted();
  }

  @Override
  void isNotRetainedWhereThereIsNone() {
    hasNoQoSWhereThereIsNone(0x20);
  }
}

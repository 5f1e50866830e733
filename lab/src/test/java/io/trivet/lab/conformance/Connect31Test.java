package io.trivet.lab.conformance;

import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Test;

/// What MQTT 3.1 shares with its successors, and where it differs: every client has a name, and bits without a meaning
/// are not looked at.
@Of(Version.V3_1)
class Connect31Test extends ConnectContract {
  @Test
  @Override
  void tellsNamelessClientsApart() {
    newcomer().send(Out.connect("")).expectRefused(2);
    newcomer().send(Out.connect("").clean(false)).expectRefused(2);
  }

  @Test
  @Override
  void refusesTheReservedConnectFlag() {
    newcomer().send(Out.connect("c").flagsOr(0x01)).expectAccepted();
  }
}

package io.trivet.lab.conformance;

import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What MQTT 3.1 shares with its successors, and where it differs: every client has a name, bits without a
/// meaning are not looked at, and credentials that are announced may be missing.
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

  @Test
  @Override
  void refusesAMissingPassword() {
    newcomer().send(Out.connect("c").user("alice").flagsOr(0x40)).expectRefused(4);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x80, 0xC0})
  @Override
  void refusesFlagsThatAnnounceMissingCredentials(int flags) {
    newcomer().send(Out.connect("c").flagsOr(flags)).expectAccepted();
  }
}

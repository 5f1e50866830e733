package io.trivet.lab.conformance;

import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// MQTT 5.0, section 4.13.
@Of(Version.V5)
class Error5Test extends Conformance5 {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "00 00", // packet type 0
        "20 03 00 00 00", // CONNACK from a client
        "90 04 00 01 00 00", // SUBACK from a client
        "B0 04 00 01 00 00", // UNSUBACK from a client
        "D0 00", // PINGRESP from a client
        "40 01 00", // PUBACK cut short
        "40 05 00 01 00 00 00", // PUBACK with a byte too many
        "30 FF FF FF FF 7F", // remaining length of five bytes
        "82 03 00 01 00", // SUBSCRIBE of nothing
        "30 05 00 01 74 05 01", // properties longer than the packet
        "C0 01 00" // PINGREQ with a body
      })
  @Statement(v5 = {"MQTT-4.13.1-1", "MQTT-4.13.2-1"})
  void endsTheConnectionAndNoOther(String hex) {
    TestClient bystander = client("bystander").subscribed("t", 0);
    client("c").send(Out.hex(hex)).expectThrownOut(0x81, 0x82);
    client("publisher").published(Out.publish("t").payload("unharmed"), 0);
    bystander.expectMessage("unharmed");
  }
}

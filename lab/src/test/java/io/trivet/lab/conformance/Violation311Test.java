package io.trivet.lab.conformance;

import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// MQTT 3.1.1, section 4.8.
@Of(Version.V3_1_1)
class Violation311Test extends Conformance {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "00 00", // packet type 0
        "F0 00", // packet type 15
        "20 02 00 00", // CONNACK from a client
        "90 03 00 01 00", // SUBACK from a client
        "B0 02 00 01", // UNSUBACK from a client
        "D0 00", // PINGRESP from a client
        "40 01 00", // PUBACK cut short
        "40 03 00 01 00", // PUBACK of three bytes
        "30 FF FF FF FF 7F", // remaining length of five bytes
        "82 02 00 01", // SUBSCRIBE of nothing
        "E0 01 00" // DISCONNECT with a body
      })
  @Statement(v311 = "MQTT-4.8.0-1")
  void endsTheConnectionAndNoOther(String hex) {
    TestClient bystander = client("bystander").subscribed("t", 0);
    client("c").send(Out.hex(hex)).expectClosed();
    client("publisher").published(Out.publish("t").payload("unharmed"), 0);
    bystander.expectMessage("unharmed");
  }

  @Test
  @Statement(v311 = "MQTT-4.8.0-2")
  void ofTheServersOwnLuckEndsTheConnectionToo() {
    TestClient witness = client("witness").subscribed("t", 0);
    TestClient c = client("c");
    server.failStore();
    c.send(Out.publish("t").qos(1, 1).retain());
    c.expectClosed();
    witness.expectNothing();
  }
}

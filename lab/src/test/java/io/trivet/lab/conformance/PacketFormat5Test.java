package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// MQTT 5.0, chapter 2.
@Of(Version.V5)
class PacketFormat5Test extends PacketFormatContract {
  @Test
  @Statement(v5 = "MQTT-2.2.2-1")
  void writesALengthWhereThereAreNoProperties() {
    TestClient c = client("c");
    c.send(Out.subscribe(1).to("t", 0)).expect(In.SubAck.class);
    assertThat(c.lastFrame()).isEqualTo(Bytes.hex("90 04 00 01 00 00"));
    c.send(Out.publish("t").payload("m")).expect(In.Publish.class);
    assertThat(c.lastFrame()).isEqualTo(Bytes.hex("30 05 00 01 74 00 6D"));
    c.send(Out.unsubscribe(2, "t")).expect(In.UnsubAck.class);
    assertThat(c.lastFrame()).isEqualTo(Bytes.hex("B0 04 00 02 00 00"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "82 08 00 01 00 03 74 2F 74 00", // SUBSCRIBE: the filter's length reads as no properties, then 0x0374 bytes
        "30 03 00 01 74" // PUBLISH ends where its property length should stand
      })
  @Statement(v5 = "MQTT-2.2.2-1")
  void closesWhereTheLengthIsMissing(String hex) {
    client("c").send(Out.hex(hex)).expectThrownOut(0x81, 0x82);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "30 06 00 01 74 02 7F 00", // unknown property
        "30 06 00 01 74 02 24 01", // MAXIMUM_QOS does not belong in PUBLISH
        "30 08 00 01 74 04 01 00 01 00", // payload format twice
        "30 06 00 01 74 02 01 02", // payload format 2
        "30 07 00 01 74 02 23 00 01", // properties longer than their length
        "82 08 00 01 02 0B 00 00 01 74 00", // subscription identifier 0
        "E0 07 00 05 11 00 00 00 0A" // session expiry where it was 0
      })
  void closesOnPropertiesThatBreakTheRules(String hex) {
    byte[] bytes = Bytes.hex(hex).toArray();
    bytes[1] = (byte) (bytes.length - 2);
    client("c").sendBytes(bytes).expectThrownOut(0x81, 0x82);
  }
}

package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// MQTT 3.1.1, section 3.14.
@Of(Version.V3_1_1)
class Disconnect311Test extends Conformance {
  @ParameterizedTest
  @ValueSource(strings = {"E1 00", "E2 00", "EF 00"})
  @Statement(v311 = "MQTT-3.14.1-1")
  void hasNoFlags(String hex) {
    TestClient witness = client("witness").subscribed("wills", 0);
    newcomer()
        .connected(Out.connect("c").will(Out.publish("wills").payload("malformed is no farewell")))
        .send(Out.hex(hex))
        .expectClosed();
    witness.expectMessage("malformed is no farewell");
  }

  @Test
  @Statement(v311 = "MQTT-3.14.4-3")
  void silencesTheWill() {
    TestClient witness = client("witness").subscribed("#", 0);
    newcomer().connected(Out.connect("c").will(Out.publish("wills"))).disconnect();
    witness.expectNothing();
  }

  @Test
  void isTheLastPacketThatIsRead() {
    TestClient witness = client("witness").subscribed("#", 0);
    TestClient c = client("c");
    c.sendTogether(Out.disconnect(), Out.publish("t"), Out.pingReq());
    c.expectClosed();
    witness.expectNothing();
    assertThat(client("c").drain()).isEmpty();
  }
}

package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.TestClient;
import org.junit.jupiter.api.Test;

/// Sections 3.12 and 3.13.
abstract class PingContract extends Conformance {
  @Test
  @Statement(v311 = "MQTT-3.12.4-1", v5 = "MQTT-3.12.4-1")
  void isAnswered() {
    TestClient c = client("c");
    c.sendTogether(Out.pingReq(), Out.pingReq());
    c.expect(In.PingResp.class);
    assertThat(c.lastFrame()).isEqualTo(Bytes.hex("D0 00"));
    c.expect(In.PingResp.class);
    c.expectNothing();
  }

  @Test
  void hasNoBody() {
    client("c").send(Out.hex("C0 01 00")).expectThrownOut(0x81);
  }
}

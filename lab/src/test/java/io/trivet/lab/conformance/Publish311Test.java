package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// MQTT 3.1.1, section 3.3.
@Of(Version.V3_1_1)
class Publish311Test extends PublishContract {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  @Statement(v311 = "MQTT-3.3.5-2")
  void thatIsNotAuthorizedIsAcknowledgedOrEndsTheConnection(int qos) {
    TestClient witness = client("witness").subscribed("#", 0);
    TestClient c = client("c").send(Out.publish("denied/t").qos(qos, 5));
    var answer = c.drain();
    if (answer.isEmpty() && qos > 0) {
      c.expectClosed();
    } else if (qos > 0) {
      assertThat(answer).singleElement().isInstanceOf(qos == 1 ? In.PubAck.class : In.PubRec.class);
    }
    witness.expectNothing();
  }
}

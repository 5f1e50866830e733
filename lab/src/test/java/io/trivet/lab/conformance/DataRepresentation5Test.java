package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.Prop;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// MQTT 5.0, section 1.5.
@Of(Version.V5)
class DataRepresentation5Test extends DataRepresentationContract {
  /// The reader insists on the shortest form of what it reads.
  @ParameterizedTest
  @ValueSource(ints = {0, 100, 120, 121, 122, 123, 124, 125, 200, 16_370, 16_376, 16_377, 16_378, 16_379, 20_000})
  @Statement(v5 = "MQTT-1.5.5-1")
  void writesLengthsInTheirShortestForm(int size) {
    TestClient subscriber = client("c");
    subscriber.send(Out.subscribe(1).to("t", 0).prop(Prop.SUBSCRIPTION_ID, size + 1)).expect(In.SubAck.class);
    client("publisher").published(Out.publish("t").payload(size), 0);
    In.Publish p = subscriber.expect(In.Publish.class);
    assertThat(p.payload().length()).isEqualTo(size);
    assertThat(p.props().numbers(Prop.SUBSCRIPTION_ID)).containsExactly(size + 1L);
  }

  @Test
  @Statement(v5 = "MQTT-1.5.7-1")
  void closesOnMalformedPairs() {
    client("c")
        .send(Out.hex("30 0C 00 01 74 08 26 00 01 C0 00 01 62 78"))
        .expectThrownOut(0x81);
    client("d")
        .send(Out.hex("30 0C 00 01 74 08 26 00 01 61 00 01 00 78"))
        .expectThrownOut(0x81);
  }

  @Test
  void closesOnVariableByteIntegerOfFiveBytes() {
    client("c").send(Out.hex("30 80 80 80 80 01")).expectThrownOut(0x81);
  }

  @Test
  void keepsBinaryDataAsItIs() {
    TestClient subscriber = subscriber("t", 0);
    Bytes data = Bytes.hex("00 FF C0 80 ED A0 80");
    client("publisher").published(Out.publish("t").prop(Prop.CORRELATION_DATA, data), 0);
    assertThat(subscriber.expect(In.Publish.class).props().bytes(Prop.CORRELATION_DATA)).contains(data);
  }
}

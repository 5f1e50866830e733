package io.trivet.lab.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.TestClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 1.5.
abstract class DataRepresentationContract extends Conformance {
  static final String OVERLONG = "61 C0 AF";
  static final String SURROGATE = "ED A0 80";

  @ParameterizedTest
  @ValueSource(strings = {OVERLONG, SURROGATE, "ED BF BF", "61 80", "E2 82", "F4 90 80 80", "FF"})
  @Statement(v311 = "MQTT-1.5.3-1", v5 = "MQTT-1.5.4-1")
  void closesOnMalformedText(String hex) {
    TestClient c = client("c");
    c.send(Out.publish("").topicBytes(hex)).expectThrownOut(0x81, 0x90);
  }

  @Test
  @Statement(v311 = {"MQTT-1.5.3-2", "MQTT-4.7.3-2"}, v5 = {"MQTT-1.5.4-2", "MQTT-4.7.3-2"})
  void closesOnNullCharacter() {
    client("c").send(Out.publish("").topicBytes("61 00 62")).expectThrownOut(0x81, 0x90);
    client("d").send(Out.subscribe(1).toBytes("61 00", 0)).expectThrownOut(0x81, 0x8F);
    client("e").send(Out.unsubscribe(1).fromBytes("00")).expectThrownOut(0x81, 0x8F);
  }

  @Test
  @Statement(v311 = "MQTT-1.5.3-3", v5 = "MQTT-1.5.4-3")
  void keepsTheByteOrderMark() {
    TestClient with = client("with").subscribed("\uFEFFa", 0);
    TestClient without = client("without").subscribed("a", 0);
    client("publisher").published(Out.publish("").topicBytes("EF BB BF 61"), 0);
    assertThat(with.expect(In.Publish.class).topic()).isEqualTo("\uFEFFa");
    without.expectNothing();
  }
}

package io.trivet.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.broker.TopicLimits;
import io.trivet.broker.TopicName;
import org.junit.jupiter.api.Test;

class TopicNamesTest {
  private static TopicName parse(TopicNames names, String text) {
    byte[] b = Bytes.utf8(text).toArray();
    return names.parse(b, 0, b.length, TopicLimits.PROTOCOL).orThrow();
  }

  @Test
  void givesTheSameObjectForTheSameBytes() {
    TopicNames names = new TopicNames();
    assertThat(parse(names, "a/b")).isSameAs(parse(names, "a/b"));
    assertThat(parse(names, "a/c")).isNotSameAs(parse(names, "a/b")).hasToString("a/c");
  }

  /// More names than places: each is still itself.
  @Test
  void tellsNamesThatShareAPlaceApart() {
    TopicNames names = new TopicNames();
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 20_000; i++) {
        assertThat(parse(names, "t/" + i)).hasToString("t/" + i);
      }
    }
  }

  @Test
  void doesNotKeepLongNames() {
    TopicNames names = new TopicNames();
    assertThat(parse(names, "x".repeat(256))).isSameAs(parse(names, "x".repeat(256)));
    assertThat(parse(names, "x".repeat(257))).isNotSameAs(parse(names, "x".repeat(257)));
  }
}

package io.trivet.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OctetsTest {
  @Test
  void nestsLengths() {
    assertThat(Octets.of("10 { ('é') 05 # remark\n {} }")).containsExactly(0x10, 6, 0, 2, 0xC3, 0xA9, 5, 0);
    assertThat(Octets.of("{" + "00".repeat(128) + "}")).hasSize(130).startsWith(0x80, 1);
  }

  @Test
  void refusesWhatDoesNotMatch() {
    assertThatThrownBy(() -> Octets.of("{ 00")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Octets.of("00 }")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Octets.of("( 00 }")).isInstanceOf(IllegalArgumentException.class);
  }
}

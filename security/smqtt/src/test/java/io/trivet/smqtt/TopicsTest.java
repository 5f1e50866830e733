package io.trivet.smqtt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The examples of MQTT 5.0, section 4.7.
class TopicsTest {
  @ParameterizedTest
  @CsvSource(delimiter = ' ', value = {
    "sport/tennis/player1/# sport/tennis/player1 true", "sport/tennis/player1/# sport/tennis/player1/score/wimbledon true",
    "sport/# sport true", "# a/b true", "sport/tennis/+ sport/tennis/player1 true",
    "sport/tennis/+ sport/tennis/player1/ranking false", "sport/+ sport false", "sport/+ sport/ true",
    "+/+ /finance true", "/+ /finance true", "+ /finance false", "# $SYS/x false", "+/monitor/Clients $SYS/monitor/Clients false",
    "$SYS/# $SYS/x true", "a/b a/b true", "a/b a/bc false", "a/bc a/b false", "a/+/c a/b/c true", "a/+/# a/b true"})
  void matchesAsMqttSays(String filter, String topic, boolean matches) {
    assertThat(Topics.isFilter(filter)).isTrue();
    assertThat(Topics.isName(topic)).isTrue();
    assertThat(Topics.matches(filter, topic)).isEqualTo(matches);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a#", "a/#/b", "a+", "+a/b", "#/"})
  void refusesWhatIsNoFilter(String filter) {
    assertThat(Topics.isFilter(filter)).isFalse();
  }
}

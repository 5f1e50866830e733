package io.trivet.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@NullMarked
class EndpointTest {
  @ParameterizedTest
  @CsvSource(textBlock = """
      mqtt://a,             mqtt://a:1883
      MQTTS://a.b:1,        mqtts://a.b:1
      mqtts://a/,           mqtts://a:8883
      mqtts+psk://10.0.0.1, mqtts+psk://10.0.0.1:8884
      ws://a,               ws://a:8080/mqtt
      wss://a:9/x/y,        wss://a:9/x/y
      mqtts://[::1]:5,      mqtts://[::1]:5
      """)
  void readsUrls(String url, String whole) {
    assertThat(Endpoint.parse(url)).hasToString(whole);
  }

  @Test
  void keepsAddressesWithoutBrackets() {
    assertThat(Endpoint.parse("wss://[fe80::1]").host()).isEqualTo("fe80::1");
  }

  @ParameterizedTest
  @CsvSource(textBlock = """
      http://a,         begin with one of
      a,                begin with one of
      mqtts://,         character
      mqtts:///x,       names no host
      mqtts://a/x,      only a WebSocket
      mqtts://u:p@a,    as options
      mqtts://a:70000,  port 70000
      mqtts://a b,      character
      """)
  void saysWhatIsWrongWithOthers(String url, String why) {
    assertThatThrownBy(() -> Endpoint.parse(url)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }
}

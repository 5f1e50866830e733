package io.trivet.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is a topic name, a filter, a shared subscription, a client identifier, and what is none.
@NullMarked
class NamesTest {
  private static String ruleOf(Parsed<?> p) {
    return p instanceof Parsed.Invalid<?>(String rule, String _) ? rule : "valid";
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "/", "a/b", "/a", "a/", "a//b", "$SYS/x", "日本/温度", " "})
  void takesNames(String text) {
    assertThat(TopicName.of(text).toString()).isEqualTo(text);
    assertThat(TopicFilter.of(text).matches(TopicName.of(text))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"'', MQTT-4.7.3-1", "a/+, MQTT-3.3.2-2", "#, MQTT-3.3.2-2"})
  void refusesNames(String text, String rule) {
    assertThat(ruleOf(TopicName.parse(text, TopicLimits.PROTOCOL))).isEqualTo(rule);
  }

  @ParameterizedTest
  @CsvSource({
    "'', MQTT-4.7.3-1", "a#, MQTT-4.7.1-1", "#/a, MQTT-4.7.1-1", "a/#/b, MQTT-4.7.1-1", "a+, MQTT-4.7.1-2",
    "+a/b, MQTT-4.7.1-2", "+, valid", "#, valid", "+/+/#, valid", "/+, valid"
  })
  void judgesFilters(String text, String rule) {
    assertThat(ruleOf(TopicFilter.parse(text, TopicLimits.PROTOCOL))).isEqualTo(rule);
  }

  @ParameterizedTest
  @CsvSource({
    "a/#, a, true", "a/#, a/b/c, true", "a/#, b, false", "+, a, true", "+, /a, false", "+/+, /a, true", "/+, /a, true",
    "#, $SYS/a, false", "+/a, $SYS/a, false", "$SYS/#, $SYS/a, true", "a/+/c, a/b/c, true", "a/+/c, a/b/b/c, false"
  })
  void matchesAsTheSpecificationSays(String filter, String name, boolean expected) {
    assertThat(TopicFilter.of(filter).matches(TopicName.of(name))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "$share/g/a, valid", "$share/g/#, valid", "$share, MQTT-4.8.2-1", "$share/, MQTT-4.8.2-1", "$share/g, MQTT-4.8.2-1",
    "$share//a, MQTT-4.8.2-1", "$share/g+/a, MQTT-4.8.2-1", "$share/#/a, MQTT-4.8.2-1", "$share/g/, MQTT-4.7.3-1",
    "$shared/a, valid"
  })
  void judgesSharedSubscriptions(String text, String rule) {
    assertThat(ruleOf(SubscriptionFilter.parse(text, TopicLimits.PROTOCOL))).isEqualTo(rule);
  }

  @Test
  void holdsToTheLimits() {
    byte[] withNull = {'a', 0};
    assertThat(ruleOf(TopicName.parse(withNull, 0, 2, TopicLimits.PROTOCOL))).isEqualTo("MQTT-1.5.4-1");
    TopicLimits limits = new TopicLimits(10, 3);
    assertThat(ruleOf(TopicName.parse("0123456789", limits))).isEqualTo("valid");
    assertThat(ruleOf(TopicName.parse("0123456789a", limits))).isEqualTo("topic-bytes-max");
    assertThat(ruleOf(TopicName.parse("a/b/c/d", limits))).isEqualTo("topic-levels-max");
    assertThat(ruleOf(TopicFilter.parse("+/+/+/#", limits))).isEqualTo("topic-levels-max");
    assertThat(ruleOf(ClientId.parse(""))).isEqualTo("MQTT-3.1.3-5");
    assertThat(ruleOf(ClientId.parse("x".repeat(257)))).isEqualTo("client-id");
    assertThat(ruleOf(ClientId.parse("a\tb"))).isEqualTo("client-id");
  }

  /// Any bytes are a name, a filter, or neither; a name is matched by itself as a filter and by `#`.
  @FuzzTest
  void takesAnyBytes(byte[] input) {
    Parsed<TopicFilter> filter = TopicFilter.parse(input, 0, input.length, TopicLimits.DEFAULT);
    SubscriptionFilter.parse(Bytes.wrap(input).asUtf8(), TopicLimits.DEFAULT);
    if (TopicName.parse(input, 0, input.length, TopicLimits.DEFAULT) instanceof Parsed.Valid<TopicName>(TopicName n)) {
      assertThat(n.utf8().toArray()).isEqualTo(input);
      assertThat(filter.orThrow().matches(n)).isTrue();
      assertThat(TopicFilter.of("#").matches(n)).isEqualTo(!n.isReserved());
    }
  }
}

package io.trivet.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Parsed;
import io.trivet.broker.SubscriptionFilter;
import io.trivet.broker.TopicLimits;
import io.trivet.broker.UserProperty;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// UNSUBSCRIBE: section 3.10 of every version.
class UnsubscribeTest {
  private static final List<Parsed<SubscriptionFilter>> TWO = List.of(
      Parsed.valid(SubscriptionFilter.of("a/+")), Parsed.valid(SubscriptionFilter.of("$share/g/b")));

  @Test
  void readsFilters() {
    String five = "A2 { 0007 { 26 ('k') ('v') } ('a/+') ('$share/g/b') }";
    Unsubscribe u = Codecs.whole(Codecs.server(Version.V5), five, Unsubscribe.class);
    assertThat(u).isEqualTo(
        new Unsubscribe(7, List.of("a/+", "$share/g/b"), TWO, List.of(new UserProperty("k", "v"))));
    Codecs.encodesTo(u, Version.V5, five);
    String three = "A2 { 0007 ('a/+') ('$share/g/b') }";
    Unsubscribe old = Codecs.whole(Codecs.server(Version.V3_1_1), three, Unsubscribe.class);
    assertThat(old).isEqualTo(new Unsubscribe(7, List.of("a/+", "$share/g/b"), TWO, List.of()));
    Codecs.encodesTo(old, Version.V3_1_1, three);
  }

  @Test
  void leavesAFilterThatIsNoneToTheAnswer() {
    Unsubscribe u = Codecs.whole(Codecs.server(Version.V5), "A2 { 0007 {} ('a+') }", Unsubscribe.class);
    assertThat(u.filters().get(0)).isInstanceOf(Parsed.Invalid.class);
  }

  @Test
  void holdsToTheNumberOfFilters() {
    DecodeLimits few = new DecodeLimits(1_000, 1_000, TopicLimits.DEFAULT, 8, 2);
    Codecs.refuses(Codecs.server(Version.V3_1_1, few), "97", "mqtt.filters-per-packet-max",
        "A2 { 0001 ('a') ('b') ('c') }", "three filters");
  }

  @ParameterizedTest(name = "{4}")
  @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
      5  | 82 | MQTT-3.10.3-2 | A2 { 0001 {} }           | no filter, 5.0
      3  | 82 | MQTT-3.10.3-2 | A2 { 0001 }              | no filter, 3.1.1
      5  | 82 | MQTT-2.2.1-3  | A2 { 0000 {} ('a') }     | packet identifier 0
      5  | 81 | MQTT-1.5.4-1  | A2 { 0001 {} (F8) }      | filter no UTF-8
      3  | 81 | MQTT-1.5.3-2  | A2 { 0001 (00) }         | U+0000 in a filter
      5  | 81 | MQTT-2.2.2.2  | A2 { 0001 {0B 01} ('a') } | a subscription identifier
      3  | 81 | MQTT-4.8.0-1  | A2 { 0001 0005 'a' }     | filter longer than the packet
      5  | 81 | MQTT-2.1.3-1  | A0 { 0001 {} ('a') }     | flags 0
      31 | 81 | MQTT-2.2.2-2  | A6 { 0001 ('a') }        | flags 6
      """)
  void refuses(String v, String code, String rule, String octets, String why) {
    Codecs.refuses(Codecs.server(Codecs.version(v)), code, rule, octets, why);
  }
}

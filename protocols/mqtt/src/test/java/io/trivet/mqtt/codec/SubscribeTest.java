package io.trivet.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Parsed;
import io.trivet.broker.QoS;
import io.trivet.broker.SubscribeRequest.RetainHandling;
import io.trivet.broker.SubscriptionFilter;
import io.trivet.broker.TopicLimits;
import io.trivet.broker.UserProperty;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// SUBSCRIBE: section 3.8 of every version.
class SubscribeTest {
  private static Subscription of(String filter, QoS qos, boolean noLocal, boolean asPublished, RetainHandling h) {
    return new Subscription(
        filter, Parsed.valid(SubscriptionFilter.of(filter)), qos, noLocal, asPublished, h);
  }

  @Test
  void readsFiltersWithTheirOptions() {
    String octets = """
        82 { 000A { 0B 8001 26 ('k') ('v') }       # subscription identifier 128
          ('a/+') 00
          ('b/#') 1D                               # QoS 1, no-local, as published, retained only where new
          ('$share/g/c') 2A                        # QoS 2, as published, no retained
        }""";
    Subscribe s = Codecs.whole(Codecs.server(Version.V5), octets, Subscribe.class);
    assertThat(s).isEqualTo(new Subscribe(10, List.of(
        of("a/+", QoS.AT_MOST_ONCE, false, false, RetainHandling.SEND),
        of("b/#", QoS.AT_LEAST_ONCE, true, true, RetainHandling.SEND_IF_NEW),
        of("$share/g/c", QoS.EXACTLY_ONCE, false, true, RetainHandling.DO_NOT_SEND)),
        128, List.of(new UserProperty("k", "v"))));
    Codecs.encodesTo(s, Version.V5, octets);
  }

  @Test
  void readsQoSAloneBeforeVersion5() {
    for (Version v : List.of(Version.V3_1, Version.V3_1_1)) {
      Subscribe s = Codecs.whole(Codecs.server(v), "82 { 0001 ('a') 02 ('b') 00 }", Subscribe.class);
      assertThat(s.subscriptions()).containsExactly(
          of("a", QoS.EXACTLY_ONCE, false, false, RetainHandling.SEND),
          of("b", QoS.AT_MOST_ONCE, false, false, RetainHandling.SEND));
      assertThat(s.subscriptionId()).isZero();
      Codecs.encodesTo(s, v, "82 { 0001 ('a') 02 ('b') 00 }");
    }
  }

  /// Such a filter is answered in SUBACK; its neighbours are granted.
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
      'a/b+'        | MQTT-4.7.1-2
      '#/a'         | MQTT-4.7.1-1
      'a#'          | MQTT-4.7.1-1
                    | MQTT-4.7.3-1
      '$share//a'   | MQTT-4.8.2-1
      '$share/g+/a' | MQTT-4.8.2-1
      '$share/g'    | MQTT-4.8.2-1
      '$share/g/'   | MQTT-4.7.3-1
      """)
  void leavesAFilterThatIsNoneToTheAnswer(@org.jspecify.annotations.Nullable String filter, String rule) {
    String octets = "82 { 0001 {} (" + (filter == null ? "" : filter) + ") 01 ('fine') 01 }";
    Subscribe s = Codecs.whole(Codecs.server(Version.V5), octets, Subscribe.class);
    assertThat(s.subscriptions().get(0).filter()).isInstanceOfSatisfying(
        Parsed.Invalid.class, i -> assertThat(i.rule()).isEqualTo(rule));
    assertThat(s.subscriptions().get(1).filter()).isEqualTo(Parsed.valid(SubscriptionFilter.of("fine")));
    Codecs.encodesTo(s, Version.V5, octets);
  }

  @Test
  void leavesAFilterThatIsTooDeepToTheAnswer() {
    DecodeLimits few = new DecodeLimits(1_000, 1_000, new TopicLimits(100, 3), 8, 8);
    Subscribe s = Codecs.whole(Codecs.server(Version.V5, few), "82 { 0001 {} ('a/b/c/d') 00 }", Subscribe.class);
    assertThat(s.subscriptions().get(0).filter()).isInstanceOf(Parsed.Invalid.class);
  }

  @Test
  void holdsToTheNumberOfFilters() {
    DecodeLimits few = new DecodeLimits(1_000, 1_000, TopicLimits.DEFAULT, 8, 2);
    assertThat(Codecs.whole(Codecs.server(Version.V5, few), "82 { 0001 {} ('a') 00 ('b') 00 }", Subscribe.class)
        .subscriptions()).hasSize(2);
    Codecs.refuses(Codecs.server(Version.V5, few), "97", "mqtt.filters-per-packet-max",
        "82 { 0001 {} ('a') 00 ('b') 00 ('c') 00 }", "three filters");
  }

  @ParameterizedTest(name = "{4}")
  @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
      5  | 82 | MQTT-3.8.3-2  | 82 { 0001 {} }                    | no filter, 5.0
      3  | 82 | MQTT-3.8.3-3  | 82 { 0001 }                       | no filter, 3.1.1
      5  | 82 | MQTT-2.2.1-3  | 82 { 0000 {} ('a') 00 }           | packet identifier 0
      31 | 82 | MQTT-2.3.1-1  | 82 { 0000 ('a') 00 }              | packet identifier 0, 3.1
      5  | 82 | MQTT-3.8.3.1  | 82 { 0001 {} ('a') 03 }           | QoS 3, 5.0
      3  | 81 | MQTT-3.8.3-4  | 82 { 0001 ('a') 03 }              | QoS 3, 3.1.1
      3  | 81 | MQTT-3.8.3-4  | 82 { 0001 ('a') 04 }              | no-local in 3.1.1
      3  | 81 | MQTT-3.8.3-4  | 82 { 0001 ('a') 80 }              | a reserved bit, 3.1.1
      5  | 81 | MQTT-3.8.3-5  | 82 { 0001 {} ('a') 40 }           | a reserved bit, 5.0
      5  | 81 | MQTT-3.8.3-5  | 82 { 0001 {} ('a') 80 }           | the other reserved bit
      5  | 82 | MQTT-3.8.3.1  | 82 { 0001 {} ('a') 30 }           | retain handling 3
      5  | 82 | MQTT-3.8.3-4  | 82 { 0001 {} ('$share/g/a') 04 }  | no-local on a shared subscription
      5  | 82 | MQTT-2.2.2.2  | 82 { 0001 {0B 00} ('a') 00 }      | subscription identifier 0
      5  | 82 | MQTT-2.2.2.2  | 82 { 0001 {0B 01 0B 02} ('a') 00 } | two subscription identifiers
      5  | 81 | MQTT-1.5.5-1  | 82 { 0001 {0B FFFFFFFF 01} ('a') 00 } | subscription identifier of five bytes
      5  | 81 | MQTT-2.2.2.2  | 82 { 0001 {1F ()} ('a') 00 }      | a reason string
      5  | 81 | MQTT-1.5.4-1  | 82 { 0001 {} (C3) 00 }            | filter no UTF-8
      3  | 81 | MQTT-1.5.3-2  | 82 { 0001 (00) 00 }               | U+0000 in a filter
      5  | 81 | MQTT-4.13.1-1 | 82 { 0001 {} ('a') }              | no options
      3  | 81 | MQTT-4.8.0-1  | 82 { 0001 ('a') 00 00 }           | a byte too many
      5  | 81 | MQTT-2.1.3-1  | 80 { 0001 {} ('a') 00 }           | flags 0
      3  | 81 | MQTT-2.2.2-2  | 83 { 0001 ('a') 00 }              | flags 3
      31 | 81 | MQTT-2.2.2-2  | 80 { 0001 ('a') 00 }              | flags 0 in 3.1
      """)
  void refuses(String v, String code, String rule, String octets, String why) {
    Codecs.refuses(Codecs.server(Codecs.version(v)), code, rule, octets, why);
  }
}

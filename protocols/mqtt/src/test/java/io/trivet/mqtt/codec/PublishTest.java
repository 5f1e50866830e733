package io.trivet.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicLimits;
import io.trivet.broker.UserProperty;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// PUBLISH: section 3.3 of every version.
class PublishTest {
  @Test
  void readsEachQoS() {
    Publish zero = Codecs.whole(Codecs.server(Version.V3_1_1), "31 { ('a/b') 'hello' }", Publish.class);
    assertThat(zero.topic()).hasToString("a/b");
    assertThat(zero.payload()).isEqualTo(Bytes.utf8("hello"));
    assertThat(zero.qos()).isEqualTo(QoS.AT_MOST_ONCE);
    assertThat(zero.retain()).isTrue();
    assertThat(zero.dup()).isFalse();
    assertThat(zero.packetId()).isZero();
    Publish one = Codecs.whole(Codecs.server(Version.V3_1), "3A { ('a') FFFF }", Publish.class);
    assertThat(one.qos()).isEqualTo(QoS.AT_LEAST_ONCE);
    assertThat(one.dup()).isTrue();
    assertThat(one.packetId()).isEqualTo(65_535);
    assertThat(one.payload()).isEqualTo(Bytes.EMPTY);
    Publish two = Codecs.whole(Codecs.server(Version.V5), "34 { ('a') 0001 {} 00 }", Publish.class);
    assertThat(two.qos()).isEqualTo(QoS.EXACTLY_ONCE);
    assertThat(two.properties()).isSameAs(MessageProperties.NONE);
    assertThat(two.messageExpirySeconds()).isEqualTo(-1);
    assertThat(two.topicAlias()).isZero();
    assertThat(two.subscriptionIds()).isEmpty();
  }

  @Test
  void readsEveryProperty() {
    String octets = """
        32 { ('a') 0001 {
          02 00000005 23 000A             # expires in 5 seconds, alias 10
          0B 01 0B FFFFFF7F               # subscription identifiers 1 and 268,435,455
          01 00 03 ('') 08 ('r') 09 () 26 ('') ('') 26 ('n') ('v')
        } 01 }""".replace("('')", "()");
    Publish p = Codecs.whole(Codecs.client(Version.V5), octets, Publish.class);
    assertThat(p.messageExpirySeconds()).isEqualTo(5);
    assertThat(p.topicAlias()).isEqualTo(10);
    assertThat(p.subscriptionIds()).containsExactly(1, 268_435_455);
    assertThat(p.properties().payloadFormat()).isZero();
    assertThat(p.properties().contentType()).contains("");
    assertThat(p.properties().responseTopic().orElseThrow()).hasToString("r");
    assertThat(p.properties().correlationData()).contains(Bytes.EMPTY);
    assertThat(p.properties().userProperties())
        .containsExactly(new UserProperty("", ""), new UserProperty("n", "v"));
    Codecs.encodesTo(p, Version.V5, octets);
  }

  @Test
  void readsAnAliasInPlaceOfATopic() {
    Publish p = Codecs.whole(Codecs.server(Version.V5), "30 { () {23 0001} 'm' }", Publish.class);
    assertThat(p.hasTopic()).isFalse();
    assertThat(p.topicAlias()).isEqualTo(1);
    Codecs.encodesTo(p, Version.V5, "30 { () {23 0001} 'm' }");
  }

  /// What one packet carried may not show in the next, nor may the next change the one before.
  @Test
  void keepsThePropertiesOfTwoPacketsApart() {
    Decoder d = Codecs.server(Version.V5);
    Publish first = Codecs.whole(d, "30 { ('a') {02 00000009 03 ('t') 26 ('k') ('v')} }", Publish.class);
    Publish second = Codecs.whole(d, "30 { ('a') {23 0001 26 ('x') ('y')} }", Publish.class);
    assertThat(first.messageExpirySeconds()).isEqualTo(9);
    assertThat(first.properties().contentType()).contains("t");
    assertThat(first.properties().userProperties()).containsExactly(new UserProperty("k", "v"));
    assertThat(second.messageExpirySeconds()).isEqualTo(-1);
    assertThat(second.topicAlias()).isEqualTo(1);
    assertThat(second.properties().contentType()).isEmpty();
    assertThat(second.properties().userProperties()).containsExactly(new UserProperty("x", "y"));
    Decoder c = Codecs.client(Version.V5);
    Publish third = Codecs.whole(c, "30 { ('a') {0B 05} }", Publish.class);
    Publish fourth = Codecs.whole(c, "30 { ('a') {0B 06 0B 07} }", Publish.class);
    assertThat(third.subscriptionIds()).containsExactly(5);
    assertThat(fourth.subscriptionIds()).containsExactly(6, 7);
  }

  /// The caller's buffer is used again as soon as the packet was returned.
  @Test
  void keepsNothingOfTheBuffer() {
    byte[] b = Octets.of("30 { ('topic') {09 (0102)} 'payload' }");
    Frame.Whole w = (Frame.Whole) Codecs.server(Version.V5).decode(b, 0, b.length);
    Arrays.fill(b, (byte) 0xEE);
    Publish p = (Publish) w.packet();
    assertThat(p.payload()).isEqualTo(Bytes.utf8("payload"));
    assertThat(p.topic()).hasToString("topic");
    assertThat(p.topic().utf8()).isEqualTo(Bytes.utf8("topic"));
    assertThat(p.properties().correlationData()).contains(Bytes.hex("0102"));
  }

  @ParameterizedTest(name = "{4}")
  @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
      5  | 81 | MQTT-3.3.1-4  | 36 { ('a') 0001 {} }             | QoS 3
      31 | 81 | MQTT-3.3.1-4  | 36 { ('a') 0001 }                | QoS 3 in 3.1
      3  | 81 | MQTT-3.3.1-2  | 38 { ('a') }                     | DUP with QoS 0
      5  | 82 | MQTT-2.2.1-3  | 32 { ('a') 0000 {} }             | packet identifier 0, 5.0
      3  | 82 | MQTT-2.3.1-1  | 34 { ('a') 0000 }                | packet identifier 0, 3.1.1
      5  | 82 | MQTT-3.3.2-1  | 30 { () {} }                     | neither topic nor alias
      3  | 82 | MQTT-4.7.3-1  | 30 { () }                        | no topic, 3.1.1
      5  | 90 | MQTT-3.3.2-2  | 30 { ('a/+') {} }                | a wildcard
      3  | 90 | MQTT-3.3.2-2  | 30 { ('#') }                     | a wildcard, 3.1.1
      5  | 81 | MQTT-1.5.4-1  | 30 { (61 FF) {} }                | topic no UTF-8
      3  | 81 | MQTT-1.5.3-1  | 30 { (61 C3) }                   | topic ends in the midst of a character
      5  | 94 | MQTT-3.3.2-8  | 30 { ('a') {23 0000} }           | topic alias 0
      5  | 82 | MQTT-2.2.2.2  | 30 { ('a') {01 02} }             | payload format 2
      5  | 82 | MQTT-2.2.2.2  | 30 { ('a') {23 0001 23 0002} }   | two aliases
      5  | 82 | MQTT-3.3.4-6  | 30 { ('a') {0B 01} }             | a client names a subscription
      5  | 82 | MQTT-3.3.2-14 | 30 { ('a') {08 ('r/#')} }        | response topic with a wildcard
      5  | 82 | MQTT-3.3.2-14 | 30 { ('a') {08 ()} }             | empty response topic
      5  | 81 | MQTT-2.2.2.2  | 30 { ('a') {18 00000001} }       | will delay
      5  | 81 | MQTT-2.2.2.2  | 30 { ('a') {7F} }                | a property that nobody knows
      5  | 81 | MQTT-2.2.2.2  | 30 { ('a') {C001 00} }           | a property of two bytes that nobody knows
      5  | 81 | MQTT-2.2.2-1  | 30 { ('a') 05 01 00 }            | properties longer than the packet
      5  | 81 | MQTT-2.2.2-1  | 30 { ('a') {02 0000} 0000 }      | a property longer than the properties
      5  | 81 | MQTT-1.5.5-1  | 30 { ('a') 80 00 }               | property length longer than need be
      5  | 81 | MQTT-1.5.5-1  | 30 { ('a') 80 80 80 80 01 }      | property length of five bytes
      5  | 81 | MQTT-1.5.4-2  | 30 { ('a') {26 (00) ('v')} }     | U+0000 in a user property's name
      5  | 81 | MQTT-1.5.4-1  | 30 { ('a') {26 ('n') (ED BF BF)} } | a surrogate in a user property's value
      5  | 81 | MQTT-4.13.1-1 | 30 { 0005 'abc' }                | topic longer than the packet
      3  | 81 | MQTT-4.8.0-1  | 32 { ('a') 00 }                  | packet identifier cut short
      5  | 81 | MQTT-4.13.1-1 | 32 { ('a') 0001 }                | no properties
      """)
  void refuses(String v, String code, String rule, String octets, String why) {
    Codecs.refuses(Codecs.server(Codecs.version(v)), code, rule, octets, why);
  }

  @Test
  void refusesSubscriptionIdentifierZeroFromAServer() {
    Codecs.refuses(Codecs.client(Version.V5), "82", "MQTT-2.2.2.2", "30 { ('a') {0B 00} }", "identifier 0");
  }

  @Test
  void holdsToTheLimits() {
    DecodeLimits few = new DecodeLimits(1_000, 1_000, new TopicLimits(8, 3), 2, 2);
    Codecs.refuses(Codecs.server(Version.V5, few), "90", "topic-bytes-max", "30 { ('123456789') {} }", "topic bytes");
    Codecs.refuses(Codecs.server(Version.V5, few), "90", "topic-levels-max", "30 { ('a/b/c/d') {} }", "topic levels");
    Codecs.refuses(Codecs.server(Version.V5, few), "97", "mqtt.user-properties-max",
        "30 { ('a') {26 ('a') () 26 ('b') () 26 ('c') ()} }", "three user properties");
    Codecs.refuses(Codecs.client(Version.V5, few), "97", "mqtt.filters-per-packet-max",
        "30 { ('a') {0B 01 0B 02 0B 03} }", "three subscription identifiers");
    Codecs.refuses(Codecs.server(Version.V5, few), "82", "MQTT-3.3.2-14",
        "30 { ('a') {08 ('123456789')} }", "response topic bytes");
  }
}

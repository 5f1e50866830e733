package io.trivet.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.broker.ClientId;
import io.trivet.broker.Message;
import io.trivet.broker.QoS;
import org.junit.jupiter.api.Test;

/// The way of a message to many receivers writes what the encoder of single packets writes.
class PublishEncodingTest {
  private static Message message(Publish p) {
    return new Message(p.topic(), p.payload(), p.qos(), p.retain(), p.properties(), Message.NEVER, new ClientId("c"));
  }

  private static Bytes written(
      Message m, boolean v5, Publish p, boolean known) {
    ByteSink s = new ByteSink(1);
    PublishEncoding.of(m, v5).write(s, p.qos(), p.dup(), p.retain(), p.packetId(), p.subscriptionIds(),
        p.topicAlias(), known, p.messageExpirySeconds());
    return s.toBytes();
  }

  @Test
  void agreesWithTheEncoder() {
    int seen = 0;
    for (Version v : Version.values()) {
      for (int seed = 0; seed < 2_000; seed++) {
        if (new RandomPackets(seed, v).next(Side.CLIENT) instanceof Publish p && p.hasTopic()) {
          seen++;
          Bytes expected = Bytes.wrap(DecoderFuzzTest.encoded(p, v));
          Message m = message(p);
          assertThat(written(m, v == Version.V5, p, false)).as("%s seed %d", v, seed).isEqualTo(expected);
          assertThat(written(m, v == Version.V5, p, false)).as("kept").isEqualTo(expected);
          if (p.topicAlias() != 0) {
            Publish short5 = new Publish(null, p.payload(), p.qos(), p.dup(), p.retain(), p.packetId(),
                p.topicAlias(), p.messageExpirySeconds(), p.properties(), p.subscriptionIds());
            assertThat(written(m, true, p, true)).isEqualTo(Bytes.wrap(DecoderFuzzTest.encoded(short5, v)));
          }
          assertThat(PublishEncoding.of(m, v == Version.V5)
              .size(p.qos(), p.subscriptionIds(), p.topicAlias(), false, p.messageExpirySeconds()))
              .isEqualTo(expected.length());
        }
      }
    }
    assertThat(seen).isGreaterThan(300);
  }

  @Test
  void isMadeOncePerFamilyOfVersions() {
    Message m = message(Publish.plain(
        io.trivet.broker.TopicName.of("a"), Bytes.utf8("m"), QoS.AT_MOST_ONCE, false, 0));
    assertThat(PublishEncoding.of(m, true)).isSameAs(PublishEncoding.of(m, true));
    assertThat(PublishEncoding.of(m, false)).isNotSameAs(PublishEncoding.of(m, true));
  }
}

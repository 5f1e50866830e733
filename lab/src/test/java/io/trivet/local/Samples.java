package io.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.broker.ClientId;
import io.trivet.broker.InboxEntry;
import io.trivet.broker.Message;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicName;
import io.trivet.broker.UserProperty;
import java.util.List;
import org.jspecify.annotations.NullMarked;

/// Messages that say all there is to say, and how to compare them.
@NullMarked
final class Samples {
  private Samples() {}

  static Message full() {
    return new Message(TopicName.of("a/ß/c"), Bytes.hex("00 ff 10"), QoS.EXACTLY_ONCE, true,
        new MessageProperties(1, "text/plain", TopicName.of("answer/here"), Bytes.hex("0102"),
            List.of(new UserProperty("k", "v1"), new UserProperty("k", ""), new UserProperty("", "ü"))),
        99_999_999_999_999L, new ClientId("publisher"));
  }

  static void assertSame(Message is, Message should) {
    assertThat(is.topic()).isEqualTo(should.topic());
    assertThat(is.payload()).isEqualTo(should.payload());
    assertThat(is.qos()).isEqualTo(should.qos());
    assertThat(is.retain()).isEqualTo(should.retain());
    assertThat(is.expiresAtMillis()).isEqualTo(should.expiresAtMillis());
    assertThat(is.publisher()).isEqualTo(should.publisher());
    assertThat(is.weight()).isEqualTo(should.weight());
    MessageProperties p = is.properties();
    MessageProperties q = should.properties();
    assertThat(p.isNone()).isEqualTo(q.isNone());
    assertThat(p.payloadFormat()).isEqualTo(q.payloadFormat());
    assertThat(p.contentType()).isEqualTo(q.contentType());
    assertThat(p.responseTopic()).isEqualTo(q.responseTopic());
    assertThat(p.correlationData()).isEqualTo(q.correlationData());
    assertThat(p.userProperties()).isEqualTo(q.userProperties());
  }

  static void assertSame(InboxEntry is, InboxEntry should) {
    assertThat(is.session()).isEqualTo(should.session());
    assertThat(is.qos()).isEqualTo(should.qos());
    assertThat(is.retain()).isEqualTo(should.retain());
    assertThat(is.ids()).isEqualTo(should.ids());
    assertThat(is.share()).isEqualTo(should.share());
  }
}

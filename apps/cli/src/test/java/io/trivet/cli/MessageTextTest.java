package io.trivet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicName;
import io.trivet.broker.UserProperty;
import io.trivet.mqtt.codec.Publish;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

@NullMarked
class MessageTextTest {
  private static Publish message(String topic, Bytes payload) {
    return Publish.plain(TopicName.of(topic), payload, QoS.AT_MOST_ONCE, false, 0);
  }

  @Test
  void printsPlainText() {
    assertThat(MessageText.line(message("a/b", Bytes.utf8("è 1\t2")), false)).isEqualTo("è 1\t2");
    assertThat(MessageText.line(message("a/b", Bytes.utf8("on")), true)).isEqualTo("a/b on");
    assertThat(MessageText.line(message("a", Bytes.hex("FF00")), false)).isEqualTo("0xff00");
  }

  /// A payload that clears the screen, forges a line, or turns the writing round.
  @Test
  void obeysNothingThatAStrangerWrote() {
    assertThat(MessageText.line(message("a\u001B[2J", Bytes.utf8("x\ny\r\u202Ez")), true))
        .isEqualTo("a\\u001b[2J x\\ny\\u000d\\u202ez");
  }

  @Test
  void printsJson() {
    MessageProperties p = new MessageProperties(1, "text/plain", TopicName.of("r"), Bytes.hex("FF"),
        List.of(new UserProperty("k", "v")));
    Publish m = new Publish(
        TopicName.of("a"), Bytes.utf8("\"q\"\n"), QoS.EXACTLY_ONCE, true, true, 7, 0, 60, p, new int[] {3});
    assertThat(MessageText.json(m, Instant.EPOCH)).isEqualTo("""
        {"received":"1970-01-01T00:00:00Z","topic":"a","qos":2,"retain":true,"dup":true,"payload":"\\"q\\"\\n",\
        "properties":{"payloadFormat":1,"messageExpiry":60,"contentType":"text/plain","responseTopic":"r",\
        "correlationDataBase64":"/w==","subscriptionIds":[3],"userProperties":[{"name":"k","value":"v"}]}}""");
    assertThat(MessageText.json(message("a", Bytes.hex("C0")), Instant.EPOCH)).contains("\"payloadBase64\":\"wA==\"");
  }
}

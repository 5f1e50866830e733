package io.trivet.broker;

import io.trivet.base.Bytes;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What travels with a message unaltered beside its payload (MQTT 5.0, section 3.3.2.3): protocol-neutral, so that
/// CoAP and others can map to it. Absent values are null inside and `Optional` outside.
public final class MessageProperties {
  public static final MessageProperties NONE = new MessageProperties(-1, null, null, null, List.of());

  private final int payloadFormat;
  private final @Nullable String contentType;
  private final @Nullable TopicName responseTopic;
  private final @Nullable Bytes correlationData;
  private final List<UserProperty> userProperties;

  /// @param payloadFormat 0 for bytes, 1 for UTF-8, -1 where the publisher said nothing
  public MessageProperties(
      int payloadFormat,
      @Nullable String contentType,
      @Nullable TopicName responseTopic,
      @Nullable Bytes correlationData,
      List<UserProperty> userProperties) {
    this.payloadFormat = payloadFormat;
    this.contentType = contentType;
    this.responseTopic = responseTopic;
    this.correlationData = correlationData;
    this.userProperties = List.copyOf(userProperties);
  }

  /// 0 for bytes, 1 for UTF-8, -1 where the publisher said nothing.
  public int payloadFormat() {
    return payloadFormat;
  }

  public Optional<String> contentType() {
    return Optional.ofNullable(contentType);
  }

  public Optional<TopicName> responseTopic() {
    return Optional.ofNullable(responseTopic);
  }

  public Optional<Bytes> correlationData() {
    return Optional.ofNullable(correlationData);
  }

  public List<UserProperty> userProperties() {
    return userProperties;
  }

  public boolean isNone() {
    return this == NONE;
  }

  /// What the properties hold in memory, for the limits on queues; an upper estimate in bytes.
  int weight() {
    if (this == NONE) {
      return 0;
    }
    int bytes = 64;
    bytes += contentType == null ? 0 : 40 + contentType.length() * 2;
    bytes += responseTopic == null ? 0 : 64 + responseTopic.utf8().length() * 3;
    bytes += correlationData == null ? 0 : 40 + correlationData.length();
    for (UserProperty p : userProperties) {
      bytes += 104 + (p.name().length() + p.value().length()) * 2;
    }
    return bytes;
  }
}

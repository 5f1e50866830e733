package io.trivet.smqtt;

import io.trivet.base.Bytes;
import io.trivet.base.cbor.Cbor;
import java.util.Optional;

/// What travels beside a message and means something to its reader, so it is bound to it: the receiver gives what it
/// got, and the message opens only where that is what the sender gave. What brokers may change (QoS, retain, expiry,
/// topic aliases, user properties) is not here. MQTT 3.1.1 has none of these: [#NONE].
public record Properties(
    Optional<String> contentType, Optional<String> responseTopic, Optional<Bytes> correlationData) {
  public static final Properties NONE = new Properties(Optional.empty(), Optional.empty(), Optional.empty());

  Cbor contentTypeItem() {
    return contentType.map(Cbor::of).orElse(Cbor.Simple.NULL);
  }

  Cbor responseTopicItem() {
    return responseTopic.map(Cbor::of).orElse(Cbor.Simple.NULL);
  }

  Cbor correlationDataItem() {
    return correlationData.map(Cbor::of).orElse(Cbor.Simple.NULL);
  }
}

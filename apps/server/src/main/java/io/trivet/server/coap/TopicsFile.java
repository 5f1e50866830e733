package io.trivet.server.coap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.broker.TopicName;
import io.trivet.coap.pubsub.TopicConfiguration;
import io.trivet.coap.pubsub.TopicConfigurations;
import io.trivet.server.admin.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// The configured topics on disk: `{"version": 1, "topics": [{"id": …, "topic": …, …}]}`.
final class TopicsFile implements TopicConfigurations.Keeper {
  private static final int VERSION = 1;

  private final StateFile file;

  TopicsFile(StateFile file) {
    this.file = file;
  }

  /// @throws IOException where the file cannot be read or says what this server does not understand
  List<TopicConfiguration> read() throws IOException {
    Optional<byte[]> content = file.read();
    return content.isEmpty() ? List.of() : parse(content.get());
  }

  static List<TopicConfiguration> parse(byte[] content) throws IOException {
    JsonNode root = Json.parse(new String(content, StandardCharsets.UTF_8));
    if (root.path("version").asInt() != VERSION) {
      throw new IOException("the configured topics have version " + root.path("version") + ", this server knows " + VERSION);
    }
    List<TopicConfiguration> found = new ArrayList<>();
    for (JsonNode t : root.path("topics")) {
      try {
        found.add(new TopicConfiguration(t.path("id").asText(), TopicName.of(t.path("topic").asText()),
            t.path("resource-type").asText(), t.path("content-format").asInt(-1), t.path("topic-type").asText(),
            t.path("expires").asLong(-1), t.path("subscribers-max").asLong(-1), t.path("observer-check").asLong(-1)));
      } catch (IllegalArgumentException e) {
        throw new IOException("a configured topic: " + e.getMessage(), e);
      }
    }
    return found;
  }

  static byte[] print(Collection<TopicConfiguration> all) {
    ObjectNode root = Json.object().put("version", VERSION);
    ArrayNode topics = root.putArray("topics");
    for (TopicConfiguration c : all) {
      topics.addObject().put("id", c.id()).put("topic", c.topic().toString()).put("resource-type", c.resourceType())
          .put("content-format", c.contentFormat()).put("topic-type", c.topicType()).put("expires", c.expiresSeconds())
          .put("subscribers-max", c.subscribersMax()).put("observer-check", c.observerCheckSeconds());
    }
    return root.toPrettyString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void keep(Collection<TopicConfiguration> all) {
    file.keep(() -> print(all));
  }
}

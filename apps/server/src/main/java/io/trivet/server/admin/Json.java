package io.trivet.server.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/// JSON with limits on what is read.
public final class Json {
  static final int LINE_BYTES_MAX = 64 << 20;
  static final int REQUEST_BYTES_MAX = 1 << 20;

  static final ObjectMapper MAPPER = JsonMapper.builder(
          JsonFactory.builder()
              .streamReadConstraints(StreamReadConstraints.builder()
                  .maxNestingDepth(32).maxStringLength(16 << 20).build())
              .build())
      .build();

  private Json() {}

  /// @throws IOException where it is no JSON within the limits
  public static JsonNode parse(String text) throws IOException {
    return MAPPER.readTree(text);
  }

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }
}

package io.trivet.authority;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.trivet.base.Parsed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Many devices at once, in YAML:
///
/// ```yaml
/// devices:
///   nurse-7: {attributes: "role:nurse, ward:7", key: keys/nurse-7.pub}
///   heater: {policy: "room:3 or room:4"}
/// ```
///
/// `attributes` and `policy` are two names for what a key is for; `key` is where the device's public key lies, and is left
/// away where the authority has it.
public final class DeviceList {
  /// What the reader of YAML takes by itself; some 30,000 devices.
  public static final int FILE_BYTES_MAX = 3 << 20;
  private static final int TEXT_MAX = 16_384;
  private static final String WHAT = "list of devices";
  private static final Set<String> MEMBERS = Set.of("attributes", "policy", "key");
  private static final ObjectMapper YAML = mapper();

  private DeviceList() {}

  /// @param keyFile as it stands in the list
  public record Entry(String device, String scope, Optional<String> keyFile) {}

  private static ObjectMapper mapper() {
    return JsonMapper.builder(YAMLFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                .maxNestingDepth(8).maxStringLength(TEXT_MAX).maxNameLength(256).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build())
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build();
  }

  /// @return invalid with the place and what is wrong there
  public static Parsed<List<Entry>> read(byte[] file) {
    if (file.length > FILE_BYTES_MAX) {
      return bad(file.length + " bytes, at most " + FILE_BYTES_MAX + " are read");
    }
    JsonNode root;
    try {
      root = YAML.readTree(file);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String what = String.valueOf(e.getOriginalMessage());
      return bad((at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ")
          + what.substring(0, Math.min(200, what.length())).lines().findFirst().orElse(""));
    } catch (IOException | RuntimeException e) {
      return bad("no YAML: " + e.getClass().getSimpleName()); // the reader of others' code lets some of its own through
    }
    if (root == null || !root.path("devices").isObject() || root.size() != 1 || root.path("devices").isEmpty()) {
      return bad("give 'devices:' and below it a device a line");
    }
    List<Entry> all = new ArrayList<>();
    for (Map.Entry<String, JsonNode> e : root.path("devices").properties()) {
      switch (entry(e.getKey(), e.getValue())) {
        case Parsed.Valid<Entry>(Entry valid) -> all.add(valid);
        case Parsed.Invalid<Entry> i -> {
          return i.cast();
        }
      }
      if (all.size() > Ledger.SUBJECTS_MAX) {
        return bad("more than " + Ledger.SUBJECTS_MAX + " devices");
      }
    }
    return Parsed.valid(List.copyOf(all));
  }

  private static <T> Parsed<T> bad(String what) {
    return Parsed.invalid(WHAT, what);
  }

  private static Parsed<Entry> entry(String device, JsonNode members) {
    try {
      DeviceName.checked(device);
    } catch (IllegalArgumentException e) {
      return bad(String.valueOf(e.getMessage()));
    }
    if (!members.isObject()) {
      return bad(device + ": give attributes or policy, and key");
    }
    for (Map.Entry<String, JsonNode> m : members.properties()) {
      if (!MEMBERS.contains(m.getKey()) || !m.getValue().isTextual() || m.getValue().asText().isBlank()) {
        return bad(device + ": give attributes or policy, and key, each a text");
      }
    }
    if (members.has("attributes") == members.has("policy")) {
      return bad(device + ": give one of attributes and policy");
    }
    String scope = members.path("attributes").asText(members.path("policy").asText());
    return Parsed.valid(new Entry(device, scope, Optional.ofNullable(members.get("key")).map(JsonNode::asText)));
  }
}

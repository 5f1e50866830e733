package io.trivet.identity;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The registry as a file: JSON, `{"version": 1, "devices": [...]}`, read with limits and refused as a whole where one
/// entry is wrong, since a registry with holes would let in or lock out whom nobody expects.
final class RegistryFile {
  static final int VERSION = 1;
  static final int BYTES_MAX = 256 << 20;
  static final int DEVICES_MAX = 1_000_000;

  private static final ObjectMapper JSON = JsonMapper.builder(
          com.fasterxml.jackson.core.JsonFactory.builder()
              .streamReadConstraints(StreamReadConstraints.builder()
                  .maxNestingDepth(16).maxStringLength(4_096).maxNameLength(128).build())
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              .build())
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .build();

  private RegistryFile() {}

  /// @throws IOException with what is wrong and where
  static List<Device> read(byte[] content) throws IOException {
    if (content.length > BYTES_MAX) {
      throw new IOException(content.length + " bytes, at most " + BYTES_MAX + " are read");
    }
    JsonNode root;
    try {
      root = JSON.readTree(content);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw new IOException((at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ")
          + e.getOriginalMessage(), e);
    }
    if (root == null || !root.path("version").isInt() || root.path("version").asInt() != VERSION) {
      throw new IOException("format version " + (root == null ? "none" : root.path("version").asText("none"))
          + ", this server reads " + VERSION);
    }
    JsonNode devices = root.path("devices");
    if (!devices.isArray() || devices.size() > DEVICES_MAX) {
      throw new IOException("devices: give a list of at most " + DEVICES_MAX);
    }
    List<Device> found = new ArrayList<>(devices.size());
    try {
      known(root, Set.of("version", "devices"));
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
    for (int i = 0; i < devices.size(); i++) {
      try {
        found.add(device(devices.get(i)));
      } catch (IllegalArgumentException e) {
        throw new IOException("line " + line(content, i) + ", devices[" + i + "] ("
            + devices.get(i).path("id").asText("no id") + "): " + e.getMessage(), e);
      }
    }
    return found;
  }

  /// Where the n-th device begins; found by a second reading, since only a refused file asks.
  private static int line(byte[] content, int n) throws IOException {
    try (JsonParser in = JSON.createParser(content)) {
      int depth = 0;
      int seen = 0;
      boolean inDevices = false;
      for (JsonToken t = in.nextToken(); t != null; t = in.nextToken()) {
        if (t == JsonToken.FIELD_NAME && depth == 1) {
          inDevices = in.currentName().equals("devices");
        }
        if (inDevices && depth == 2 && !t.isStructEnd() && t != JsonToken.FIELD_NAME && seen++ == n) {
          return in.currentTokenLocation().getLineNr();
        }
        depth += t.isStructStart() ? 1 : t.isStructEnd() ? -1 : 0;
      }
    }
    return 1;
  }

  private static void known(JsonNode n, Set<String> fields) {
    if (!n.isObject()) {
      throw new IllegalArgumentException("give an object with " + String.join(", ", new TreeSet<>(fields)));
    }
    n.fieldNames().forEachRemaining(f -> {
      if (!fields.contains(f)) {
        throw new IllegalArgumentException("unknown field '" + f + "': give " + String.join(", ", new TreeSet<>(fields)));
      }
    });
  }

  private static String text(JsonNode n, String field) {
    JsonNode v = n.path(field);
    if (!v.isTextual()) {
      throw new IllegalArgumentException(field + ": a text is missing");
    }
    return v.asText();
  }

  private static long number(JsonNode n, String field) {
    JsonNode v = n.path(field);
    if (!v.isIntegralNumber() || !v.canConvertToLong()) {
      throw new IllegalArgumentException(field + ": a whole number is missing");
    }
    return v.asLong();
  }

  private static Bytes base64(JsonNode n, String field) {
    try {
      return Bytes.wrap(Base64.getDecoder().decode(text(n, field)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(field + ": " + e.getMessage(), e);
    }
  }

  private static <E extends Enum<E>> E choice(JsonNode n, String field, E[] choices) {
    String text = text(n, field);
    for (E e : choices) {
      if (e.name().toLowerCase(Locale.ROOT).equals(text)) {
        return e;
      }
    }
    throw new IllegalArgumentException(field + " = " + text + ": give one of "
        + String.join(", ", java.util.Arrays.stream(choices).map(e -> e.name().toLowerCase(Locale.ROOT)).toList()));
  }

  private static JsonNode list(JsonNode n, String field) {
    JsonNode v = n.path(field);
    if (!v.isArray()) {
      throw new IllegalArgumentException(field + ": a list is missing");
    }
    return v;
  }

  private static Device device(JsonNode n) {
    known(n, Set.of("id", "state", "client-id", "attributes", "groups", "credentials", "revision", "created"));
    Map<String, String> attributes = new LinkedHashMap<>();
    if (!n.path("attributes").isObject()) {
      throw new IllegalArgumentException("attributes: an object is missing");
    }
    n.path("attributes").properties().forEach(e -> attributes.put(e.getKey(), text(n.path("attributes"), e.getKey())));
    Set<String> groups = new LinkedHashSet<>();
    for (JsonNode g : list(n, "groups")) {
      if (!g.isTextual()) {
        throw new IllegalArgumentException("groups: give texts");
      }
      groups.add(g.asText());
    }
    List<Credential> credentials = new ArrayList<>();
    for (JsonNode c : list(n, "credentials")) {
      try {
        credentials.add(credential(c));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("credentials[" + credentials.size() + "]: " + e.getMessage(), e);
      }
    }
    return new Device(
        new DeviceId(text(n, "id")), choice(n, "state", Device.State.values()),
        choice(n, "client-id", ClientIdRule.values()),
        attributes, groups, credentials, number(n, "revision"), number(n, "created"));
  }

  private static Credential credential(JsonNode n) {
    return switch (text(n, "type")) {
      case "password" -> {
        known(n, Set.of("type", "argon2", "scram"));
        JsonNode s = n.path("scram");
        known(s, Set.of("salt", "iterations", "stored-key", "server-key"));
        long iterations = Math.clamp(number(s, "iterations"), 0, Integer.MAX_VALUE);
        yield new Credential.Password(Passwords.check(text(n, "argon2")).orThrow(), new ScramVerifier(
            base64(s, "salt"), (int) iterations, base64(s, "stored-key"), base64(s, "server-key")));
      }
      case "certificate" -> {
        known(n, Set.of("type", "serial", "sha256", "not-after"));
        yield new Credential.IssuedCertificate(text(n, "serial"), base64(n, "sha256"), number(n, "not-after"));
      }
      case "outside-certificate" -> {
        known(n, Set.of("type", "field", "value"));
        yield new Credential.OutsideCertificate(
            choice(n, "field", Credential.OutsideCertificate.Field.values()), text(n, "value"));
      }
      case "psk" -> {
        known(n, Set.of("type", "identity", "key"));
        yield new Credential.PreSharedKey(text(n, "identity"), SecretBytes.copyOf(base64(n, "key").toArray()));
      }
      case "raw-public-key" -> {
        known(n, Set.of("type", "key"));
        yield new Credential.RawPublicKey(base64(n, "key"));
      }
      case "oscore" -> {
        known(n, Set.of("type", "device-id", "server-id", "id-context", "master-secret", "master-salt", "aead"));
        yield new Credential.ObjectSecurity(base64(n, "device-id"), base64(n, "server-id"),
            n.has("id-context") ? Optional.of(base64(n, "id-context")) : Optional.empty(),
            SecretBytes.copyOf(base64(n, "master-secret").toArray()), base64(n, "master-salt"),
            Math.clamp(number(n, "aead"), 0, Integer.MAX_VALUE));
      }
      case "edhoc" -> {
        known(n, Set.of("type", "claims"));
        yield new Credential.EdhocKey(base64(n, "claims"));
      }
      default -> throw new IllegalArgumentException("credential of type " + text(n, "type")
          + ": give password, certificate, outside-certificate, psk, raw-public-key, oscore or edhoc");
    };
  }

  static byte[] write(Iterable<Device> devices) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", VERSION);
    ArrayNode list = root.putArray("devices");
    for (Device d : devices) {
      ObjectNode n = list.addObject();
      n.put("id", d.id().text());
      n.put("state", d.state().name().toLowerCase(Locale.ROOT));
      n.put("client-id", d.clientIds().toString());
      ObjectNode attributes = n.putObject("attributes");
      d.attributes().forEach(attributes::put);
      ArrayNode groups = n.putArray("groups");
      d.groups().forEach(groups::add);
      ArrayNode credentials = n.putArray("credentials");
      d.credentials().forEach(c -> write(credentials.addObject(), c));
      n.put("revision", d.revision());
      n.put("created", d.createdMillis());
    }
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
  }

  private static void write(ObjectNode n, Credential c) {
    Base64.Encoder b64 = Base64.getEncoder();
    switch (c) {
      case Credential.Password p -> {
        n.put("type", "password").put("argon2", p.phc());
        n.putObject("scram")
            .put("salt", b64.encodeToString(p.scram().salt().toArray()))
            .put("iterations", p.scram().iterations())
            .put("stored-key", b64.encodeToString(p.scram().storedKey().toArray()))
            .put("server-key", b64.encodeToString(p.scram().serverKey().toArray()));
      }
      case Credential.IssuedCertificate i ->
          n.put("type", "certificate").put("serial", i.serial())
              .put("sha256", b64.encodeToString(i.sha256().toArray())).put("not-after", i.notAfterMillis());
      case Credential.OutsideCertificate o ->
          n.put("type", "outside-certificate").put("field", o.field().toString()).put("value", o.value());
      case Credential.PreSharedKey k ->
          n.put("type", "psk").put("identity", k.identity()).put("key", k.key().expose(b64::encodeToString));
      case Credential.RawPublicKey k ->
          n.put("type", "raw-public-key").put("key", b64.encodeToString(k.subjectPublicKeyInfo().toArray()));
      case Credential.EdhocKey k ->
          n.put("type", "edhoc").put("claims", b64.encodeToString(k.claims().toArray()));
      case Credential.ObjectSecurity s -> {
        n.put("type", "oscore").put("device-id", b64.encodeToString(s.deviceId().toArray()))
            .put("server-id", b64.encodeToString(s.serverId().toArray()));
        s.idContext().ifPresent(id -> n.put("id-context", b64.encodeToString(id.toArray())));
        n.put("master-secret", s.masterSecret().expose(b64::encodeToString))
            .put("master-salt", b64.encodeToString(s.masterSalt().toArray())).put("aead", s.aead());
      }
    }
  }
}

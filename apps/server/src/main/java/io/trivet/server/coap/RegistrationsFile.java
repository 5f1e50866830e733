package io.trivet.server.coap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.coap.directory.DirectoryStore;
import io.trivet.coap.directory.Registration;
import io.trivet.coap.link.Link;
import io.trivet.coap.link.LinkFormat;
import io.trivet.coap.link.LinkLimits;
import io.trivet.server.admin.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The registrations of the directory on disk: `{"version": 1, "registrations": [{"id": …, "links": "</t>;rt=temp"}]}`, the
/// endpoint's attributes as those of one link. Those that are over when it is read the directory lets go.
final class RegistrationsFile implements DirectoryStore {
  private static final int VERSION = 1;
  private static final LinkLimits LIMITS = new LinkLimits(1 << 20, 10_000, 64, 4_096);

  private final StateFile file;
  private final Map<String, Registration> kept = new ConcurrentHashMap<>();

  /// @throws IOException where the file cannot be read or says what this server does not understand
  RegistrationsFile(StateFile file) throws IOException {
    this.file = file;
    Optional<byte[]> content = file.read();
    if (content.isPresent()) {
      parse(content.get()).forEach(r -> kept.put(r.id(), r));
    }
  }

  static List<Registration> parse(byte[] content) throws IOException {
    JsonNode root = Json.parse(new String(content, StandardCharsets.UTF_8));
    if (root.path("version").asInt() != VERSION) {
      throw new IOException("the directory's registrations have version " + root.path("version")
          + ", this server knows " + VERSION);
    }
    List<Registration> found = new ArrayList<>();
    for (JsonNode r : root.path("registrations")) {
      List<Link> endpoint = links(r, "attributes");
      if (endpoint.size() != 1 || r.path("id").asText().isEmpty()) {
        throw new IOException("a registration of the directory: its id or its attributes are missing");
      }
      found.add(new Registration(r.path("id").asText(), r.path("endpoint").asText(), r.path("sector").asText(),
          r.path("owner").asText(), r.path("base").asText(), r.path("given-base").asBoolean(),
          r.path("lifetime").asLong(), r.path("expires").asLong(), endpoint.getFirst().attributes(), links(r, "links")));
    }
    return found;
  }

  private static List<Link> links(JsonNode registration, String name) throws IOException {
    return switch (LinkFormat.parse(Bytes.utf8(registration.path(name).asText()), LIMITS)) {
      case Parsed.Valid<List<Link>>(List<Link> links) -> links;
      case Parsed.Invalid<List<Link>>(String _, String what) ->
          throw new IOException("a registration of the directory: " + name + ": " + what);
    };
  }

  private byte[] print() {
    ObjectNode root = Json.object().put("version", VERSION);
    ArrayNode all = root.putArray("registrations");
    for (Registration r : kept.values()) {
      all.addObject().put("id", r.id()).put("endpoint", r.endpoint()).put("sector", r.sector()).put("owner", r.owner())
          .put("base", r.base()).put("given-base", r.givenBase()).put("lifetime", r.lifetimeSeconds())
          .put("expires", r.expiresMillis())
          .put("attributes", LinkFormat.write(List.of(new Link("/", r.attributes()))).asUtf8())
          .put("links", LinkFormat.write(r.links()).asUtf8());
    }
    return root.toPrettyString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public List<Registration> load() {
    return List.copyOf(kept.values());
  }

  @Override
  public void put(Registration r) {
    kept.put(r.id(), r);
    file.keep(this::print);
  }

  @Override
  public void remove(String id) {
    kept.remove(id);
    file.keep(this::print);
  }
}

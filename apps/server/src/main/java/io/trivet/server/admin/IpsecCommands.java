package io.trivet.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.base.Clock;
import io.trivet.identity.DeviceId;
import io.trivet.identity.Registry;
import io.trivet.identity.certificates.CertificateAuthority;
import io.trivet.identity.certificates.CertificateAuthority.Issued;
import io.trivet.identity.certificates.Pem;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Certificates of the built-in authority for IKE.
///
/// They are not entered in the registry: one that was made for IKE opens no connection over TLS, and what `device
/// rotate` replaces is not this. Each end of IPsec pins the other's certificate, so to end one means to take it out of
/// the configuration.
public final class IpsecCommands {
  private final Registry registry;
  private final CertificateAuthority authority;
  private final Clock clock;

  public IpsecCommands(Registry registry, CertificateAuthority authority, Clock clock) {
    this.registry = registry;
    this.authority = authority;
    this.clock = clock;
  }

  public Map<String, Function<JsonNode, ObjectNode>> all() {
    return Map.of("ipsec.device", this::device, "ipsec.server", this::server);
  }

  private ObjectNode device(JsonNode a) {
    DeviceId id = new DeviceId(a.path("id").asText(""));
    if (registry.find(id).isEmpty()) {
      throw new IllegalArgumentException("there is no device " + id + ": see 'trivet device list'");
    }
    return answer(authority.issueDevice(id, now()));
  }

  private ObjectNode server(JsonNode a) {
    return answer(authority.issueServer(List.of(a.path("name").asText("")), List.of(), now()));
  }

  private Instant now() {
    return Instant.ofEpochMilli(clock.wallMillis());
  }

  private static ObjectNode answer(Issued issued) {
    return Json.object().put("certificate", Pem.of(issued.certificate())).put("key", Pem.of(issued.key()));
  }
}

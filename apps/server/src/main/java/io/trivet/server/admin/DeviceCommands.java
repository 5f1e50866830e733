package io.trivet.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.base.Bytes;
import io.trivet.base.Clock;
import io.trivet.base.Randomness;
import io.trivet.base.SecretBytes;
import io.trivet.base.cbor.KeyClaims;
import io.trivet.coap.edhoc.StaticKey;
import io.trivet.identity.ClientIdRule;
import io.trivet.identity.Credential;
import io.trivet.identity.Credential.OutsideCertificate;
import io.trivet.identity.Device;
import io.trivet.identity.DeviceId;
import io.trivet.identity.OwnerOnly;
import io.trivet.identity.Passwords;
import io.trivet.identity.Registry;
import io.trivet.identity.Scram;
import io.trivet.identity.certificates.CertificateAuthority;
import io.trivet.identity.certificates.Pem;
import io.trivet.identity.certificates.RawKeys;
import io.trivet.server.FirstStart;
import io.trivet.server.ServerEdhoc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The commands on devices, on registry and authority: the same code in the server and beside it.
public final class DeviceCommands {
  private static final int PSK_SECRET_BYTES = 24;
  private static final int OSCORE_SECRET_BYTES = 16;
  private static final int OSCORE_ID_BYTES = 3;
  private static final int EDHOC_KID_BYTES = 3;
  private static final int OSCORE_SALT_BYTES = 8;
  private static final List<String> OSCORE_FIELDS =
      List.of("sender-id", "recipient-id", "id-context", "master-secret", "master-salt", "aead");
  private static final Set<String> OSCORE_OPTIONAL = Set.of("id-context", "master-salt", "aead");
  private static final int AES_CCM_16_64_128 = 10;
  private static final Bytes OSCORE_SERVER_ID = Bytes.hex("00");
  private static final int PASSWORD_CHARS_MIN = 8;

  private final Registry registry;
  private final CertificateAuthority authority;
  private final Path devicesDir;
  private final Randomness random;
  private final Clock clock;
  private final ClientIdRule clientIds;
  private final Runnable revoked;

  /// @param clientIds what a new device gets
  /// @param revoked called after the revocation list has grown
  public DeviceCommands(
      Registry registry, CertificateAuthority authority, Path devicesDir, Randomness random, Clock clock,
      ClientIdRule clientIds, Runnable revoked) {
    this.registry = registry;
    this.authority = authority;
    this.devicesDir = devicesDir;
    this.random = random;
    this.clock = clock;
    this.clientIds = clientIds;
    this.revoked = revoked;
  }

  /// @throws IllegalArgumentException with what is wrong, for the person who asked
  public ObjectNode call(String command, JsonNode a) throws IOException {
    return switch (command) {
      case "device.add" -> add(a);
      case "device.list" -> list();
      case "device.show" -> describe(find(id(a)));
      case "device.set" -> describe(registry.update(id(a), d -> set(d, a)));
      case "device.block" -> describe(registry.update(id(a), d -> d.withState(Device.State.BLOCKED)));
      case "device.unblock" -> describe(registry.update(id(a), d -> d.withState(Device.State.ACTIVE)));
      case "device.remove" -> remove(id(a));
      case "device.rotate" -> rotate(a);
      default -> throw new IllegalArgumentException("unknown command " + command);
    };
  }

  private static DeviceId id(JsonNode a) {
    return new DeviceId(a.path("id").asText(""));
  }

  private Device find(DeviceId id) {
    return registry.find(id).orElseThrow(
        () -> new IllegalArgumentException("there is no device " + id + ": see 'trivet device list'"));
  }

  private Instant now() {
    return Instant.ofEpochMilli(clock.wallMillis());
  }

  private ObjectNode add(JsonNode a) throws IOException {
    DeviceId id = id(a);
    if (registry.find(id).isPresent()) {
      throw new IllegalArgumentException("device " + id + " exists already: see 'trivet device set' and 'rotate'");
    }
    ObjectNode answer = Json.object().put("id", id.text());
    Device d = set(Device.of(id, clock.wallMillis()).withClientIds(clientIds), a);
    d = credentials(d, a, answer);
    if (d.credentials().isEmpty()) {
      d = withPassword(d, FirstStart.password(random), answer, true);
    }
    registry.add(d);
    return answer;
  }

  private Device set(Device before, JsonNode a) {
    Device d = before;
    for (var e : a.path("attributes").properties()) {
      d = d.withAttribute(e.getKey(), e.getValue().asText());
    }
    if (a.has("groups")) {
      Set<String> groups = new LinkedHashSet<>();
      a.path("groups").forEach(g -> groups.add(g.asText()));
      d = d.withGroups(groups);
    }
    if (a.has("client-id")) {
      d = d.withClientIds(ClientIdRule.of(a.path("client-id").asText()));
    }
    if (a.has("outside")) {
      OutsideCertificate outside = outside(a.path("outside"));
      d = d.without(c -> c.equals(outside)).with(outside);
    }
    return d;
  }

  private static OutsideCertificate outside(JsonNode o) {
    String field = o.path("field").asText();
    for (OutsideCertificate.Field f : OutsideCertificate.Field.values()) {
      if (f.toString().equals(field)) {
        return new OutsideCertificate(f, o.path("value").asText());
      }
    }
    throw new IllegalArgumentException("outside certificate field '" + field + "': give subject, cn, dns or uri");
  }

  private Device credentials(Device before, JsonNode a, ObjectNode answer) throws IOException {
    Device d = before;
    JsonNode password = a.path("password");
    if (password.isTextual()) {
      if (password.asText().length() < PASSWORD_CHARS_MIN) {
        throw new IllegalArgumentException("the password has fewer than " + PASSWORD_CHARS_MIN + " characters");
      }
      d = withPassword(d, SecretBytes.utf8(password.asText()), answer, false);
    } else if (password.asBoolean()) {
      d = withPassword(d, FirstStart.password(random), answer, true);
    }
    JsonNode psk = a.path("psk");
    if (psk.isTextual() || psk.asBoolean()) {
      d = withPsk(d, psk, answer);
    }
    if (a.path("certificate").asBoolean()) {
      d = withCertificate(d, a, answer);
    }
    JsonNode rawKey = a.path("raw-key");
    if (rawKey.isTextual() || rawKey.asBoolean()) {
      d = withRawKey(d, a, answer);
    }
    if (a.path("oscore").isObject()) {
      Credential.ObjectSecurity given = objectSecurity(a.path("oscore"));
      d = d.without(c -> c instanceof Credential.ObjectSecurity).with(given);
    } else if (a.path("oscore").asBoolean()) {
      d = withObjectSecurity(d, a, answer);
    }
    if (a.has("edhoc") || a.has("edhoc-claims")) {
      d = withEdhocKey(d, a, answer);
    }
    return d;
  }

  private Device withPassword(Device d, SecretBytes password, ObjectNode answer, boolean tell) {
    try (password) {
      if (password.length() > Passwords.BYTES_MAX) {
        throw new IllegalArgumentException("the password has more than " + Passwords.BYTES_MAX + " bytes");
      }
      if (tell) {
        String shown = password.expose(s -> new String(s, StandardCharsets.UTF_8));
        answer.put("password", shown);
      }
      return d.without(c -> c instanceof Credential.Password)
          .with(new Credential.Password(Passwords.hash(password, random), Scram.verifier(password, random)));
    }
  }

  private Device withPsk(Device d, JsonNode given, ObjectNode answer) {
    byte[] key;
    if (given.isTextual()) {
      try {
        key = HexFormat.of().parseHex(given.asText());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("the pre-shared key: give hexadecimal digits, two for each byte", e);
      }
    } else {
      // Bytes that are also a text without blanks or quotes: some clients take keys in hexadecimal, others as they are.
      byte[] secret = new byte[PSK_SECRET_BYTES];
      random.fill(secret);
      key = Base64.getUrlEncoder().withoutPadding().encode(secret);
    }
    String identity = d.id().text();
    answer.putObject("psk").put("identity", identity).put("key", HexFormat.of().formatHex(key));
    return d.without(c -> c instanceof Credential.PreSharedKey)
        .with(new Credential.PreSharedKey(identity, SecretBytes.copyOf(key)));
  }

  private Device withCertificate(Device d, JsonNode a, ObjectNode answer) throws IOException {
    Path dir = a.has("out") ? Path.of(a.path("out").asText()).toAbsolutePath() : devicesDir.resolve(d.id().text());
    OwnerOnly.directory(devicesDir);
    OwnerOnly.directory(dir);
    CertificateAuthority.Issued issued = authority.issueDevice(d.id(), now());
    Path certificate = dir.resolve(d.id() + ".crt");
    Path key = dir.resolve(d.id() + ".key");
    Path ca = dir.resolve("ca.crt");
    OwnerOnly.write(key, Pem.of(issued.key()).getBytes(StandardCharsets.US_ASCII));
    OwnerOnly.write(certificate, Pem.of(issued.certificate()).getBytes(StandardCharsets.US_ASCII));
    OwnerOnly.write(ca, Pem.of(authority.root()).getBytes(StandardCharsets.US_ASCII));
    answer.putObject("files")
        .put("certificate", certificate.toString()).put("key", key.toString()).put("authority", ca.toString());
    return d.without(c -> c instanceof Credential.IssuedCertificate)
        .with(Credential.IssuedCertificate.of(issued.certificate()));
  }

  private Path directory(DeviceId id, JsonNode a) throws IOException {
    Path dir = a.has("out") ? Path.of(a.path("out").asText()).toAbsolutePath() : devicesDir.resolve(id.text());
    OwnerOnly.directory(devicesDir);
    return OwnerOnly.directory(dir);
  }

  /// Pins the public key that is given, or makes a pair.
  private Device withRawKey(Device d, JsonNode a, ObjectNode answer) throws IOException {
    Bytes key;
    if (a.path("raw-key").isTextual()) {
      key = RawKeys.parse(a.path("raw-key").asText());
    } else {
      Path dir = directory(d.id(), a);
      KeyPair pair = RawKeys.generate();
      Path secret = dir.resolve(d.id() + ".rpk.key");
      Path open = dir.resolve(d.id() + ".rpk.pub");
      OwnerOnly.write(secret, RawKeys.pem(pair).getBytes(StandardCharsets.US_ASCII));
      OwnerOnly.write(open, RawKeys.pem(pair.getPublic()).getBytes(StandardCharsets.US_ASCII));
      answer.putObject("raw-key").put("key", secret.toString()).put("public", open.toString());
      key = Bytes.wrap(pair.getPublic().getEncoded());
    }
    return d.without(c -> c instanceof Credential.RawPublicKey).with(new Credential.RawPublicKey(key));
  }

  /// A context that was made elsewhere, as the device has it: its sender id is the device's.
  private static Credential.ObjectSecurity objectSecurity(JsonNode o) {
    for (String field : OSCORE_FIELDS) {
      if (!o.has(field) && !OSCORE_OPTIONAL.contains(field)) {
        throw new IllegalArgumentException("the OSCORE context: " + field + " is missing");
      }
    }
    for (String name : (Iterable<String>) o::fieldNames) {
      if (!OSCORE_FIELDS.contains(name)) {
        throw new IllegalArgumentException("the OSCORE context: unknown field '" + name + "': give "
            + String.join(", ", OSCORE_FIELDS));
      }
    }
    JsonNode aead = o.path("aead");
    if (o.has("aead") && !aead.isInt()) {
      throw new IllegalArgumentException("the OSCORE context: aead: give the cipher's number in COSE, such as 10");
    }
    return new Credential.ObjectSecurity(hex(o, "sender-id"), hex(o, "recipient-id"),
        o.has("id-context") ? Optional.of(hex(o, "id-context")) : Optional.empty(),
        SecretBytes.copyOf(hex(o, "master-secret").toArray()), hex(o, "master-salt"),
        aead.asInt(AES_CCM_16_64_128));
  }

  private static Bytes hex(JsonNode o, String field) {
    try {
      return Bytes.wrap(HexFormat.of().parseHex(o.path(field).asText("")));
    } catch (IllegalArgumentException e) {
      // What stands there may be the secret.
      throw new IllegalArgumentException("the OSCORE context: " + field + ": give whole bytes in hexadecimal", e);
    }
  }

  /// Makes a context and writes the device's half of it.
  private Device withObjectSecurity(Device d, JsonNode a, ObjectNode answer) throws IOException {
    byte[] id = new byte[OSCORE_ID_BYTES];
    byte[] secret = new byte[OSCORE_SECRET_BYTES];
    byte[] salt = new byte[OSCORE_SALT_BYTES];
    random.fill(secret);
    random.fill(salt);
    do {
      random.fill(id);
    } while (registry.findByObjectSecurity(Bytes.copyOf(id), Optional.empty()).isPresent());
    Credential.ObjectSecurity context = new Credential.ObjectSecurity(Bytes.copyOf(id), OSCORE_SERVER_ID,
        Optional.empty(), SecretBytes.copyOf(secret), Bytes.copyOf(salt), AES_CCM_16_64_128);
    HexFormat hex = HexFormat.of();
    ObjectNode file = Json.object().put("sender-id", hex.formatHex(id))
        .put("recipient-id", hex.formatHex(OSCORE_SERVER_ID.toArray())).put("master-secret", hex.formatHex(secret))
        .put("master-salt", hex.formatHex(salt)).put("aead", AES_CCM_16_64_128);
    Path written = directory(d.id(), a).resolve(d.id() + ".oscore.json");
    OwnerOnly.write(written, file.toPrettyString().getBytes(StandardCharsets.UTF_8));
    answer.putObject("oscore").put("file", written.toString());
    return d.without(c -> c instanceof Credential.ObjectSecurity).with(context);
  }

  private static String curveName(KeyClaims.Curve curve) {
    return curve.name().toLowerCase(Locale.ROOT);
  }

  private static KeyClaims.Curve curve(String name) {
    for (KeyClaims.Curve c : KeyClaims.Curve.values()) {
      if (curveName(c).equals(name.toLowerCase(Locale.ROOT).replace("-", ""))) {
        return c;
      }
    }
    throw new IllegalArgumentException("a key for EDHOC on '" + name + "': give p256, x25519 or ed25519");
  }

  /// Pins the claims that are given, or makes a key and writes the device's half with what it pins the server by.
  private Device withEdhocKey(Device d, JsonNode a, ObjectNode answer) throws IOException {
    ServerEdhoc server = ServerEdhoc.openOrCreate(devicesDir.resolveSibling(ServerEdhoc.FILE), random);
    HexFormat hex = HexFormat.of();
    ObjectNode file = Json.object();
    Bytes claims;
    if (a.has("edhoc-claims")) {
      claims = Bytes.wrap(hex.parseHex(a.path("edhoc-claims").asText()));
    } else {
      byte[] kid = new byte[EDHOC_KID_BYTES];
      do {
        random.fill(kid);
      } while (registry.findByEdhocKid(Bytes.copyOf(kid)).isPresent());
      StaticKey key = StaticKey.generate(curve(a.path("edhoc").asText()), d.id().text(), Bytes.copyOf(kid), random);
      claims = key.claims().toCbor().encoded();
      file.put("key", hex.formatHex(key.privateKey().toArray()));
    }
    Credential.EdhocKey pinned = new Credential.EdhocKey(claims);
    KeyClaims.Curve curve = pinned.key().curve();
    file.put("method", StaticKey.methodFor(curve).number()).put("suite", StaticKey.suiteFor(curve).number())
        .put("claims", hex.formatHex(claims.toArray()))
        .put("server", hex.formatHex(server.key(curve).claims().toCbor().encoded().toArray()));
    Path written = directory(d.id(), a).resolve(d.id() + ".edhoc.json");
    OwnerOnly.write(written, file.toPrettyString().getBytes(StandardCharsets.UTF_8));
    answer.putObject("edhoc").put("file", written.toString()).put("has-key", file.has("key"));
    return d.without(c -> c instanceof Credential.EdhocKey).with(pinned);
  }

  private ObjectNode remove(DeviceId id) throws IOException {
    Device d = find(id);
    registry.remove(id);
    revoke(serials(d));
    return Json.object().put("id", id.text());
  }

  private ObjectNode rotate(JsonNode a) throws IOException {
    Device before = find(id(a));
    ObjectNode answer = Json.object().put("id", before.id().text());
    ObjectNode asked = a.deepCopy();
    if (!a.has("password") && !a.has("psk") && !a.has("certificate") && !a.has("raw-key")
        && !a.has("oscore") && !a.has("edhoc") && !a.has("edhoc-claims")) {
      // Everything it has.
      for (Credential c : before.credentials()) {
        switch (c) {
          case Credential.Password _ -> asked.put("password", true);
          case Credential.PreSharedKey _ -> asked.put("psk", true);
          case Credential.IssuedCertificate _ -> asked.put("certificate", true);
          case Credential.RawPublicKey k -> {
            refuseForeign(before.id(), k);
            asked.put("raw-key", true);
          }
          case Credential.ObjectSecurity _ -> asked.put("oscore", true);
          case Credential.EdhocKey k -> asked.put("edhoc", curveName(k.key().curve()));
          case OutsideCertificate _ -> {} // not ours to replace
        }
      }
    }
    Device fresh = credentials(before, asked, answer);
    registry.update(before.id(), current -> new Device(current.id(), current.state(), current.clientIds(),
        current.attributes(), current.groups(), fresh.credentials(), current.revision() + 1, current.createdMillis()));
    List<String> gone = new ArrayList<>(serials(before));
    gone.removeAll(serials(fresh));
    revoke(gone);
    return answer;
  }

  /// Only a pair that was made here may be replaced unasked: of another the device alone has the secret half, and would
  /// be locked out.
  private void refuseForeign(DeviceId id, Credential.RawPublicKey key) throws IOException {
    Path made = devicesDir.resolve(id.text()).resolve(id + ".rpk.pub");
    if (!Files.exists(made) || !RawKeys.parse(Files.readString(made)).equals(key.subjectPublicKeyInfo())) {
      throw new IllegalArgumentException("the raw public key of " + id + " is not the one in " + made
          + ", so its private half may be the device's own: give --rpk-file with the device's new public key, --rpk to "
          + "make a pair for it here, or name the other credentials to replace");
    }
  }

  private static List<String> serials(Device d) {
    return d.credentials().stream()
        .filter(c -> c instanceof Credential.IssuedCertificate)
        .map(c -> ((Credential.IssuedCertificate) c).serial()).toList();
  }

  private void revoke(Collection<String> serials) throws IOException {
    if (serials.isEmpty()) {
      return;
    }
    authority.revoke(serials, now());
    revoked.run();
  }

  private ObjectNode list() {
    ObjectNode answer = Json.object();
    ArrayNode devices = answer.putArray("devices");
    registry.all().forEach(d -> devices.add(describe(d)));
    return answer;
  }

  private static ObjectNode describe(Device d) {
    ObjectNode n = Json.object();
    n.put("id", d.id().text()).put("state", d.state().name().toLowerCase(Locale.ROOT))
        .put("client-id", d.clientIds().toString());
    ObjectNode attributes = n.putObject("attributes");
    d.attributes().forEach(attributes::put);
    ArrayNode groups = n.putArray("groups");
    d.groups().forEach(groups::add);
    ArrayNode credentials = n.putArray("credentials");
    for (Credential c : d.credentials()) {
      credentials.add(switch (c) {
        case Credential.Password _ -> "password";
        case Credential.PreSharedKey k -> "psk " + k.identity();
        case Credential.IssuedCertificate i ->
            "certificate " + i.serial() + " until " + Instant.ofEpochMilli(i.notAfterMillis());
        case OutsideCertificate o -> "outside certificate " + o.field() + " " + o.value();
        case Credential.RawPublicKey k -> "raw public key " + HexFormat.of().formatHex(k.fingerprint().toArray());
        case Credential.ObjectSecurity s -> "OSCORE id " + HexFormat.of().formatHex(s.deviceId().toArray());
        case Credential.EdhocKey k ->
            "EDHOC kid " + HexFormat.of().formatHex(k.kid().toArray()) + " on " + k.key().curve();
      });
    }
    n.put("created", Instant.ofEpochMilli(d.createdMillis()).toString());
    return n;
  }
}

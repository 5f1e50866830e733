package io.trivet.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import io.trivet.base.cbor.KeyClaims;
import io.trivet.coap.edhoc.StaticKey;
import io.trivet.identity.OwnerOnly;
import io.trivet.server.admin.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;

/// The keys that the server proves itself with in EDHOC, one for each sort: `{"version": 1, "P256": "…", …}` in hexadecimal.
/// Their kids are one byte each, since they travel in every message 2.
public final class ServerEdhoc {
  /// In the data directory.
  public static final String FILE = "server-edhoc.key";

  private static final int VERSION = 1;
  private static final int BYTES_MAX = 4_096;
  private static final String SUBJECT = "trivet";

  private final Map<KeyClaims.Curve, StaticKey> keys;

  private ServerEdhoc(Map<KeyClaims.Curve, StaticKey> keys) {
    this.keys = keys;
  }

  public StaticKey key(KeyClaims.Curve curve) {
    StaticKey key = keys.get(curve);
    if (key == null) {
      throw new AssertionError("every curve has its key");
    }
    return key;
  }

  private static Bytes kid(KeyClaims.Curve curve) {
    return Bytes.hex(switch (curve) {
      case P256 -> "00";
      case X25519 -> "01";
      case ED25519 -> "02";
    });
  }

  /// @throws IOException where the file is exposed to others, or holds no such keys
  public static ServerEdhoc openOrCreate(Path file, Randomness randomness) throws IOException {
    Map<KeyClaims.Curve, StaticKey> keys = new EnumMap<>(KeyClaims.Curve.class);
    if (!Files.exists(file)) {
      ObjectNode root = Json.object().put("version", VERSION);
      for (KeyClaims.Curve c : KeyClaims.Curve.values()) {
        StaticKey key = StaticKey.generate(c, SUBJECT, kid(c), randomness);
        keys.put(c, key);
        root.put(c.name(), HexFormat.of().formatHex(key.privateKey().toArray()));
      }
      OwnerOnly.write(file, root.toPrettyString().getBytes(StandardCharsets.US_ASCII));
      return new ServerEdhoc(keys);
    }
    String exposure = OwnerOnly.exposure(file);
    if (!exposure.isEmpty()) {
      throw new IOException(exposure);
    }
    if (Files.size(file) > BYTES_MAX) {
      throw new IOException(file + ": more than " + BYTES_MAX + " bytes");
    }
    JsonNode root = Json.parse(Files.readString(file));
    if (root.path("version").asInt() != VERSION) {
      throw new IOException(file + ": version " + root.path("version") + ", this server knows " + VERSION);
    }
    for (KeyClaims.Curve c : KeyClaims.Curve.values()) {
      try {
        Bytes key = Bytes.wrap(HexFormat.of().parseHex(root.path(c.name()).asText("")));
        keys.put(c, StaticKey.of(c, key, SUBJECT, kid(c)));
      } catch (IllegalArgumentException e) {
        throw new IOException(file + ": no key on " + c + "; remove the file for new keys, which devices then have to be"
            + " given again", e);
      }
    }
    return new ServerEdhoc(keys);
  }
}

package io.trivet.cli.coap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.Randomness;
import io.trivet.base.cbor.KeyClaims;
import io.trivet.broker.Principal;
import io.trivet.cli.client.ClientFailure;
import io.trivet.coap.Requester;
import io.trivet.coap.edhoc.Credentials;
import io.trivet.coap.edhoc.EdhocClient;
import io.trivet.coap.edhoc.Method;
import io.trivet.coap.edhoc.StaticKey;
import io.trivet.coap.edhoc.Suite;
import io.trivet.coap.oscore.MemorySequenceStore;
import io.trivet.coap.oscore.OscoreAssociation;
import io.trivet.coap.oscore.OscoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A device's key for EDHOC, as `trivet device add --edhoc` writes it, with what it pins the server by.
final class EdhocFile {
  private static final long BYTES_MAX = 64 << 10;

  private final Method method;
  private final Suite suite;
  private final StaticKey own;
  private final Bytes server;

  private EdhocFile(Method method, Suite suite, StaticKey own, Bytes server) {
    this.method = method;
    this.suite = suite;
    this.own = own;
    this.server = server;
  }

  /// @throws ClientFailure where the file holds no such key
  static EdhocFile open(Path file) throws IOException {
    if (Files.size(file) > BYTES_MAX) {
      throw new ClientFailure(file + ": too large for a key for EDHOC");
    }
    try {
      JsonNode json = new ObjectMapper().readTree(Files.readString(file));
      if (!json.has("key")) {
        throw new ClientFailure(file + ": the device keeps its private key to itself, so nobody else can use it");
      }
      Method method = Method.of(json.path("method").asLong(-1))
          .orElseThrow(() -> new IllegalArgumentException("method " + json.path("method") + " is not spoken here"));
      Suite suite = Suite.of(json.path("suite").asLong(-1))
          .orElseThrow(() -> new IllegalArgumentException("suite " + json.path("suite") + " is not spoken here"));
      Bytes server = hex(json, "server");
      claims(server);
      return new EdhocFile(method, suite, new StaticKey(hex(json, "key"), claims(hex(json, "claims"))), server);
    } catch (JsonProcessingException e) {
      throw new ClientFailure(file + ": no JSON: " + e.getOriginalMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new ClientFailure(file + ": no key for EDHOC: " + e.getMessage(), e);
    }
  }

  private static Bytes hex(JsonNode json, String name) {
    if (!json.path(name).isTextual()) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return Bytes.wrap(HexFormat.of().parseHex(json.path(name).asText()));
  }

  private static KeyClaims claims(Bytes encoded) {
    return switch (KeyClaims.read(encoded)) {
      case Parsed.Valid<KeyClaims>(KeyClaims c) -> c;
      case Parsed.Invalid<KeyClaims>(String rule, String what) -> throw new IllegalArgumentException(rule + ": " + what);
    };
  }

  private Optional<Credentials.Trusted> find(io.trivet.base.cbor.Cbor.Map id, KeyClaims.Curve wanted) {
    return claims(server).curve() != wanted ? Optional.empty()
        : StaticKey.named(id, server).map(c -> new Credentials.Trusted(c, "server"));
  }

  /// Agrees with the server on new keys.
  ///
  /// @param requester used on the connection's loop
  /// @throws ClientFailure where the server proves itself with another key, or does not know ours, or does not answer
  OscoreAssociation agree(Connection connection, Requester requester, Randomness randomness, Duration patience)
      throws IOException {
    CompletableFuture<EdhocClient.Result> done = new CompletableFuture<>();
    connection.loop().later(() -> EdhocClient.agree(
        requester, method, suite, own.identity(), this::find, randomness, done::complete));
    try {
      return switch (done.get(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        case EdhocClient.Result.Agreed(var session) -> OscoreAssociation.of("edhoc", Principal.ANONYMOUS,
            session.oscore(), Optional.empty(), false, false, new MemorySequenceStore(), OscoreSettings.DEFAULT);
        case EdhocClient.Result.Failed(String why) -> throw new ClientFailure("EDHOC: " + why);
      };
    } catch (TimeoutException e) {
      throw new ClientFailure("EDHOC: no answer within " + patience.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new AssertionError("the client's loop broke", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException("interrupted");
    }
  }
}

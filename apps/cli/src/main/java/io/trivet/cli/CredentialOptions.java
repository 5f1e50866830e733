package io.trivet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.server.admin.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which credentials a device is to get. Secrets come from files or standard input, never from the command line, which
/// everybody on the machine can read.
final class CredentialOptions {
  private static final int SECRET_BYTES_MAX = 4_096;

  @Option(names = "--password", description = "Make a password, which is shown once.")
  private boolean password;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "Take the first line of this file as the password; - reads standard input.")
  private @Nullable String passwordFile;

  @Option(names = "--password-stdin", description = "The same from standard input: --password-file -")
  private boolean passwordStdin;

  @Option(
      names = "--cert",
      description = "Issue a client certificate of the built-in authority and write it with its key.")
  private boolean certificate;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where --cert, --rpk, --oscore and --edhoc write; without it devices/ID in the data directory.")
  private @Nullable Path out;

  @Option(names = "--psk", description = "Make a pre-shared key for TLS and DTLS, which is shown once.")
  private boolean psk;

  @Option(
      names = "--psk-file",
      paramLabel = "FILE",
      description = "Take the first line of this file as the key, in hexadecimal; - reads standard input.")
  private @Nullable String pskFile;

  @Option(names = "--rpk", description = "Make a raw public key pair for DTLS, and write it.")
  private boolean rawKey;

  @Option(
      names = "--rpk-file",
      paramLabel = "FILE",
      description = "Pin the public key in this file (PEM): the device keeps its private key to itself.")
  private @Nullable Path rawKeyFile;

  @Option(names = "--oscore", description = "Make an OSCORE context, and write the device's half of it.")
  private boolean oscore;

  @Option(names = "--oscore-file", paramLabel = "FILE",
      description = "Take the OSCORE context in this file, as the device has it: JSON with sender-id, recipient-id,"
          + " master-secret, and master-salt, id-context and aead where there are; bytes in hexadecimal.")
  private @Nullable Path oscoreFile;

  private static JsonNode json(Path file) throws IOException {
    if (Files.size(file) > SECRET_BYTES_MAX) {
      throw new CommandFailed(file + ": more than " + SECRET_BYTES_MAX + " bytes, which is no OSCORE context");
    }
    try {
      JsonNode read = Json.parse(Files.readString(file));
      if (read.isObject()) {
        return read;
      }
    } catch (IOException e) {
      throw new CommandFailed(file + ": no JSON", e); // says nothing of what stands there: it may be the secret
    }
    throw new CommandFailed(file + ": no OSCORE context: give an object");
  }

  @Option(names = "--edhoc", paramLabel = "CURVE", arity = "0..1", fallbackValue = "p256",
      description = "Make a key to agree on OSCORE contexts with, by EDHOC, and write it: on p256, x25519 or ed25519."
          + " (${FALLBACK-VALUE} where none is given)")
  private @Nullable String edhoc;

  @Option(names = "--edhoc-file", paramLabel = "FILE",
      description = "Pin the key in these claims (CBOR, or the same in hexadecimal): the device keeps its private key to itself.")
  private @Nullable Path edhocFile;

  private void edhoc(ObjectNode asked) throws IOException {
    if (edhocFile != null) {
      byte[] claims;
      try (InputStream in = Files.newInputStream(edhocFile)) {
        claims = in.readNBytes(SECRET_BYTES_MAX + 1);
      }
      String text = new String(claims, StandardCharsets.ISO_8859_1).strip();
      asked.put("edhoc-claims", text.matches("([0-9A-Fa-f]{2})+") ? text : HexFormat.of().formatHex(claims));
    } else if (edhoc != null) {
      asked.put("edhoc", edhoc);
    }
  }

  void into(ObjectNode asked) throws IOException {
    if (passwordStdin) {
      asked.put("password", firstLine("-"));
    } else if (passwordFile != null) {
      asked.put("password", firstLine(passwordFile));
    } else if (password) {
      asked.put("password", true);
    }
    if (pskFile != null) {
      asked.put("psk", firstLine(pskFile));
    } else if (psk) {
      asked.put("psk", true);
    }
    if (certificate) {
      asked.put("certificate", true);
    }
    if (rawKeyFile != null) {
      if (Files.size(rawKeyFile) > SECRET_BYTES_MAX) {
        throw new CommandFailed(rawKeyFile + ": more than " + SECRET_BYTES_MAX + " bytes, which is no public key");
      }
      asked.put("raw-key", Files.readString(rawKeyFile));
    } else if (rawKey) {
      asked.put("raw-key", true);
    }
    if (oscoreFile != null) {
      asked.set("oscore", json(oscoreFile));
    } else if (oscore) {
      asked.put("oscore", true);
    }
    edhoc(asked);
    if (out != null) {
      if (!certificate && !rawKey && !oscore && edhoc == null && edhocFile == null) {
        throw new CommandFailed("--out says where --cert, --rpk, --oscore and --edhoc write: give one of them as well");
      }
      asked.put("out", out.toAbsolutePath().normalize().toString());
    }
  }

  private static String shown(String file) {
    return file.equals("-") ? "standard input" : file;
  }

  private static String firstLine(String file) throws IOException {
    byte[] read;
    try (InputStream in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file))) {
      read = in.readNBytes(SECRET_BYTES_MAX + 1);
    }
    if (read.length > SECRET_BYTES_MAX) {
      throw new CommandFailed(shown(file) + ": more than " + SECRET_BYTES_MAX + " bytes, which is no secret's file");
    }
    String line = new String(read, StandardCharsets.UTF_8).lines().findFirst().orElse("");
    if (line.isEmpty()) {
      throw new CommandFailed(shown(file) + ": its first line is empty");
    }
    return line;
  }
}

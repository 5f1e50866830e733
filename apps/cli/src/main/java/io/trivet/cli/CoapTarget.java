package io.trivet.cli;

import io.trivet.base.SecretBytes;
import io.trivet.cli.client.ClientFailure;
import io.trivet.cli.client.Protection;
import io.trivet.cli.coap.CoapClient;
import io.trivet.cli.coap.CoapUri;
import io.trivet.cli.coap.RawKeyFiles;
import io.trivet.cli.coap.Trace;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which CoAP server, and how long to wait for it.
final class CoapTarget {
  @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "93",
      description = "How long to wait for an answer. (${DEFAULT-VALUE}: as long as a message is sent again)")
  private double timeout;

  @Option(names = {"-v", "--verbose"}, description = "Show each message, to and fro, on standard error.")
  private boolean verbose;

  @Option(names = {"--cafile", "--ca"}, paramLabel = "FILE",
      description = "PEM certificates to trust; without it those of --data, or else of this machine.")
  private @Nullable Path cafile;

  @Option(names = "--data", paramLabel = "DIR", defaultValue = "${env:TRIVET_DATA:-data}",
      description = "A server's data directory, whose authority is trusted where it is there. (${DEFAULT-VALUE})")
  private @Nullable Path data;

  @Option(names = "--cert", paramLabel = "FILE", description = "PEM certificate of this client.")
  private @Nullable Path cert;

  @Option(names = "--key", paramLabel = "FILE", description = "PEM private key of this client.")
  private @Nullable Path key;

  @Option(names = "--device", paramLabel = "ID",
      description = "In place of --cert and --key: those that 'trivet device add --cert' wrote below --data.")
  private @Nullable String device;

  @Option(names = "--psk-identity", paramLabel = "NAME", description = "Name of the pre-shared key, for coaps.")
  private @Nullable String pskIdentity;

  @Option(names = "--psk", paramLabel = "HEX",
      description = "The pre-shared key; others here can read it: see --psk-key-file.")
  private @Nullable String psk;

  @Option(names = {"--psk-key-file", "--psk-file"}, paramLabel = "FILE",
      description = "File whose first line is the pre-shared key in hex.")
  private @Nullable Path pskFile;

  @Option(names = "--rpk-key-file", paramLabel = "FILE",
      description = "PEM private key of this client for coaps without certificates; its public half is beside it (.pub).")
  private @Nullable Path rawKey;

  @Option(names = "--rpk-server-file", paramLabel = "FILE", description = "PEM public key of the server.")
  private @Nullable Path rawServer;

  private Optional<RawKeyFiles> rawKeys() {
    if (rawKey == null && rawServer == null) {
      return Optional.empty();
    }
    if (rawKey == null || rawServer == null) {
      throw new IllegalArgumentException("raw public keys need both --rpk-key-file and --rpk-server-file");
    }
    return Optional.of(new RawKeyFiles(rawKey, rawServer));
  }

  private Optional<SecretBytes> preSharedKey() throws IOException {
    String hex = pskFile == null ? psk : Files.readString(pskFile).lines().findFirst().orElse("");
    return Optional.ofNullable(hex)
        .map(h -> SecretBytes.copyOf(CoapRequestOptions.hex("the pre-shared key", h).toArray()));
  }

  @Option(names = "--oscore", paramLabel = "FILE",
      description = "Protect requests end to end with this OSCORE context, as 'trivet device add --oscore' writes it.")
  private @Nullable Path oscore;

  @Option(names = "--edhoc", paramLabel = "FILE",
      description = "Agree on an OSCORE context first, by the key that 'trivet device add --edhoc' writes.")
  private @Nullable Path edhoc;

  private CoapClient.Security security() throws IOException {
    if (oscore != null && edhoc != null) {
      throw new IllegalArgumentException("give either --oscore or --edhoc, which makes a context of its own");
    }
    return new CoapClient.Security(protection(), rawKeys(), Optional.ofNullable(oscore), Optional.ofNullable(edhoc));
  }

  private Protection protection() throws IOException {
    Path directory = data;
    if (directory == null) {
      throw new AssertionError("--data has a default");
    }
    Path authority = directory.resolve("ca").resolve("ca.crt");
    Optional<Path> trusted = cafile != null ? Optional.of(cafile)
        : Files.isReadable(authority) ? Optional.of(authority) : Optional.empty();
    if (device == null) {
      return new Protection(trusted, Optional.ofNullable(cert), Optional.ofNullable(key),
          Optional.ofNullable(pskIdentity), preSharedKey());
    }
    if (cert != null || key != null) {
      throw new IllegalArgumentException("give either --device or --cert and --key");
    }
    Path own = directory.resolve("devices").resolve(device);
    if (device.isEmpty() || device.startsWith(".") || device.contains("/") || device.contains("\\")) {
      throw new IllegalArgumentException("--device " + device + ": no name of a device");
    }
    return new Protection(trusted, Optional.of(own.resolve(device + ".crt")), Optional.of(own.resolve(device + ".key")),
        Optional.empty(), Optional.empty());
  }

  Duration patience() {
    if (!(timeout > 0 && timeout <= 86_400)) {
      throw new IllegalArgumentException("--timeout " + timeout + ": give seconds, above 0 and up to 86400");
    }
    return Duration.ofNanos((long) (timeout * 1e9));
  }

  Trace trace(PrintWriter errors) {
    return verbose ? new Trace(line -> {
      errors.println(line);
      errors.flush();
    }) : Trace.NONE;
  }

  CoapClient open(CoapUri uri, int blockBytes, PrintWriter errors) throws IOException {
    try {
      return CoapClient.open(uri, blockBytes, security(), patience(), trace(errors));
    } catch (ClientFailure | java.nio.file.NoSuchFileException e) {
      throw e; // says of itself which file
    } catch (IOException e) {
      throw new CommandFailed(uri.server() + ": " + e.getMessage(), e);
    }
  }

  static CoapUri uri(@Nullable String text) {
    if (text == null) {
      throw new AssertionError("picocli asks for what is required");
    }
    return CoapUri.parse(text);
  }
}

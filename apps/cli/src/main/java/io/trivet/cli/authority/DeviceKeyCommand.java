package io.trivet.cli.authority;

import io.trivet.authority.DeviceKey;
import io.trivet.authority.Suite;
import io.trivet.base.SecretBytes;
import io.trivet.cli.CommandFailed;
import io.trivet.cli.Output;
import io.trivet.cli.Shell;
import io.trivet.cli.Trivet;
import io.trivet.identity.DeviceId;
import io.trivet.identity.OwnerOnly;
import io.trivet.identity.certificates.Pem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "device-key",
    description = "On a device: make the key pair that the authority seals its keys for. The private half stays there.",
    mixinStandardHelpOptions = true)
final class DeviceKeyCommand implements Callable<Integer> {
  /// As people type it.
  enum Curve {
    x25519,
    p256
  }

  @Parameters(paramLabel = "DEVICE", description = "Its name in the registry.")
  private @Nullable String device;

  @Option(names = "--out", paramLabel = "DIR", defaultValue = ".", description = "Where to write. (${DEFAULT-VALUE})")
  private Path out = Path.of(".");

  @Option(names = "--curve", paramLabel = "CURVE", defaultValue = "x25519", description = "x25519 or p256. (${DEFAULT-VALUE})")
  private Curve curve = Curve.x25519;

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description = "Derive it from the private key (PEM, EC) that the device has for TLS: always the same pair, and neither "
          + "tells the other.")
  private @Nullable Path from;

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    String id = Bounded.valid("DEVICE", DeviceId.parse(String.valueOf(device))).text();
    Path secret = out.resolve(id + ".device-key");
    Path open = out.resolve(id + ".pub");
    if (Files.exists(secret)) {
      throw new CommandFailed(secret + ": exists already; keys that were sealed for it could not be opened with another");
    }
    OwnerOnly.directory(out);
    try (DeviceKey made = made(); SecretBytes encoded = made.encoded()) {
      byte[] file = encoded.expose(byte[]::clone);
      try {
        OwnerOnly.write(secret, file);
      } finally {
        Arrays.fill(file, (byte) 0);
      }
      OwnerOnly.write(open, made.recipient().claims(id).toArray());
    }
    PrintWriter to = Output.of(spec);
    to.println("Private key  " + Shell.near(secret.toString()) + "   (stays on the device)");
    to.println("Public key   " + Shell.near(open.toString()) + "   (for 'trivet authority issue " + id + " --key')");
    return Trivet.OK;
  }

  private DeviceKey made() throws IOException {
    Suite suite = curve == Curve.x25519 ? Suite.X25519 : Suite.P256;
    Path source = from;
    if (source == null) {
      return DeviceKey.generate(suite, Keeper.RANDOMNESS);
    }
    PrivateKey key = Pem.privateKey(source);
    if (!(key instanceof ECPrivateKey ec)) {
      throw new CommandFailed(source + ": give a private key on an elliptic curve");
    }
    // The number alone: PKCS#8 may or may not carry the public half, and the same key has to give the same pair.
    byte[] scalar = ec.getS().toByteArray();
    try (SecretBytes s = SecretBytes.copyOf(scalar)) {
      return DeviceKey.derive(suite, s);
    } finally {
      Arrays.fill(scalar, (byte) 0);
    }
  }
}

package io.trivet.cli.authority;

import io.trivet.abe.PublicKey;
import io.trivet.abe.ReaderKey;
import io.trivet.authority.DeviceKey;
import io.trivet.authority.KeyFile;
import io.trivet.authority.SealedKey;
import io.trivet.base.Parsed;
import io.trivet.base.SecretBytes;
import io.trivet.cli.CommandFailed;
import io.trivet.cli.Output;
import io.trivet.cli.Shell;
import io.trivet.identity.OwnerOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/// From a sealed key to one that a device reads with.
final class Unsealing {
  @Option(
      names = "--device-key",
      paramLabel = "FILE",
      required = true,
      description = "The device's private key, as 'trivet authority device-key' writes it.")
  private @Nullable Path deviceKey;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to write the key; without it the device's name with .abe here.")
  private @Nullable Path out;

  @Option(
      names = "--authority",
      paramLabel = "ID",
      description = "Take keys of this authority alone: its id, as 'trivet authority status' shows it. Without it the one "
          + "that an earlier key at the same place is of.")
  private @Nullable String authority;

  @Option(names = "--replace", description = "Take a key of another authority than the earlier one's, or of an older epoch.")
  private boolean replace;

  void run(String where, byte[] file, @Nullable CommandSpec spec) throws IOException {
    SealedKey sealed = Bounded.valid(where, SealedKey.read(file));
    String id = HexFormat.of().formatHex(sealed.authority().toArray());
    if (authority != null && !authority.equalsIgnoreCase(id)) {
      throw new CommandFailed(where + ": is of the authority " + id + ", not of " + Shell.printable(authority));
    }
    Path to = out == null ? Path.of(sealed.device() + ".abe") : out;
    if (Files.exists(to) && !replace) {
      refuseOther(to, sealed);
    }
    try (DeviceKey own = own(); KeyFile opened = Bounded.valid(where, sealed.open(own))) {
      String scope = scope(where, opened);
      try (SecretBytes content = opened.encoded()) {
        byte[] bytes = content.expose(byte[]::clone);
        try {
          OwnerOnly.write(to, bytes);
        } finally {
          Arrays.fill(bytes, (byte) 0);
        }
      }
      Output.of(spec).println(sealed.device() + " reads epoch " + sealed.epoch() + " of authority " + id + " for " + scope
          + ": " + Shell.near(to.toString()));
    }
  }

  private DeviceKey own() throws IOException {
    Path file = deviceKey;
    if (file == null) {
      throw new AssertionError("picocli asks for what is required");
    }
    String exposure = OwnerOnly.exposure(file);
    if (!exposure.isEmpty()) {
      throw new CommandFailed(exposure);
    }
    return Bounded.read(file, DeviceKey.FILE_BYTES_MAX, DeviceKey::read);
  }

  /// Whoever can answer in the authority's place could otherwise put a key of its own there, or an old one.
  private static void refuseOther(Path there, SealedKey next) throws IOException {
    try (SecretBytes content = Bounded.secret(there, KeyFile.FILE_BYTES_MAX);
        KeyFile before = Bounded.valid(there.toString(), KeyFile.read(content))) {
      if (!before.authority().equals(next.authority())) {
        throw new CommandFailed(there + ": is of another authority; --replace gives it up for the new one");
      }
      if (before.epoch() > next.epoch()) {
        throw new CommandFailed(there + ": is of epoch " + before.epoch() + " already, the sealed one of " + next.epoch()
            + "; --replace goes back");
      }
    }
  }

  /// The key is checked element by element before it replaces one that works.
  private static String scope(String where, KeyFile opened) {
    PublicKey of = Bounded.valid(where, PublicKey.decode(opened.publicKey().toArray()));
    if (!of.id().equals(opened.authority())) {
      throw new CommandFailed(where + ": the public key in it is another authority's");
    }
    Parsed<ReaderKey> key = opened.readerKey().expose(k -> ReaderKey.decode(k, of));
    try (ReaderKey valid = Bounded.valid(where, key)) {
      return Shell.printable(valid.scope());
    }
  }
}

package io.trivet.authority;

import io.trivet.base.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;

/// An authority's directory to be read, without its master key: who has keys, the sealed keys themselves, and the log.
/// Signatures are checked, so nobody who can write there adds or takes away; whoever replaces the whole directory by an
/// older one is found out only by a head noted elsewhere ([#head()]).
public final class Shelf {
  private final Layout layout;
  private final Parameters parameters;
  private volatile Seen seen;

  /// The ledger as it was when its file had this time and size.
  private record Seen(FileTime changed, long bytes, Ledger ledger) {}

  /// What lies there for a device.
  public sealed interface Found {
    /// @param sealed a [SealedKey]'s file
    /// @param digest SHA-256 of it, in hexadecimal
    record Key(Bytes sealed, long epoch, String digest) implements Found {}

    record Revoked() implements Found {}

    record Nothing() implements Found {}
  }

  private Shelf(Layout layout, Parameters parameters, Seen seen) {
    this.layout = layout;
    this.parameters = parameters;
    this.seen = seen;
  }

  /// @throws IOException where there is no authority, others than the owner may read it, or it is corrupted
  public static Shelf open(Path dir) throws IOException {
    Layout layout = new Layout(dir, new OwnedDisk());
    Parameters p = layout.readParameters();
    return new Shelf(layout, p, read(layout, p));
  }

  private static Seen read(Layout layout, Parameters p) throws IOException {
    // The time first: a change in between is then seen at the next look.
    FileTime changed = Files.getLastModifiedTime(layout.ledger());
    return new Seen(changed, Files.size(layout.ledger()), layout.readLedger(p));
  }

  /// What is in force now; the file is read again only when it has changed.
  private Ledger ledger() throws IOException {
    Seen s = seen;
    if (!Files.getLastModifiedTime(layout.ledger()).equals(s.changed) || Files.size(layout.ledger()) != s.bytes) {
      s = read(layout, parameters);
      seen = s;
    }
    return s.ledger;
  }

  public Parameters parameters() {
    return parameters;
  }

  public long epoch() throws IOException {
    return ledger().epoch();
  }

  /// Note it elsewhere, and [#check] tells later whether the log still contains it.
  public LogHead head() throws IOException {
    return ledger().log();
  }

  /// In the order of their names.
  public Collection<Subject> subjects() throws IOException {
    return ledger().subjects().values();
  }

  /// Which master key's guard there is: whether a token's PIN opens it, rather than a passphrase.
  public boolean wantsPin() throws IOException {
    return layout.readMaster().protection() instanceof Protection.Token;
  }

  /// The current key of a device.
  ///
  /// @throws IOException where its file is missing or was changed
  public Found key(String device) throws IOException {
    for (int attempt = 0; ; attempt++) {
      Optional<Subject> subject = ledger().find(device);
      if (subject.isEmpty()) {
        return new Found.Nothing();
      }
      if (subject.get().isRevoked()) {
        return new Found.Revoked();
      }
      try {
        return read(subject.get());
      } catch (NoSuchFileException e) {
        // It was replaced while it was looked for: the ledger then names another.
        if (attempt > 0) {
          throw new AuthorityException(layout.keys().resolve(subject.get().fileName())
              + ": is missing; 'trivet authority issue " + device + "' makes another", e);
        }
      }
    }
  }

  private Found read(Subject s) throws IOException {
    Path file = layout.keys().resolve(s.fileName());
    byte[] sealed = layout.disk().read(file, SealedKey.FILE_BYTES_MAX);
    String digest = LogEntry.sha256(sealed);
    if (!Bytes.wrap(HexFormat.of().parseHex(digest)).equals(s.keyDigest())) {
      throw new AuthorityException(file + ": was changed since it was issued; 'trivet authority issue " + s.device()
          + "' makes another");
    }
    return new Found.Key(Bytes.wrap(sealed), s.keyEpoch(), digest);
  }

  /// Checks the whole log.
  ///
  /// @param each hears of every line that is right, in order
  public LogCheck check(Consumer<LogEntry> each) throws IOException {
    return LogCheck.of(layout.readLog(), ledger().log(), parameters.authority(), each);
  }
}

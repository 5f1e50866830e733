package io.trivet.authority;

import io.trivet.abe.Kind;
import io.trivet.base.Randomness;
import io.trivet.base.SecretBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.TreeMap;

/// Making an authority: in a directory beside, which gets its name when all of it is there.
final class Founding {
  private Founding() {}

  static Parameters parameters(Scheme.Master master, Signer signer) {
    return new Parameters(master.kind(), master.id(), master.publicKey(), signer.publicKey());
  }

  static Parameters init(Layout layout, Kind kind, Guard guard, Seal seal, Scheme scheme, Randomness randomness,
      InstantSource clock) throws IOException {
    Path dir = layout.dir().toAbsolutePath();
    Disk disk = layout.disk();
    if (!disk.list(dir).isEmpty()) {
      throw new AuthorityException(layout.dir() + ": is not empty; give another directory with --dir. An authority is "
          + "never replaced: what was sealed for it could not be read again");
    }
    Layout made = new Layout(dir.resolveSibling(dir.getFileName() + ".unfinished"), disk);
    for (Path leftover : disk.list(made.dir())) {
      disk.delete(leftover); // of an interrupted start; no key was issued from it
    }
    disk.directory(made.dir());
    disk.directory(made.keys());
    try (Scheme.Master master = scheme.generate(kind, randomness);
        SecretBytes secret = master.encoded();
        Signer signer = Signer.of(secret)) {
      Parameters p = parameters(master, signer);
      LogEntry first = new LogEntry(1, clock.instant(), LogEntry.What.INIT, "", "", 1,
          kind == Kind.CIPHERTEXT_POLICY ? "cp" : "kp", LogHead.empty(p.authority()).hash());
      Ledger ledger = new Ledger(kind, p.authority(), 1, 1, LogHead.empty(p.authority()).after(first), new TreeMap<>());
      disk.write(made.master(), seal.close(kind, p.authority(), secret, guard, randomness).encoded().toArray());
      disk.write(made.parameters(), p.encoded().toArray());
      disk.write(made.log(), (first.line() + "\n").getBytes(StandardCharsets.UTF_8));
      disk.write(made.ledger(), ledger.signed(signer).toArray());
      disk.rename(made.dir(), dir);
      return p;
    }
  }
}

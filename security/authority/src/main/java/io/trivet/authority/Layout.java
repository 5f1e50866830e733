package io.trivet.authority;

import io.trivet.base.Parsed;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// What lies where in an authority's directory.
///
/// @param disk which file system, or a test's
record Layout(Path dir, Disk disk) {
  private static final int LOG_BYTES_MAX = 1 << 30;

  Path master() {
    return dir.resolve("master.key");
  }

  Path parameters() {
    return dir.resolve("parameters.cbor");
  }

  Path ledger() {
    return dir.resolve("ledger.cbor");
  }

  Path log() {
    return dir.resolve("log.jsonl");
  }

  Path keys() {
    return dir.resolve("keys");
  }

  Path lock() {
    return dir.resolve("lock");
  }

  /// @throws IOException where there is no authority, others may read it, or the file is wrong
  Parameters readParameters() throws IOException {
    return valid(parameters(), Parameters.read(bytes(parameters(), Parameters.FILE_BYTES_MAX)));
  }

  MasterFile readMaster() throws IOException {
    return valid(master(), MasterFile.read(bytes(master(), MasterFile.FILE_BYTES_MAX)));
  }

  Ledger readLedger(Parameters p) throws IOException {
    Ledger l = valid(ledger(), Ledger.read(bytes(ledger(), Ledger.FILE_BYTES_MAX), p.signer()));
    if (!l.authority().equals(p.authority()) || l.kind() != p.kind()) {
      throw new AuthorityException(ledger() + ": is another authority's");
    }
    return l;
  }

  byte[] readLog() throws IOException {
    return bytes(log(), LOG_BYTES_MAX);
  }

  private byte[] bytes(Path file, int max) throws IOException {
    if (!disk.exists(parameters())) {
      throw new AuthorityException(
          dir + ": holds no authority; make one with 'trivet authority init' or name another directory with --dir");
    }
    disk.directory(dir);
    try {
      return disk.read(file, max);
    } catch (NoSuchFileException e) {
      throw new AuthorityException(file + ": is missing; restore it from a backup of the whole directory", e);
    }
  }

  private static <T> T valid(Path file, Parsed<T> read) throws IOException {
    return switch (read) {
      case Parsed.Valid<T>(T value) -> value;
      case Parsed.Invalid<T>(_, String what) -> throw new AuthorityException(
          file + ": " + what + "; restore the whole directory from a backup");
    };
  }
}

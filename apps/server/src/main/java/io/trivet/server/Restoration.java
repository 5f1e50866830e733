package io.trivet.server;

import io.trivet.identity.OwnerOnly;
import io.trivet.server.coap.SequencesFile;
import io.trivet.local.Backup;
import io.trivet.local.Progress;
import io.trivet.server.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Puts a backup in the place of a data directory's contents, and what was there aside. A backup that is damaged changes
/// nothing; where a step fails, those before it are taken back.
public final class Restoration {
  /// What a backup holds beside the store: all that makes this server itself. Certificates and keys are among it.
  private static final List<String> NAMES = List.of("devices.json", "rules.yaml", "trivet.yaml", "server.crt",
      "server.key", "server-rpk.key", "server-rpk.pem", "server-rpk.own.pem", "ca", "coap");

  private static final Set<String> ONCE = Set.of("associations");

  /// In a backup names are flat.
  private static final String SEPARATOR = "__";

  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private record Moved(Path from, Path to) {}

  private final DataDirectory data;
  private final Deque<Moved> moved = new ArrayDeque<>();
  private final Path aside;

  private Restoration(DataDirectory data, Instant now) {
    this.data = data;
    Path free = data.file("before-restore-" + STAMP.format(now));
    for (int n = 2; Files.exists(free); n++) {
      free = data.file("before-restore-" + STAMP.format(now) + "-" + n);
    }
    this.aside = free;
  }

  /// DTLS associations go on from where they are: taken up again from an older copy, they would use a nonce twice.
  private static boolean mayBeUsedTwice(Path file) {
    return !ONCE.contains(file.getFileName().toString());
  }

  /// The files beside the store that a backup is to hold, by their names in it.
  static Map<String, Path> extras(DataDirectory data) throws IOException {
    Map<String, Path> extras = new LinkedHashMap<>();
    for (String name : NAMES) {
      Path file = data.file(name);
      if (Files.isDirectory(file)) {
        try (Stream<Path> inside = Files.list(file)) {
          inside.filter(Files::isRegularFile).filter(Restoration::mayBeUsedTwice).sorted()
              .forEach(f -> extras.put(name + SEPARATOR + f.getFileName(), f));
        }
      } else if (Files.isRegularFile(file)) {
        extras.put(name, file);
      }
    }
    return extras;
  }

  /// Restores; the caller holds the directory's lock, and no server runs on it.
  ///
  /// @throws ConfigException with what is wrong; everything is then as it was
  public static Restoration run(DataDirectory data, Path backup, Instant now) {
    Restoration r = new Restoration(data, now);
    Path stage = data.file("restoring");
    try {
      Backup.verify(backup, Progress.NONE);
      delete(stage); // left behind by one that was interrupted
      Backup.unpack(backup, stage, Progress.NONE);
      ownerOnly(stage);
      Path extra = OwnerOnly.directory(stage.resolve("extra"));
      OwnerOnly.write(extra.resolve("coap" + SEPARATOR + SequencesFile.RESTORED), new byte[0]);
      r.putAside();
      r.putInPlace(stage);
      return r;
    } catch (IOException e) {
      r.takeBack();
      r.discard(stage);
      throw new ConfigException(backup + ": not restored, and all is as it was: " + e.getMessage(), e);
    }
  }

  /// Restores into a directory whose server has stopped.
  ///
  /// @throws ConfigException with what is wrong; everything is then as it was
  public static Restoration run(Path directory, Path backup) {
    DataDirectory data = DataDirectory.open(directory);
    try (DataDirectory.Lock _ = data.tryLock().orElseThrow(() -> new ConfigException(
        data.path() + ": another server has taken the data meanwhile"))) {
      return run(data, backup, Instant.now());
    }
  }

  /// Where what was there before is now.
  public Path aside() {
    return aside;
  }

  /// Puts back what was there before: no server could start on the backup.
  public void undo() {
    takeBack();
    discard(data.file("restoring"));
  }

  /// Reads the whole of a backup.
  ///
  /// @throws ConfigException where it is damaged or is none
  public static void verify(Path backup) {
    try {
      Backup.verify(backup, Progress.NONE);
    } catch (IOException e) {
      throw new ConfigException(backup + ": cannot be restored: " + e.getMessage(), e);
    }
  }

  private void putAside() throws IOException {
    Files.createDirectory(aside);
    move(data.store(), aside.resolve("store"));
    for (String name : NAMES) {
      move(data.file(name), aside.resolve(name));
    }
  }

  private void putInPlace(Path stage) throws IOException {
    Path extra = stage.resolve("extra");
    if (Files.isDirectory(extra)) {
      try (Stream<Path> files = Files.list(extra)) {
        for (Path f : files.sorted().toList()) {
          Path to = data.file(f.getFileName().toString().replace(SEPARATOR, "/"));
          Path parent = to.getParent();
          if (parent != null && !Files.exists(parent)) {
            io.trivet.identity.OwnerOnly.directory(parent);
          }
          move(f, to);
        }
      }
      Files.delete(extra);
    }
    move(stage, data.store());
  }

  private void move(Path from, Path to) throws IOException {
    if (Files.exists(from)) {
      Files.move(from, to);
      moved.push(new Moved(from, to));
    }
  }

  static void onlyForOwner(Path file) throws IOException {
    if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  /// What is unpacked belongs to the server alone, whatever the file it came from.
  private static void ownerOnly(Path unpacked) throws IOException {
    if (!Files.getFileStore(unpacked).supportsFileAttributeView("posix")) {
      return;
    }
    try (Stream<Path> all = Files.walk(unpacked)) {
      for (Path p : all.toList()) {
        Files.setPosixFilePermissions(p, PosixFilePermissions.fromString(
            Files.isDirectory(p) ? "rwx------" : "rw-------"));
      }
    }
  }

  private void discard(Path stage) {
    try {
      delete(stage);
      Files.deleteIfExists(aside);
    } catch (IOException e) {
      throw new ConfigException(stage + ": could not be removed after a restore that failed: " + e.getMessage(), e);
    }
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(p);
      }
    }
  }

  /// Undoes the moves, the last first.
  private void takeBack() {
    while (!moved.isEmpty()) {
      Moved m = moved.pop();
      try {
        Path parent = m.from.getParent();
        if (parent != null) {
          Files.createDirectories(parent);
        }
        if (Files.isDirectory(m.from)) {
          Files.delete(m.from); // made for what was moved out again
        }
        Files.move(m.to, m.from);
      } catch (IOException e) {
        throw new ConfigException("a restore that failed could not be undone: " + m.to + " belongs to " + m.from + ": "
            + e.getMessage(), e);
      }
    }
  }
}

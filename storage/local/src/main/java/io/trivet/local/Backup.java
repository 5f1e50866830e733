package io.trivet.local;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/// A store in one file:
/// ```
/// backup:  "TRVB" | version u16 = 1 | file... | 0x00 | count u32 | crc32c u32 of all before it
/// file:    0x01 | name length u8 | name | size u64 | bytes | crc32c u32 of these
/// ```
/// Numbers are big-endian. A name is the one a file has in the store's directory, or `extra/` and a name that
/// the server gave.
public final class Backup {
  static final int MAGIC = 0x54525642; // "TRVB"
  static final int VERSION = 1;
  /// Where what does not belong to the store itself stands, in a backup and after it was unpacked.
  public static final String EXTRA = "extra/";
  private static final int NAME_BYTES_MAX = 100;
  private static final Pattern NAME = Pattern.compile("(extra/)?[A-Za-z0-9_-][A-Za-z0-9._-]*");
  static final int BUFFER_BYTES = 1 << 16;

  private Backup() {}

  /// @param files how many it held
  /// @param bytes the size of the backup
  public record Unpacked(int files, long bytes) {}

  /// Writes files into one, which is there whole or not at all: `target` is replaced at the end, once all is
  /// on disk.
  ///
  /// @param files by their name in the backup
  static void pack(Path target, Map<String, Path> files, Progress progress) throws IOException {
    Path parent = target.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IOException(target + " is no file's name");
    }
    SortedMap<String, Path> sorted = new TreeMap<>(files);
    long total = 0;
    for (Map.Entry<String, Path> file : sorted.entrySet()) {
      if (!isName(file.getKey())) {
        throw new IllegalArgumentException("'" + file.getKey() + "' cannot be a file's name in a backup");
      }
      total += Files.size(file.getValue());
    }
    Path part = parent.resolve(target.getFileName() + ".part");
    try {
      try (FileOutputStream file = new FileOutputStream(part.toFile());
          CheckedOutputStream checked = new CheckedOutputStream(file, new CRC32C());
          DataOutputStream out = new DataOutputStream(new BufferedOutputStream(checked, BUFFER_BYTES))) {
        out.writeInt(MAGIC);
        out.writeShort(VERSION);
        long done = 0;
        for (Map.Entry<String, Path> each : sorted.entrySet()) {
          done = packFile(out, each.getKey(), each.getValue(), progress, done, total);
        }
        out.writeByte(0);
        out.writeInt(sorted.size());
        out.flush();
        out.writeInt((int) checked.getChecksum().getValue());
        out.flush();
        file.getFD().sync();
        progress.at(total, total);
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      WalCheck.sync(parent);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static long packFile(
      DataOutputStream out, String name, Path file, Progress progress, long before, long total)
      throws IOException {
    long size = Files.size(file);
    out.writeByte(1);
    byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
    out.writeByte(ascii.length);
    out.write(ascii);
    out.writeLong(size);
    CRC32C crc = new CRC32C();
    byte[] buffer = new byte[BUFFER_BYTES];
    long done = 0;
    try (InputStream in = Files.newInputStream(file)) {
      // Of a file that grows meanwhile, what was there when it was measured.
      while (done < size) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, size - done));
        if (read < 0) {
          throw new EOFException(file + " became shorter while it was backed up");
        }
        crc.update(buffer, 0, read);
        out.write(buffer, 0, read);
        done += read;
        progress.at(before + done, total);
      }
    }
    out.writeInt((int) crc.getValue());
    return before + size;
  }

  /// Unpacks a backup. The directory is there whole and verified, or not at all.
  ///
  /// @param into missing or empty; its parent must be there
  /// @throws EngineException of kind CORRUPT where the backup is damaged or is none
  public static Unpacked unpack(Path backup, Path into, Progress progress) throws IOException {
    Path target = into.toAbsolutePath();
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS) && !isEmptyDirectory(target)) {
      throw new EngineException(EngineException.Kind.IO, "cannot restore into " + into
          + ": it is not an empty directory. Move away what is there first", null);
    }
    Path parent = target.getParent();
    if (parent == null) {
      throw new EngineException(EngineException.Kind.IO, "cannot restore into " + into, null);
    }
    Path part = Files.createTempDirectory(parent, target.getFileName() + ".restoring");
    try {
      Unpacked unpacked = BackupReader.read(backup, part, progress);
      WalCheck.sync(part);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      WalCheck.sync(parent);
      return unpacked;
    } catch (IOException e) {
      throw EngineException.of(e, "restoring " + backup, target);
    } finally {
      delete(part);
    }
  }

  /// Reads the whole of a backup and writes nothing.
  ///
  /// @throws EngineException of kind CORRUPT where it is damaged or is none
  public static Unpacked verify(Path backup, Progress progress) throws IOException {
    return BackupReader.read(backup, null, progress);
  }

  static boolean isName(String name) {
    return name.length() <= NAME_BYTES_MAX && NAME.matcher(name).matches();
  }

  /// With all that is in it, where it is there.
  static void delete(Path directory) throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      Files.deleteIfExists(directory);
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        delete(file);
      }
    }
    Files.delete(directory);
  }

  private static boolean isEmptyDirectory(Path path) throws IOException {
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
      return !files.iterator().hasNext();
    }
  }
}

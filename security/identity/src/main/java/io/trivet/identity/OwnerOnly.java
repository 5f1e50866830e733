package io.trivet.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Files and directories that only their owner may read, from their first byte on; where the file system knows no such
/// permissions (Windows), those of the directory hold, which belongs to the user's profile.
public final class OwnerOnly {
  private static final boolean POSIX = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private OwnerOnly() {}

  private static FileAttribute<?>[] attributes(String permissions) {
    return POSIX
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))}
        : new FileAttribute<?>[0];
  }

  /// Makes the directory, and those above it, where it is not there.
  public static Path directory(Path dir) throws IOException {
    if (Files.isDirectory(dir)) {
      return dir;
    }
    Path parent = dir.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    return Files.createDirectory(dir, attributes("rwx------"));
  }

  /// Replaces the file whole or not at all: a new file is written, synced and renamed over it, and the directory synced.
  public static void write(Path file, byte[] content) throws IOException {
    Path dir = file.toAbsolutePath().getParent();
    if (dir == null) {
      throw new IOException(file + " has no directory");
    }
    Path fresh = Files.createTempFile(dir, "." + file.getFileName(), ".new", attributes("rw-------"));
    try {
      try (FileChannel out = FileChannel.open(fresh, Set.of(StandardOpenOption.WRITE))) {
        ByteBuffer left = ByteBuffer.wrap(content);
        while (left.hasRemaining()) {
          out.write(left);
        }
        out.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
    if (POSIX) {
      try (FileChannel d = FileChannel.open(dir, StandardOpenOption.READ)) {
        d.force(true);
      }
    }
  }

  /// Who but the owner may read the file, in words, or the empty text.
  public static String exposure(Path file) throws IOException {
    if (!POSIX) {
      return "";
    }
    String p = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    return p.endsWith("------") ? "" : file + " can be read by others (" + p + "): chmod 600 " + file;
  }
}

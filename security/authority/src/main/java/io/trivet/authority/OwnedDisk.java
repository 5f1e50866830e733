package io.trivet.authority;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The disk of this machine. Files and directories are their owner's alone from the first byte on, where the file system
/// knows permissions of that kind; elsewhere (Windows) those of the user's profile hold.
final class OwnedDisk implements Disk {
  @Override
  public boolean exists(Path file) {
    return Files.exists(file);
  }

  @Override
  public long size(Path file) throws IOException {
    return Files.size(file);
  }

  private static boolean posix(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private static FileAttribute<?>[] attributes(Path file, String permissions) {
    return posix(file)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))}
        : new FileAttribute<?>[0];
  }

  private static void refuseExposed(Path file, String mode) throws IOException {
    if (posix(file)) {
      String p = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
      if (!p.endsWith("------")) {
        throw new AuthorityException(file + " can be read by others (" + p + "): chmod " + mode + " " + file);
      }
    }
  }

  @Override
  public void directory(Path dir) throws IOException {
    if (Files.isDirectory(dir)) {
      refuseExposed(dir, "700");
      return;
    }
    Path parent = dir.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.createDirectory(dir, attributes(dir, "rwx------"));
  }

  @Override
  public byte[] read(Path file, int bytesMax) throws IOException {
    refuseExposed(file, "600");
    if (Files.size(file) > bytesMax) {
      throw new AuthorityException(file + ": " + Files.size(file) + " bytes, at most " + bytesMax + " are read");
    }
    return Files.readAllBytes(file);
  }

  @Override
  public void write(Path file, byte[] content) throws IOException {
    Path dir = parent(file);
    try {
      Path fresh = Files.createTempFile(dir, "." + file.getFileName(), ".new", attributes(file, "rw-------"));
      try {
        try (FileChannel out = FileChannel.open(fresh, Set.of(StandardOpenOption.WRITE))) {
          put(out, content);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(fresh);
      }
      settle(dir);
    } catch (IOException e) {
      throw unwritten(file, e);
    }
  }

  @Override
  public void append(Path file, byte[] content) throws IOException {
    boolean fresh = !Files.exists(file);
    try {
      try (FileChannel out = FileChannel.open(file,
          Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND), attributes(file, "rw-------"))) {
        put(out, content);
      }
      if (fresh) {
        settle(parent(file));
      }
    } catch (IOException e) {
      throw unwritten(file, e);
    }
  }

  @Override
  public void cut(Path file, long length) throws IOException {
    try (FileChannel out = FileChannel.open(file, Set.of(StandardOpenOption.WRITE))) {
      out.truncate(length);
      out.force(true);
    } catch (IOException e) {
      throw unwritten(file, e);
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    settle(from);
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    settle(parent(to));
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  @Override
  public Closeable lock(Path file) throws IOException {
    FileChannel held = FileChannel.open(file,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), attributes(file, "rw-------"));
    try {
      if (held.tryLock() != null) {
        return held;
      }
    } catch (OverlappingFileLockException e) {
      held.close();
      throw new AuthorityException(busy(file), e);
    }
    held.close();
    throw new AuthorityException(busy(file));
  }

  private static String busy(Path file) {
    return file + " is held by another command of the authority: wait until it has ended";
  }

  @Override
  public List<Path> list(Path dir) throws IOException {
    if (!Files.isDirectory(dir)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(dir)) {
      return files.sorted().toList();
    }
  }

  private static Path parent(Path file) throws IOException {
    Path dir = file.toAbsolutePath().getParent();
    if (dir == null) {
      throw new IOException(file + " has no directory");
    }
    return dir;
  }

  private static void put(FileChannel out, byte[] content) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(content);
    while (left.hasRemaining()) {
      out.write(left);
    }
    out.force(true);
  }

  /// A name is on the medium only when its directory is.
  private static void settle(Path dir) throws IOException {
    if (posix(dir)) {
      try (FileChannel d = FileChannel.open(dir, StandardOpenOption.READ)) {
        d.force(true);
      }
    }
  }

  private static IOException unwritten(Path file, IOException e) {
    String why = e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.getMessage();
    return new AuthorityException(file + " could not be written (" + why + "): what was there before stands", e);
  }
}

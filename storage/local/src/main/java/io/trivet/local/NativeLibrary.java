package io.trivet.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/// Unpacks RocksDB's native code once, not at each start. Left to itself RocksDB unpacks 17 MB into the system's
/// directory for temporary files each time, which is often mounted `noexec` and filled up by servers that were killed.
final class NativeLibrary {
  private static boolean loaded;

  private NativeLibrary() {}

  /// Loads the library from `directory`, after unpacking it there where it is missing or differs. The directory is as
  /// trusted as the program: only the server's user may write to it. Later calls do nothing.
  ///
  /// @throws IOException where it cannot be written or this platform has no library
  static synchronized void load(Path directory) throws IOException {
    if (loaded) {
      return;
    }
    // With musl libc the file's name differs; where it is not in the jar, RocksDB has no code for this platform.
    String name = Environment.getJniLibraryFileName("rocksdb");
    byte[] packed;
    try (InputStream in = RocksDB.class.getResourceAsStream("/" + name)) {
      if (in == null) {
        throw new IOException("RocksDB has no native code for this platform: " + name + " is missing");
      }
      packed = in.readAllBytes();
    }
    Files.createDirectories(directory);
    Path file = directory.resolve(name);
    if (!Files.exists(file) || differs(file, packed)) {
      // Another server may have loaded the old file: it keeps its own, as the name is moved and nothing overwritten.
      Path fresh = Files.createTempFile(directory, name, ".new");
      try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        java.nio.ByteBuffer bytes = java.nio.ByteBuffer.wrap(packed);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        // A file torn by a loss of power would crash the process that loads it; differs() would see it, but a rename
        // that overtakes the data need not be met at all.
        out.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
    RocksDB.loadLibrary(List.of(directory.toAbsolutePath().toString()));
    loaded = true;
  }

  /// As RocksDB does it, into a temporary directory: for tests and for who names no directory.
  static synchronized void load() {
    if (!loaded) {
      RocksDB.loadLibrary();
      loaded = true;
    }
  }

  private static boolean differs(Path file, byte[] packed) throws IOException {
    return Files.size(file) != packed.length || !java.util.Arrays.equals(Files.readAllBytes(file), packed);
  }
}

package io.trivet.local;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/// Unpacks RocksDB's native code once, not at each start. Left to itself RocksDB unpacks 17 MB into the
/// system's directory for temporary files each time, which is often mounted `noexec` and filled up by servers
/// that were killed.
final class NativeLibrary {
  private static boolean loaded;

  private NativeLibrary() {}

  /// Loads the library from `directory`, after unpacking it there where it is missing or differs. The
  /// directory is as trusted as the program: only the server's user may write to it. Later calls do nothing.
  ///
  /// @throws IOException where it cannot be written or this platform has no library
  static synchronized void load(Path directory) throws IOException {
    if (!loaded) {
      unpack(directory);
      RocksDB.loadLibrary(List.of(directory.toAbsolutePath().toString()));
      loaded = true;
    }
  }

  /// As RocksDB does it, into a temporary directory: for tests and for who named no directory before.
  static synchronized void load() {
    if (!loaded) {
      RocksDB.loadLibrary();
      loaded = true;
    }
  }

  /// @return the library's file
  static Path unpack(Path directory) throws IOException {
    String name = Environment.getJniLibraryFileName("rocksdb");
    URL packed = RocksDB.class.getResource("/" + name);
    if (packed == null) {
      throw new IOException("RocksDB has no native code for this platform: " + name + " is missing");
    }
    Files.createDirectories(directory);
    // RocksDB.loadLibrary asks for "librocksdbjnijni-…": it adds to its own name what is part of it already.
    Path file = directory.resolve(Environment.getJniLibraryFileName("rocksdbjni"));
    if (!isThere(file, packed)) {
      // Another server may have loaded the old file: it keeps its own, as the name is moved and nothing
      // overwritten.
      Path fresh = Files.createTempFile(directory, name, ".new");
      try (InputStream in = packed.openStream();
          FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes());
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        // A torn library would crash the process that loads it.
        out.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return file;
  }

  // The jar has size and checksum of what is packed in it: nothing is inflated to compare.
  private static boolean isThere(Path file, URL packed) throws IOException {
    if (!Files.exists(file)) {
      return false;
    }
    byte[] content = Files.readAllBytes(file);
    URLConnection connection = packed.openConnection();
    if (connection instanceof JarURLConnection jar) {
      CRC32 crc = new CRC32();
      crc.update(content);
      return jar.getJarEntry().getSize() == content.length && jar.getJarEntry().getCrc() == crc.getValue();
    }
    try (InputStream in = connection.getInputStream()) {
      return java.util.Arrays.equals(in.readAllBytes(), content);
    }
  }
}

package io.trivet.server;

import io.trivet.identity.OwnerOnly;
import io.trivet.server.config.ConfigException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;

/// Everything one server keeps, under one directory that only its owner may enter:
/// ```
/// data/
///   version          format of this directory
///   lock             held by whoever writes: the server, or a command while none runs
///   trivet.yaml      configuration        rules.yaml    who may do what
///   devices.json     the registry
///   ca/              ca.crt, ca.key, ca.crl
///   server.crt, .key the server's certificate, where none was configured
///   devices/NAME/    what `device add` wrote for a device
///   admin.sock       administration of the running server
/// ```
public final class DataDirectory {
  private static final String VERSION = "1";

  private final Path dir;

  private DataDirectory(Path dir) {
    this.dir = dir;
  }

  /// Opens the directory, or makes it.
  ///
  /// @throws ConfigException where it is of another version or cannot be used
  public static DataDirectory openOrCreate(Path dir) {
    DataDirectory d = new DataDirectory(dir.toAbsolutePath().normalize());
    try {
      OwnerOnly.directory(d.dir);
      Path version = d.dir.resolve("version");
      if (Files.exists(version)) {
        d.checkVersion();
      } else {
        OwnerOnly.write(version, (VERSION + "\n").getBytes(StandardCharsets.US_ASCII));
      }
      return d;
    } catch (IOException e) {
      throw new ConfigException(dir + ": cannot be used for data: " + e.getMessage(), e);
    }
  }

  /// Opens a directory that a server has made.
  ///
  /// @throws ConfigException where none has
  public static DataDirectory open(Path dir) {
    DataDirectory d = new DataDirectory(dir.toAbsolutePath().normalize());
    if (!Files.exists(d.dir.resolve("version"))) {
      throw new ConfigException(dir + ": holds no server's data; start one with 'trivet serve --data " + dir
          + "' or name another directory with --data");
    }
    try {
      d.checkVersion();
    } catch (IOException e) {
      throw new ConfigException(dir + ": cannot be read: " + e.getMessage(), e);
    }
    return d;
  }

  private void checkVersion() throws IOException {
    String found = Files.readString(dir.resolve("version")).strip();
    if (!found.equals(VERSION)) {
      throw new ConfigException(dir + ": data of format " + found + ", this server reads " + VERSION
          + ": use the release that wrote it, or another directory");
    }
  }

  public Path path() {
    return dir;
  }

  public Path file(String name) {
    return dir.resolve(name);
  }

  public Path config() {
    return dir.resolve("trivet.yaml");
  }

  public Path registry() {
    return dir.resolve("devices.json");
  }

  public Path authority() {
    return dir.resolve("ca");
  }

  /// Sessions and messages.
  public Path store() {
    return dir.resolve("store");
  }

  /// Native code, unpacked once.
  public Path libraries() {
    return dir.resolve("native");
  }

  public Path adminSocket() {
    return dir.resolve("admin.sock");
  }

  /// Becomes the one who writes here, until the lock is closed.
  ///
  /// @return absent while another process is
  public Optional<Lock> tryLock() {
    try {
      FileChannel channel = FileChannel.open(
          dir.resolve("lock"), Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE));
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return Optional.of(new Lock(channel));
        }
      } catch (OverlappingFileLockException e) {
        channel.close(); // this very process holds it
        return Optional.empty();
      }
      channel.close();
      return Optional.empty();
    } catch (IOException e) {
      throw new ConfigException(dir + ": cannot be locked: " + e.getMessage(), e);
    }
  }

  /// Who holds it may write.
  public static final class Lock implements AutoCloseable {
    private final FileChannel channel;

    private Lock(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new ConfigException("the data directory's lock could not be let go: " + e.getMessage(), e);
      }
    }
  }
}

package io.trivet.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.LoggerFactory;

/// Keeps a second server, or a check or restore, off a directory in use. RocksDB has a lock of its own, but
/// takes it when it opens: by then a torn log has been cut, and that must never be the log of a server that
/// runs.
///
/// The operating system lifts the lock when the process ends, however it ends.
final class DirectoryLock implements AutoCloseable {
  static final String NAME = "trivet.lock";

  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /// Makes the directory where it is missing.
  static DirectoryLock take(Path directory) throws IOException {
    FileChannel channel;
    try {
      Files.createDirectories(directory);
      channel = FileChannel.open(
          directory.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw EngineException.of(e, "opening the store", directory);
    }
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return new DirectoryLock(channel);
      }
    } catch (OverlappingFileLockException _) {
      // Held by this process: the same answer as for another one's.
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new EngineException(EngineException.Kind.IO,
        "the store in " + directory
            + " is in use by another server: stop that one, or give this one its own directory",
        null);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LoggerFactory.getLogger(DirectoryLock.class).warn("closing {}: {}", NAME, e.getMessage());
    }
  }
}

package io.trivet.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/// A walk with an iterator that the engine may free at any time: each step holds the engine's lock and looks.
final class RocksCursor implements Engine.Cursor {
  private final RocksRange range;
  private final Lock use;
  private final Path directory;
  private final Consumer<RocksCursor> closed;
  private boolean started;
  private boolean freed;
  // Copied while the lock is held, so that reading them needs none and cannot fail.
  private byte @Nullable [] key;
  private byte @Nullable [] value;

  /// @param range whose iterator stands on the first entry
  /// @param closed told once
  RocksCursor(RocksRange range, Lock use, Path directory, Consumer<RocksCursor> closed) {
    this.range = range;
    this.use = use;
    this.directory = directory;
    this.closed = closed;
  }

  @Override
  public boolean next() throws IOException {
    use.lock();
    try {
      if (freed) {
        throw EngineException.closed(directory);
      }
      RocksIterator iterator = range.iterator();
      if (started && iterator.isValid()) {
        iterator.next();
      }
      started = true;
      if (iterator.isValid()) {
        key = iterator.key();
        value = iterator.value();
        return true;
      }
      key = null;
      value = null;
      // The end, or what could not be read.
      iterator.status();
      return false;
    } catch (RocksDBException e) {
      throw EngineException.of(e, "reading from the store", directory);
    } finally {
      use.unlock();
    }
  }

  @Override
  public byte[] key() {
    return EmptyCursor.entry(key);
  }

  @Override
  public byte[] value() {
    return EmptyCursor.entry(value);
  }

  @Override
  public void close() {
    use.lock();
    try {
      free();
      closed.accept(this);
    } finally {
      use.unlock();
    }
  }

  /// By the engine, which holds its other lock, or by this cursor's reader.
  void free() {
    if (!freed) {
      freed = true;
      range.close();
    }
  }
}

package io.trivet.local;

import io.trivet.local.Changes.Change.DeleteRange;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.Range;
import org.rocksdb.RocksDBException;
import org.rocksdb.SizeApproximationFlag;
import org.rocksdb.Slice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives the space of deleted ranges back soon. To RocksDB a deleted range is one small entry: nothing is
/// compacted for it, and a gigabyte below it stays until something else is written there, or for a day.
/// Entries that are deleted one by one need none of this: tables that are full of such deletions are
/// compacted as soon as they are written.
///
/// A thread of its own looks now and then at what was deleted and compacts the ranges that are worth it, one
/// at a time. What is lost of this list, by a crash or because it is full, costs space until the next day and
/// nothing else.
final class RocksTrim {
  private static final Logger LOG = LoggerFactory.getLogger(RocksTrim.class);
  private static final int PENDING_MAX = 64;
  private static final long WORTH_BYTES = 4 << 20;

  private final Deque<DeleteRange> pending = new ArrayDeque<>();
  private boolean freed;
  private final CompactRangeOptions options = new CompactRangeOptions()
      // Others go on, and no writer waits for this.
      .setExclusiveManualCompaction(false)
      .setAllowWriteStall(false)
      .setMaxSubcompactions(1)
      .setBottommostLevelCompaction(CompactRangeOptions.BottommostLevelCompaction.kForceOptimized);

  /// Remembers what was written as deleted; neighbours become one.
  synchronized void deleted(DeleteRange range) {
    Iterator<DeleteRange> newestFirst = pending.descendingIterator();
    while (newestFirst.hasNext()) {
      DeleteRange known = newestFirst.next();
      if (known.family() == range.family()
          && Arrays.compareUnsigned(known.from(), range.from()) <= 0
          && Arrays.compareUnsigned(range.from(), known.to()) <= 0) {
        newestFirst.remove();
        byte[] end = Arrays.compareUnsigned(known.to(), range.to()) < 0 ? range.to() : known.to();
        pending.add(new DeleteRange(range.family(), known.from(), end));
        return;
      }
    }
    if (pending.size() == PENDING_MAX) {
      pending.remove();
    }
    pending.add(range);
  }

  private synchronized @Nullable DeleteRange take() {
    return pending.poll();
  }

  /// Compacts what is worth it of all that was deleted until now. The caller keeps the database open.
  void trim(RocksDatabase database) {
    for (DeleteRange range = take(); range != null && !options.canceled(); range = take()) {
      try {
        if (bytes(database, range) >= WORTH_BYTES) {
          ColumnFamilyHandle handle = database.handle(range.family());
          database.rocks().compactRange(handle, range.from(), range.to(), options);
        }
      } catch (RocksDBException e) {
        if (!options.canceled()) {
          // The next write meets the same fault if it lasts, and reports it.
          LOG.warn("giving back what was deleted from {}: {}", range.family(), e.getMessage());
        }
        return;
      }
    }
  }

  private static long bytes(RocksDatabase database, DeleteRange range) {
    try (Slice from = new Slice(range.from());
        Slice to = new Slice(range.to())) {
      ColumnFamilyHandle handle = database.handle(range.family());
      List<Range> one = List.of(new Range(from, to));
      return database.rocks().getApproximateSizes(handle, one, SizeApproximationFlag.INCLUDE_FILES)[0];
    }
  }

  /// Has a [#trim] that runs return soon, and later ones do nothing, until [#resume].
  synchronized void cancel() {
    if (!freed) {
      options.setCanceled(true);
    }
  }

  synchronized void resume() {
    options.setCanceled(false);
  }

  /// To be called when no [#trim] runs and none will.
  synchronized void free() {
    freed = true;
    options.close();
  }
}

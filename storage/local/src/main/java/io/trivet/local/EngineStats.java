package io.trivet.local;

import java.util.Map;

/// What the engine holds and does at a moment. Estimates where RocksDB only has those.
///
/// @param tableBytes on disk, in sorted tables, replaced ones that are still read included
/// @param tables files of these
/// @param logBytes on disk, in the write-ahead log: what a start after a crash reads at most
/// @param memtableBytes in memory, not yet in tables
/// @param cacheBytes in memory, of tables, indexes and filters
/// @param readerBytes in memory, for open tables
/// @param entries how many of each family, deleted ones that were not yet compacted away left out as far as
///     known
/// @param pendingCompactionBytes to be rewritten
/// @param backgroundErrors of flushes and compactions, since it was opened
public record EngineStats(long tableBytes, int tables, long logBytes, long memtableBytes, long cacheBytes,
    long readerBytes, Map<String, Long> entries, long pendingCompactionBytes, int runningCompactions,
    int runningFlushes, long backgroundErrors, Stall stall) {

  /// Whether RocksDB holds writers back, because flushes or compactions do not keep up.
  public enum Stall {
    NONE,
    SLOWED,
    STOPPED
  }

  public EngineStats {
    entries = Map.copyOf(entries);
  }

  public long diskBytes() {
    return tableBytes + logBytes;
  }

  public long memoryBytes() {
    return memtableBytes + cacheBytes + readerBytes;
  }
}

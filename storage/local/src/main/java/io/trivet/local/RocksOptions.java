package io.trivet.local;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.rocksdb.AbstractImmutableNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.TablePropertiesCollectorFactory;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteOptions;
import org.rocksdb.util.Environment;

/// RocksDB set up for a broker: most entries are queue entries, written once, read once or never, and deleted
/// soon.
///
/// The writer must never wait for anything but its own fdatasync, so whatever RocksDB does to slow writers
/// down is moved out of reach or kept from being needed; memory, log and threads are bounded.
final class RocksOptions implements AutoCloseable {
  // Native objects, to be freed in the opposite order.
  private final Deque<AbstractImmutableNativeReference> owned = new ArrayDeque<>();

  private final Cache cache;
  private final DBOptions database;
  private final List<ColumnFamilyDescriptor> families = new ArrayList<>();
  private final WriteOptions synced;
  private final WriteOptions unsynced;
  private final ReadOptions reads;

  RocksOptions(EngineOptions options) {
    cache = own(new LRUCache(options.cacheBytes(), -1, false, 0.5));
    database = database(options);
    ColumnFamilyOptions large = family(options.memtableBytes() / 2);
    ColumnFamilyOptions small = family(Math.max(1 << 20, options.memtableBytes() / 8));
    families.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, small));
    for (Family family : Family.values()) {
      boolean isLarge = switch (family) {
        case INBOXES, MESSAGES, RETAINED -> true;
        case META, SESSIONS, SUBSCRIPTIONS, RECEIVED, WILLS, HEADS, REFERENCES, RELEASED, EXPIRIES, DOOMED -> false;
      };
      families.add(new ColumnFamilyDescriptor(name(family), isLarge ? large : small));
    }
    synced = own(new WriteOptions().setSync(true));
    unsynced = own(new WriteOptions());
    reads = own(reads(new ReadOptions()));
  }

  static byte[] name(Family family) {
    return family.name().toLowerCase(Locale.ROOT).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  }

  private DBOptions database(EngineOptions options) {
    return own(new DBOptions())
        .setCreateIfMissing(true)
        .setCreateMissingColumnFamilies(true)
        // Every checksum and consistency check RocksDB has for what it reads; damage is never passed over.
        .setParanoidChecks(true)
        // WalCheck has cut a torn tail by then and refused what is damaged elsewhere; in this mode RocksDB,
        // too, refuses a damaged record instead of dropping silently what stands behind it, as its default
        // does.
        .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
        // What recovery reads from the log it sorts into tables and syncs (avoid_flush_during_recovery stays
        // off): after a failed fdatasync the log's pages may look whole in memory and not be on disk.
        .setAvoidFlushDuringRecovery(false)
        // The log has it all: a stop need not wait for tables to be written.
        .setAvoidFlushDuringShutdown(true)
        // fdatasync: of a file's times nobody needs to know.
        .setUseFsync(false)
        // Bounds how much a start after a crash reads again. A family that is hardly ever written would
        // otherwise hold the log for ever.
        .setMaxTotalWalSize(options.walBytesMax())
        .setDbWriteBufferSize(options.memtableBytes())
        .setMaxBackgroundJobs(options.backgroundJobs())
        .setMaxSubcompactions(1)
        // Table files reach the disk in steps of 1 MiB while they are written. Otherwise one fsync at their
        // end makes the device busy for as long as it takes to write 64 MB, and the log's fdatasync waits
        // behind it. No rate limiter: it would let level 0 pile up, and that stalls the writer.
        .setBytesPerSync(1 << 20)
        .setMaxOpenFiles(options.openFilesMax())
        // One thread writes.
        .setAllowConcurrentMemtableWrite(false)
        // Files that a closing cursor was the last to need are removed by a background thread, not by its
        // reader.
        .setAvoidUnnecessaryBlockingIO(true)
        .setSkipStatsUpdateOnDbOpen(true)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setMaxLogFileSize(4 << 20)
        .setKeepLogFileNum(3)
        .setMaxManifestFileSize(16 << 20);
  }

  private ColumnFamilyOptions family(long memtableBytes) {
    BlockBasedTableConfig table = new BlockBasedTableConfig()
        .setBlockCache(cache)
        // Indexes and filters count against the cache: memory does not grow with what is stored.
        .setCacheIndexAndFilterBlocks(true)
        .setCacheIndexAndFilterBlocksWithHighPriority(true)
        .setPinL0FilterAndIndexBlocksInCache(true)
        .setIndexType(IndexType.kTwoLevelIndexSearch)
        .setPartitionFilters(true)
        .setPinTopLevelIndexAndFilter(true)
        // Is a packet id received, a message still referred to? Mostly not, and then no block is read.
        .setFilterPolicy(own(new BloomFilter(10)))
        .setOptimizeFiltersForMemory(true)
        .setBlockSize(8 << 10);
    // A table in which half of any 4,096 neighbours are tombstones is compacted at once: it is the emptied
    // part of an inbox, through which every scan would wade. (Only Options takes a collector.)
    Options base = own(new Options());
    base.setTablePropertiesCollectorFactory(
        List.of(own(TablePropertiesCollectorFactory.NewCompactOnDeletionCollectorFactory(4096, 2048, 0.5))));
    return own(new ColumnFamilyOptions(base))
        .setTableFormatConfig(table)
        .setCompressionType(compression())
        .setWriteBufferSize(memtableBytes)
        // While one memtable is flushed others fill; the sum is bounded by db_write_buffer_size all the same,
        // so the writer does not wait for a slow flush until eight are full.
        .setMaxWriteBufferNumber(8)
        .setLevelCompactionDynamicLevelBytes(true)
        .setTargetFileSizeBase(32 << 20)
        .setMaxBytesForLevelBase(128L << 20)
        // Writers are slowed down only when compaction is hopelessly behind; reads get slower long before, as
        // each looks into every file of level 0.
        .setLevel0FileNumCompactionTrigger(4)
        .setLevel0SlowdownWritesTrigger(60)
        .setLevel0StopWritesTrigger(120)
        .setSoftPendingCompactionBytesLimit(256L << 30)
        .setHardPendingCompactionBytesLimit(1L << 40)
        // What was not rewritten in a day is: tombstones that met no newer data go, and give their space
        // back.
        .setPeriodicCompactionSeconds(24 * 3600);
  }

  /// LZ4, where the native code has it: it costs less than the writing it saves.
  private static CompressionType compression() {
    return Environment.is64Bit() ? CompressionType.LZ4_COMPRESSION : CompressionType.NO_COMPRESSION;
  }

  /// Total order: never by prefix only. Checksums are verified on every block that is read from disk.
  static ReadOptions reads(ReadOptions options) {
    return options.setVerifyChecksums(true).setTotalOrderSeek(true).setBackgroundPurgeOnIteratorCleanup(true);
  }

  Cache cache() {
    return cache;
  }

  DBOptions database() {
    return database;
  }

  /// RocksDB's default family, which stays empty, and after it those of [Family] in their order.
  List<ColumnFamilyDescriptor> families() {
    return families;
  }

  WriteOptions writes(boolean sync) {
    return sync ? synced : unsynced;
  }

  ReadOptions reads() {
    return reads;
  }

  @Override
  public void close() {
    while (!owned.isEmpty()) {
      owned.pop().close();
    }
  }

  private <T extends AbstractImmutableNativeReference> T own(T reference) {
    owned.push(reference);
    return reference;
  }
}

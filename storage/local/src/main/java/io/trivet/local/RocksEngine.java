package io.trivet.local;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The engine on RocksDB: one column family for each [Family], one write-ahead log for all.
///
/// RocksDB's objects are pointers: a call on one that is freed ends the process. So every call holds the read
/// lock, and whoever frees holds the write lock and has freed every cursor before.
final class RocksEngine implements Engine {
  private static final Logger LOG = LoggerFactory.getLogger(RocksEngine.class);

  private static final Duration TRIM_EVERY = Duration.ofSeconds(2);

  private final Path directory;
  private final EngineOptions options;
  private final DirectoryLock lock;
  // Finding it reads the list of mounts; asking it is one call.
  private final FileStore fileStore;
  private final Lock use;
  private final Lock change;
  private final RocksSnapshots snapshots;
  private final RocksTrim trim = new RocksTrim();
  private final ScheduledExecutorService trimmer;
  private final Set<RocksCursor> cursors = ConcurrentHashMap.newKeySet();

  private @Nullable RocksDatabase opened;
  private boolean closed;
  // Of the writing thread alone.
  private volatile @Nullable EngineException failure;
  private volatile boolean dirty;
  // RocksDB's number of the last entry that is on disk for certain.
  private volatile long synced;
  // The same when it was opened.
  private volatile long base;
  private volatile WalCheck.Report found = WalCheck.Report.NONE;

  private RocksEngine(Path directory, EngineOptions options, DirectoryLock lock, FileStore fileStore) {
    this.directory = directory;
    this.fileStore = fileStore;
    this.options = options;
    this.lock = lock;
    snapshots = new RocksSnapshots(directory);
    ReentrantReadWriteLock both = new ReentrantReadWriteLock();
    use = both.readLock();
    change = both.writeLock();
    trimmer = Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().daemon().name("store-trim").factory());
    long millis = TRIM_EVERY.toMillis();
    trimmer.scheduleWithFixedDelay(this::trim, millis, millis, TimeUnit.MILLISECONDS);
  }

  /// Opens the store in `directory`, an empty one where there is none.
  ///
  /// @throws EngineException also where another process has it open
  static RocksEngine open(Path directory, EngineOptions options) throws IOException {
    NativeLibrary.load();
    DirectoryLock lock = DirectoryLock.take(directory);
    RocksEngine engine;
    try {
      engine = new RocksEngine(directory, options, lock, Files.getFileStore(directory));
    } catch (IOException | RuntimeException | Error e) {
      lock.close();
      throw e;
    }
    try {
      engine.opened = engine.openDatabase();
      return engine;
    } catch (IOException | RuntimeException | Error e) {
      engine.close();
      throw e;
    }
  }

  private RocksDatabase openDatabase() throws IOException {
    snapshots.forget();
    found = WalCheck.run(directory, WalCheck.Mode.CUT_TORN);
    RocksDatabase database = RocksDatabase.open(directory, options);
    // Opening sorts what it read from the log into tables and syncs them.
    base = database.rocks().getLatestSequenceNumber();
    synced = base;
    return database;
  }

  @Override
  public void write(Changes changes, boolean sync) throws IOException {
    use.lock();
    try {
      RocksDatabase now = opened();
      EngineException earlier = failure;
      if (earlier != null) {
        throw new EngineException(earlier.kind(),
            "the store has to be opened anew first, since an earlier write failed: " + earlier.getMessage(),
            earlier);
      }
      try {
        write(now, changes, sync);
      } catch (RocksDBException e) {
        EngineException failed = EngineException.of(e, "writing to the store", directory);
        failure = failed;
        throw failed;
      }
    } finally {
      use.unlock();
    }
  }

  private void write(RocksDatabase now, Changes changes, boolean sync) throws RocksDBException {
    if (BatchEncoding.isNothing(changes)) {
      if (sync && dirty) {
        now.rocks().syncWal();
        settle(now);
      }
      return;
    }
    try (WriteBatch batch = new WriteBatch(now.encoding().encode(changes, synced, base))) {
      now.rocks().write(now.options().writes(sync), batch);
    }
    if (sync) {
      settle(now);
    } else {
      dirty = true;
    }
    for (Changes.Change change : changes.list()) {
      if (change instanceof Changes.Change.DeleteRange range && !BatchEncoding.isEmpty(range)) {
        trim.deleted(range);
      }
    }
  }

  private void trim() {
    use.lock();
    try {
      RocksDatabase now = opened;
      if (now != null) {
        trim.trim(now);
      }
    } finally {
      use.unlock();
    }
  }

  private void settle(RocksDatabase now) {
    dirty = false;
    synced = now.rocks().getLatestSequenceNumber();
  }

  @Override
  public byte @Nullable [] get(Family family, byte[] key) throws IOException {
    use.lock();
    try {
      RocksDatabase now = opened();
      return now.rocks().get(now.handle(family), now.options().reads(), key);
    } catch (RocksDBException e) {
      throw EngineException.of(e, "reading from the store", directory);
    } finally {
      use.unlock();
    }
  }

  @Override
  public Cursor scan(Family family, byte[] from, byte[] to) throws IOException {
    use.lock();
    try {
      RocksDatabase now = opened();
      if (Arrays.compareUnsigned(from, to) >= 0) {
        return new EmptyCursor();
      }
      RocksRange range = new RocksRange(now, family, from, to);
      range.iterator().seekToFirst();
      RocksCursor cursor = new RocksCursor(range, use, directory, cursors::remove);
      cursors.add(cursor);
      return cursor;
    } finally {
      use.unlock();
    }
  }

  @Override
  public byte @Nullable [] lastKey(Family family, byte[] from, byte[] to) throws IOException {
    use.lock();
    try {
      RocksDatabase now = opened();
      if (Arrays.compareUnsigned(from, to) >= 0) {
        return null;
      }
      try (RocksRange range = new RocksRange(now, family, from, to)) {
        range.iterator().seekToLast();
        if (range.iterator().isValid()) {
          return range.iterator().key();
        }
        range.iterator().status();
        return null;
      }
    } catch (RocksDBException e) {
      throw EngineException.of(e, "reading from the store", directory);
    } finally {
      use.unlock();
    }
  }

  @Override
  public void reopen() throws IOException {
    trim.cancel();
    change.lock();
    try {
      if (closed) {
        throw EngineException.closed(directory);
      }
      closeDatabase();
      opened = openDatabase();
      trim.resume();
      failure = null;
      dirty = false;
    } finally {
      change.unlock();
    }
  }

  @Override
  public long usableBytes() throws IOException {
    return fileStore.getUsableSpace();
  }

  /// Ends every cursor. What was written and not synced is synced; nothing is moved from the log into tables,
  /// as the next start reads it from the log.
  @Override
  public void close() {
    trim.cancel();
    trimmer.shutdown();
    change.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      closeDatabase();
      trim.free();
      lock.close();
    } finally {
      change.unlock();
    }
  }

  private void closeDatabase() {
    cursors.forEach(RocksCursor::free);
    cursors.clear();
    RocksDatabase now = opened;
    opened = null;
    if (now == null) {
      return;
    }
    try {
      if (failure == null) {
        seal(now);
      }
    } catch (RocksDBException e) {
      // Nobody was promised that it is on disk; who stops the server should know all the same.
      LOG.warn("{}", EngineException.of(e, "syncing the store's log", directory).getMessage());
    } finally {
      now.close();
    }
  }

  /// Syncs, and says so behind the last group: after an orderly stop damage to it is no torn tail.
  private void seal(RocksDatabase now) throws RocksDBException {
    if (dirty) {
      now.rocks().syncWal();
      settle(now);
    }
    if (synced > base) {
      try (WriteBatch seal = new WriteBatch(now.encoding().encode(new Changes(), synced, base))) {
        now.rocks().write(now.options().writes(true), seal);
      }
    }
  }

  /// Loads the native code from a directory, see [NativeLibrary#load(Path)]; without this it is unpacked anew
  /// at each start, into the system's temporary directory. To be called before the first engine is opened.
  static void loadLibrary(Path directory) throws IOException {
    NativeLibrary.load(directory);
  }

  /// Cheap enough for every few seconds: it reads counters, and the directory's names and sizes.
  EngineStats stats() throws IOException {
    use.lock();
    try {
      return RocksStats.read(opened().rocks(), opened().handles(), opened().options().cache(), directory);
    } catch (RocksDBException e) {
      throw EngineException.of(e, "asking the store for its sizes", directory);
    } finally {
      use.unlock();
    }
  }

  /// Reads every table that is in use, with its checksums, while the engine goes on. The log was read when it
  /// was opened, and what was written to it since is in memory, too.
  StoreCheck verify(Progress progress) throws IOException {
    Map<String, Long> tables = new LinkedHashMap<>();
    use.lock();
    try {
      opened().rocks().getLiveFilesMetaData()
          .forEach(file -> tables.put(file.fileName().substring(1), file.size()));
    } finally {
      use.unlock();
    }
    return StoreCheck.tables(directory, tables, progress);
  }

  /// Copies the store as it is at a moment into one file, see [RocksSnapshots#take].
  ///
  /// @param extras further files, by the names they get behind [Backup#EXTRA]
  void snapshot(Path file, Map<String, Path> extras, Progress progress) throws IOException {
    snapshots.take(file, extras, progress, this::checkpoint);
  }

  private void checkpoint(Path links) throws IOException {
    use.lock();
    try (Checkpoint checkpoint = Checkpoint.create(opened().rocks())) {
      checkpoint.createCheckpoint(links.toString());
    } catch (RocksDBException e) {
      throw EngineException.of(e, "linking the store's files for a backup", directory);
    } finally {
      use.unlock();
    }
  }

  /// What the last opening found in the log: what it cut off is for the operator to know.
  WalCheck.Report found() {
    return found;
  }

  Path directory() {
    return directory;
  }

  private RocksDatabase opened() throws EngineException {
    RocksDatabase now = opened;
    if (now == null) {
      throw EngineException.closed(directory);
    }
    return now;
  }
}

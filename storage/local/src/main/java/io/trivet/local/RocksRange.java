package io.trivet.local;

import org.rocksdb.ReadOptions;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/// An iterator that cannot leave its range: RocksDB does not look at entries, or tombstones, beyond the
/// bounds.
final class RocksRange implements AutoCloseable {
  private final Slice from;
  private final Slice to;
  private final ReadOptions reads;
  private final RocksIterator iterator;

  RocksRange(RocksDatabase database, Family family, byte[] first, byte[] end) {
    from = new Slice(first);
    to = new Slice(end);
    reads = RocksOptions.reads(new ReadOptions()).setIterateLowerBound(from).setIterateUpperBound(to);
    iterator = database.rocks().newIterator(database.handle(family), reads);
  }

  RocksIterator iterator() {
    return iterator;
  }

  // The iterator points into what the others hold.
  @Override
  public void close() {
    iterator.close();
    reads.close();
    from.close();
    to.close();
  }
}

package io.trivet.local;

/// What the engine may use.
///
/// @param memtableBytes what was written and not yet sorted into a table file, over all families
/// @param cacheBytes blocks of table files, their indexes and filters included
/// @param walBytesMax log that a start after a crash reads again at most; past it the oldest is sorted into
///     tables
/// @param backgroundJobs threads that flush and compact
/// @param openFilesMax table files kept open
public record EngineOptions(
    long memtableBytes, long cacheBytes, long walBytesMax, int backgroundJobs, int openFilesMax) {

  /// About 150 MiB at most, for a broker on two cores and more.
  public static final EngineOptions DEFAULT =
      new EngineOptions(64L << 20, 64L << 20, 128L << 20, 2, 512);

  public EngineOptions {
    check("memtable-bytes", memtableBytes, 1L << 20, 1L << 36);
    check("cache-bytes", cacheBytes, 1L << 20, 1L << 40);
    check("wal-bytes-max", walBytesMax, 1L << 20, 1L << 36);
    check("background-jobs", backgroundJobs, 2, 64);
    check("open-files-max", openFilesMax, 64, 1 << 20);
  }

  private static void check(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " = " + value + ": give a value from " + least + " to " + most);
    }
  }
}

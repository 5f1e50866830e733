package io.trivet.local;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// How every group in the log begins, gathered from its fragments:
/// ```
/// sequence u64 LE | count u32 LE | 0x03 | 0x10 | synced u64 LE | base u64 LE
/// ```
/// The number of its first entry, how many are numbered, and RocksDB's entry for what stands in the log
/// alone: here the number of the last entry known to be on disk when the group was written, and of the last
/// one when the store was opened, which is in a table and no longer in the log.
final class RecordHead {
  static final int BYTES = 30;
  /// RocksDB keeps eight bits of the number for the kind of entry.
  static final long LARGEST_SEQUENCE = (1L << 56) - 1;
  private static final int NUMBERS_BYTES = 12;
  /// kTypeLogData.
  static final byte LOG_DATA = 0x3;
  static final byte LOG_DATA_BYTES = 2 * Long.BYTES;

  private final byte[] bytes = new byte[BYTES];
  private final ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  private int filled;

  void begin(WalReader reader) {
    filled = reader.copy(bytes, 0);
  }

  void append(WalReader reader) {
    filled += reader.copy(bytes, filled);
  }

  void read(byte[] block, int from) {
    System.arraycopy(block, from, bytes, 0, BYTES);
    filled = BYTES;
  }

  boolean isWhole() {
    return filled == BYTES;
  }

  /// Whether sequence and count are there.
  boolean hasNumbers() {
    return filled >= NUMBERS_BYTES;
  }

  long sequence() {
    return view.getLong(0);
  }

  long count() {
    return view.getInt(8) & 0xffff_ffffL;
  }

  /// Whether this store wrote it.
  boolean isMarked() {
    return filled == BYTES && bytes[12] == LOG_DATA && bytes[13] == LOG_DATA_BYTES;
  }

  long synced() {
    return view.getLong(14);
  }

  long base() {
    return view.getLong(22);
  }
}

package io.trivet.local;

import io.trivet.local.Changes.Change;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/// RocksDB's own form of a write batch, so that a group crosses into native code once and not once an entry:
/// ```
/// sequence u64 LE (0: RocksDB sets it) | count u32 LE | 0x03 | 0x10 | synced u64 LE | base u64 LE | entry...
/// entry: tag u8 | family varint | key length varint | key [ | value or end length varint | value or end ]
/// ```
/// The first entry stands in the log alone and has no number: how far the log was known to be on disk when
/// the group was written, and when the store was opened. [WalCheck] tells by it what may be torn from what
/// must not be missing.
///
/// Source: RocksDB, `db/write_batch.cc` and `db/dbformat.h`; a test compares these bytes with what RocksDB
/// makes.
final class BatchEncoding {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  // kTypeColumnFamilyDeletion, kTypeColumnFamilyValue, kTypeColumnFamilyRangeDeletion. The tags without a
  // family are for family 0, RocksDB's default, which the store leaves empty.
  private static final byte DELETE = 0x4;
  private static final byte PUT = 0x5;
  private static final byte DELETE_RANGE = 0xE;

  private final EnumMap<Family, Integer> ids;
  private byte[] out = {};
  private int at;

  /// @param ids RocksDB's number of each family; none is 0
  BatchEncoding(Map<Family, Integer> ids) {
    this.ids = new EnumMap<>(ids);
  }

  /// The batch. An empty range stands in it as nothing: RocksDB would refuse the batch after it wrote it to
  /// the log.
  ///
  /// @param synced RocksDB's number of the last entry that is on disk for certain
  /// @param base of the last entry that there was when the store was opened
  byte[] encode(Changes changes, long synced, long base) {
    long size = RecordHead.BYTES;
    for (Change change : changes.list()) {
      size += switch (change) {
        case Change.Put put -> bytes(put.family(), put.key()) + bytes(put.value());
        case Change.Delete delete -> bytes(delete.family(), delete.key());
        case Change.DeleteRange range ->
          isEmpty(range) ? 0L : bytes(range.family(), range.from()) + bytes(range.to());
      };
    }
    out = new byte[Math.toIntExact(size)];
    at = RecordHead.BYTES;
    int count = 0;
    for (Change change : changes.list()) {
      count += encode(change);
    }
    INT.set(out, 8, count);
    out[12] = RecordHead.LOG_DATA;
    out[13] = RecordHead.LOG_DATA_BYTES;
    LONG.set(out, 14, synced);
    LONG.set(out, 22, base);
    assert at == out.length;
    byte[] batch = out;
    out = new byte[0];
    return batch;
  }

  /// Whether nothing would be done. Such a group must not reach the log but as its last: it has no number,
  /// and the next one could not say that it was synced.
  static boolean isNothing(Changes changes) {
    return changes.list().stream().allMatch(c -> c instanceof Change.DeleteRange range && isEmpty(range));
  }

  /// Whether no key stands in it.
  static boolean isEmpty(Change.DeleteRange range) {
    return java.util.Arrays.compareUnsigned(range.from(), range.to()) >= 0;
  }

  private int encode(Change change) {
    switch (change) {
      case Change.Put put -> {
        begin(PUT, put.family(), put.key());
        append(put.value());
      }
      case Change.Delete delete -> begin(DELETE, delete.family(), delete.key());
      case Change.DeleteRange range -> {
        if (isEmpty(range)) {
          return 0;
        }
        begin(DELETE_RANGE, range.family(), range.from());
        append(range.to());
      }
    }
    return 1;
  }

  private void begin(byte tag, Family family, byte[] key) {
    out[at++] = tag;
    varint(id(family));
    append(key);
  }

  private void append(byte[] bytes) {
    varint(bytes.length);
    System.arraycopy(bytes, 0, out, at, bytes.length);
    at += bytes.length;
  }

  private int id(Family family) {
    return Objects.requireNonNull(ids.get(family));
  }

  private void varint(int value) {
    int rest = value;
    while (rest >= 0x80) {
      out[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    out[at++] = (byte) rest;
  }

  private long bytes(Family family, byte[] key) {
    return 1L + varintBytes(id(family)) + bytes(key);
  }

  private static long bytes(byte[] value) {
    return (long) varintBytes(value.length) + value.length;
  }

  private static int varintBytes(int value) {
    return 1 + (31 - Integer.numberOfLeadingZeros(value | 1)) / 7;
  }
}

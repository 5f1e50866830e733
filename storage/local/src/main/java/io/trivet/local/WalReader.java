package io.trivet.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/// Reads one of RocksDB's write-ahead logs, fragment by fragment, one block in memory at a time.
/// ```
/// log:      block of 32,768 bytes... | last block, shorter
/// block:    fragment... | zeros, where less than a header is left
/// fragment: crc32c of all that follows, masked, u32 LE | length u16 LE | type u8 | [log number u32 LE] | bytes
/// record:   FULL, or FIRST MIDDLE... LAST
/// ```
/// The log number stands where a log reuses an older one's file (types 5 to 8); what bears another number is
/// left over. Source: RocksDB, `db/log_format.h` and `db/log_reader.cc`.
final class WalReader implements AutoCloseable {
  static final int BLOCK_BYTES = 32_768;
  private static final int HEADER_BYTES = 7;
  private static final int RECYCLED_HEADER_BYTES = 11;
  // What marks the settings of a log (compression, timestamps), which this store never turns on.
  private static final int LARGEST_TYPE = 8;

  enum Fragment {
    FULL,
    FIRST,
    MIDDLE,
    LAST,
    /// Nothing more of this log.
    END,
    /// What stands here was not written as it is. The reader stays there until [#resync].
    BAD
  }

  private final FileChannel channel;
  private final int logNumber;
  private final long size;
  private final byte[] block = new byte[BLOCK_BYTES];
  private final ByteBuffer view = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
  private final CRC32C crc = new CRC32C();

  private long blockStart = -BLOCK_BYTES;
  private int limit = BLOCK_BYTES;
  // The next fragment, and the one that next() answered last.
  private int at = BLOCK_BYTES;
  private int start;
  private int payload;
  private int length;
  private String why = "";

  /// @param number the log's, from its name
  WalReader(Path file, long number) throws IOException {
    channel = FileChannel.open(file, StandardOpenOption.READ);
    size = channel.size();
    logNumber = (int) number;
  }

  Fragment next() throws IOException {
    while (limit - at < HEADER_BYTES || isPadding()) {
      if (limit < BLOCK_BYTES) {
        start = at;
        return at == limit ? Fragment.END : bad("cut off within a header");
      }
      if (!load()) {
        start = at;
        return Fragment.END;
      }
    }
    start = at;
    int type = block[at + 6];
    if (type == 0) {
      return bad("zeros, or no header");
    }
    boolean recycled = type >= 5;
    int header = recycled ? RECYCLED_HEADER_BYTES : HEADER_BYTES;
    if (type < 0 || type > LARGEST_TYPE) {
      return bad("unknown type " + (type & 0xff));
    }
    payload = at + header;
    length = view.getShort(at + 4) & 0xffff;
    if (payload + length > limit) {
      return bad(limit < BLOCK_BYTES ? "cut off" : "a length past the block's end");
    }
    if (!checks()) {
      return bad("checksum mismatch");
    }
    if (recycled && view.getInt(at + 7) != logNumber) {
      return Fragment.END;
    }
    at = payload + length;
    return fragment(recycled ? type - 4 : type);
  }

  /// Where the fragment that [#next] answered last begins, or what is bad, or the end.
  long offset() {
    return blockStart + start;
  }

  /// What is bad.
  String why() {
    return why;
  }

  /// Copies bytes of the last fragment.
  ///
  /// @return how many
  int copy(byte[] target, int offset) {
    int bytes = Math.min(length, target.length - offset);
    System.arraycopy(block, payload, target, offset, bytes);
    return bytes;
  }

  long size() {
    return size;
  }

  /// Has [#next] answer the same again.
  void again() {
    at = start;
  }

  /// Goes on behind what is bad: to the next place in this block where a record verifiably begins, or else to
  /// the next block, where a fragment begins anyway.
  ///
  /// @param plausible asked of a record's first bytes before they are believed: what clients sent stands in
  ///     the log, too, and a client may send what looks like a record
  /// @return whether there is more
  boolean resync(Plausible plausible) throws IOException {
    for (int candidate = start + 1; candidate + HEADER_BYTES <= limit; candidate++) {
      int type = block[candidate + 6];
      if (type == 1 || type == 2 || type == 5 || type == 6) {
        payload = candidate + (type >= 5 ? RECYCLED_HEADER_BYTES : HEADER_BYTES);
        length = view.getShort(candidate + 4) & 0xffff;
        // The checksum last: it is what costs.
        if (payload + length <= limit && plausible.record(block, payload, length, blockStart + candidate)) {
          at = candidate;
          if (checks()) {
            return true;
          }
        }
      }
    }
    return limit == BLOCK_BYTES && load();
  }

  interface Plausible {
    boolean record(byte[] block, int from, int length, long offset);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  // A log that reuses a file pads with up to ten bytes, as its headers are longer.
  private boolean isPadding() {
    if (limit - at >= RECYCLED_HEADER_BYTES || limit < BLOCK_BYTES) {
      return false;
    }
    for (int i = at; i < limit; i++) {
      if (block[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private boolean checks() {
    crc.reset();
    crc.update(block, at + 6, payload + length - at - 6);
    int value = (int) crc.getValue();
    int masked = ((value >>> 15) | (value << 17)) + 0xa282ead8;
    return masked == view.getInt(at);
  }

  private Fragment bad(String what) {
    why = what;
    return Fragment.BAD;
  }

  private static Fragment fragment(int type) {
    return switch (type) {
      case 1 -> Fragment.FULL;
      case 2 -> Fragment.FIRST;
      case 3 -> Fragment.MIDDLE;
      case 4 -> Fragment.LAST;
      default -> throw new AssertionError(type);
    };
  }

  private boolean load() throws IOException {
    long following = blockStart + BLOCK_BYTES;
    if (following >= size) {
      return false;
    }
    ByteBuffer target = ByteBuffer.wrap(block);
    while (target.hasRemaining()) {
      int read = channel.read(target, following + target.position());
      if (read < 0) {
        break;
      }
    }
    blockStart = following;
    limit = target.position();
    at = 0;
    return limit > 0;
  }
}

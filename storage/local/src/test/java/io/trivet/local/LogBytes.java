package io.trivet.local;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/// Makes logs as RocksDB does, with each group where a test wants it.
final class LogBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final List<Integer> starts = new ArrayList<>();
  private final BatchEncoding encoding;
  private final long base;
  private long sequence;

  /// @param sequence of the first group's first entry
  LogBytes(long sequence) {
    this.sequence = sequence;
    base = sequence - 1;
    Map<Family, Integer> ids = new EnumMap<>(Family.class);
    int id = 1;
    for (Family family : Family.values()) {
      ids.put(family, id++);
    }
    encoding = new BatchEncoding(ids);
  }

  /// A group of one entry, with all before it synced.
  LogBytes group(byte[] value) {
    return group(value, sequence - 1);
  }

  LogBytes group(byte[] value, long synced) {
    Changes changes = new Changes();
    changes.put(Family.INBOXES, new byte[] {1}, value);
    byte[] batch = encoding.encode(changes, synced, base);
    ByteBuffer.wrap(batch).order(ByteOrder.LITTLE_ENDIAN).putLong(0, sequence++);
    return record(batch);
  }

  LogBytes record(byte[] bytes) {
    starts.add(out.size());
    int at = 0;
    boolean first = true;
    do {
      int left = WalReader.BLOCK_BYTES - out.size() % WalReader.BLOCK_BYTES;
      if (left < 7) {
        out.writeBytes(new byte[left]);
        left = WalReader.BLOCK_BYTES;
      }
      int length = Math.min(bytes.length - at, left - 7);
      boolean last = at + length == bytes.length;
      fragment(first ? (last ? 1 : 2) : (last ? 4 : 3), bytes, at, length);
      at += length;
      first = false;
    } while (at < bytes.length);
    return this;
  }

  private void fragment(int type, byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(type);
    crc.update(bytes, from, length);
    int value = (int) crc.getValue();
    int masked = ((value >>> 15) | (value << 17)) + 0xa282ead8;
    out.writeBytes(ByteBuffer.allocate(7).order(ByteOrder.LITTLE_ENDIAN)
        .putInt(masked).putShort((short) length).put((byte) type).array());
    out.write(bytes, from, length);
  }

  /// Where each group begins; the last of [#bytes] is where the next would.
  List<Integer> starts() {
    List<Integer> all = new ArrayList<>(starts);
    all.add(out.size());
    return all;
  }

  long sequence() {
    return sequence;
  }

  byte[] bytes() {
    return out.toByteArray();
  }
}

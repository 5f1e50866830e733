package io.trivet.local;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/// An engine whose disk does what a test says. It promises what RocksDB's log promises: groups survive a crash in the
/// order they were written, all up to the last sync for certain; of the rest a part, from the front, the last of it
/// whole or not at all, since a torn group fails its checksum.
@NullMarked
public final class SimulatedEngine implements Engine {
  /// What the next write does.
  public enum Fault {
    NONE,
    /// Fails, and nothing was written.
    FAILS_BEFORE,
    /// Fails, although it was written.
    FAILS_AFTER,
    /// Fails for want of space.
    FULL
  }

  private Map<Family, NavigableMap<byte[], byte[]>> now = empty();
  private Map<Family, NavigableMap<byte[], byte[]>> safe = empty();
  private final List<Changes> unsynced = new ArrayList<>();
  private Fault fault = Fault.NONE;
  private boolean broken;
  private boolean dead;
  private boolean unreadable;
  private long usable = Long.MAX_VALUE;
  private long writes;

  private static Map<Family, NavigableMap<byte[], byte[]>> empty() {
    Map<Family, NavigableMap<byte[], byte[]>> m = new EnumMap<>(Family.class);
    for (Family f : Family.values()) {
      m.put(f, new TreeMap<>(Arrays::compareUnsigned));
    }
    return m;
  }

  // --- what tests do to it ------------------------------------------------------------------------------------------

  public void fault(Fault next) {
    fault = next;
  }

  /// Whether every write and reopening fails from now on.
  public void dead(boolean is) {
    dead = is;
    broken |= is;
  }

  public void unreadable(boolean is) {
    unreadable = is;
  }

  public void usable(long bytes) {
    usable = bytes;
  }

  public long writes() {
    return writes;
  }

  /// The power goes: what was synced stays, and of the rest as much as chance will have it.
  public void crash(Random random) {
    int survive = random.nextInt(unsynced.size() + 1);
    for (Changes c : unsynced.subList(0, survive)) {
      apply(c, safe);
    }
    unsynced.clear();
    now = copy(safe);
    fault = Fault.NONE;
    broken = false;
    dead = false;
    unreadable = false;
  }

  /// The process is killed: the operating system has all that was written.
  public void kill() {
    sync();
    now = copy(safe);
    fault = Fault.NONE;
    broken = false;
  }

  /// Flips one bit of one value.
  ///
  /// @return whether there was one
  public boolean damage(Family family, Random random) {
    NavigableMap<byte[], byte[]> records = table(now, family);
    if (records.isEmpty()) {
      return false;
    }
    byte[] key = new ArrayList<>(records.keySet()).get(random.nextInt(records.size()));
    byte[] value = records.get(key);
    byte[] flipped = value == null ? new byte[1] : value.clone();
    flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
    records.put(key, flipped);
    table(safe, family).put(key, flipped);
    return true;
  }

  int count(Family family) {
    return table(now, family).size();
  }

  // --- the engine ---------------------------------------------------------------------------------------------------

  @Override
  public void write(Changes changes, boolean synced) throws IOException {
    if (broken || dead) {
      throw new EngineException(EngineException.Kind.IO, "the simulated disk is broken", null);
    }
    Fault f = fault;
    fault = Fault.NONE;
    if (f == Fault.FAILS_BEFORE || f == Fault.FULL) {
      broken = true;
      throw new EngineException(
          f == Fault.FULL ? EngineException.Kind.FULL : EngineException.Kind.IO, "a simulated fault", null);
    }
    writes++;
    apply(changes, now);
    unsynced.add(changes);
    if (f == Fault.FAILS_AFTER) {
      broken = true;
      throw new EngineException(EngineException.Kind.IO, "a simulated fault", null);
    }
    if (synced) {
      sync();
    }
  }

  private void sync() {
    unsynced.forEach(c -> apply(c, safe));
    unsynced.clear();
  }

  private static void apply(Changes changes, Map<Family, NavigableMap<byte[], byte[]>> to) {
    for (Changes.Change c : changes.list()) {
      switch (c) {
        case Changes.Change.Put(Family f, byte[] key, byte[] value) -> table(to, f).put(key, value);
        case Changes.Change.Delete(Family f, byte[] key) -> table(to, f).remove(key);
        case Changes.Change.DeleteRange(Family f, byte[] from, byte[] end) ->
            table(to, f).subMap(from, true, end, false).clear();
      }
    }
  }

  private static NavigableMap<byte[], byte[]> table(Map<Family, NavigableMap<byte[], byte[]>> in, Family f) {
    NavigableMap<byte[], byte[]> t = in.get(f);
    if (t == null) {
      throw new AssertionError(f);
    }
    return t;
  }

  private static Map<Family, NavigableMap<byte[], byte[]>> copy(Map<Family, NavigableMap<byte[], byte[]>> of) {
    Map<Family, NavigableMap<byte[], byte[]>> c = empty();
    of.forEach((f, t) -> table(c, f).putAll(t));
    return c;
  }

  private void readable() throws IOException {
    if (unreadable) {
      throw new EngineException(EngineException.Kind.IO, "the simulated disk cannot be read", null);
    }
  }

  @Override
  public byte @Nullable [] get(Family family, byte[] key) throws IOException {
    readable();
    return table(now, family).get(key);
  }

  @Override
  public Cursor scan(Family family, byte[] from, byte[] to) throws IOException {
    readable();
    Iterator<Map.Entry<byte[], byte[]>> entries = from.length > 0 && Arrays.compareUnsigned(from, to) >= 0
        ? List.<Map.Entry<byte[], byte[]>>of().iterator()
        : new ArrayList<>(table(now, family).subMap(from, true, to, false).entrySet()).iterator();
    return new Cursor() {
      private Map.@Nullable Entry<byte[], byte[]> at;

      @Override
      public boolean next() {
        at = entries.hasNext() ? entries.next() : null;
        return at != null;
      }

      private Map.Entry<byte[], byte[]> at() {
        if (at == null) {
          throw new AssertionError("before the first or after the last");
        }
        return at;
      }

      @Override
      public byte[] key() {
        return at().getKey();
      }

      @Override
      public byte[] value() {
        return at().getValue();
      }

      @Override
      public void close() {
        // holds nothing
      }
    };
  }

  @Override
  public byte @Nullable [] lastKey(Family family, byte[] from, byte[] to) throws IOException {
    readable();
    byte[] key = table(now, family).lowerKey(to);
    return key == null || Arrays.compareUnsigned(key, from) < 0 ? null : key;
  }

  /// The operating system still has what was written.
  @Override
  public void reopen() throws IOException {
    if (dead) {
      throw new EngineException(EngineException.Kind.IO, "the simulated disk is broken", null);
    }
    broken = false;
  }

  @Override
  public long usableBytes() {
    return usable;
  }

  @Override
  public void close() {
    // holds nothing
  }
}

package io.trivet.local;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// What is to be written together.
final class Changes {
  private final List<Change> list = new ArrayList<>();
  private long bytes;

  /// One change. Of two on the same key the later one holds.
  sealed interface Change {
    record Put(Family family, byte[] key, byte[] value) implements Change {}

    record Delete(Family family, byte[] key) implements Change {}

    /// All keys from `from` on and before `to`.
    record DeleteRange(Family family, byte[] from, byte[] to) implements Change {}
  }

  void put(Family family, byte[] key, byte[] value) {
    list.add(new Change.Put(family, key, value));
    bytes += key.length + value.length;
  }

  void delete(Family family, byte[] key) {
    list.add(new Change.Delete(family, key));
    bytes += key.length;
  }

  void deleteRange(Family family, byte[] from, byte[] to) {
    list.add(new Change.DeleteRange(family, from, to));
    bytes += from.length + to.length;
  }

  List<Change> list() {
    return Collections.unmodifiableList(list);
  }

  /// Of keys and values together.
  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return list.isEmpty();
  }
}

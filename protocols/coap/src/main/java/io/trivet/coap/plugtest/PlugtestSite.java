package io.trivet.coap.plugtest;

import io.trivet.base.Bytes;
import io.trivet.coap.ETag;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// What clients of the plugtest resources have put there, shared by all loops. Bounded: each value by [#BYTES_MAX],
/// the created ones by [#CREATED_MAX], of which the oldest goes.
public final class PlugtestSite {
  static final int BYTES_MAX = 16_384;
  static final int CREATED_MAX = 16;

  static final String VALIDATE = "validate";
  static final String CREATE = "create1";
  static final String OBS = "obs";
  static final String LARGE_UPDATE = "large-update";

  private final Map<String, Held> values = new LinkedHashMap<>();
  private final Map<String, Held> created = new LinkedHashMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private int nextCreated = 1;
  private int obsDeletions;

  /// @param contentFormat of the bytes
  record Held(int contentFormat, Bytes bytes) {
    Bytes etag() {
      byte[] all = new byte[bytes.length() + 2];
      all[0] = (byte) (contentFormat >> 8);
      all[1] = (byte) contentFormat;
      bytes.copyTo(all, 2);
      return ETag.of(Bytes.wrap(all));
    }
  }

  public PlugtestSite() {
    values.put(VALIDATE, new Held(0, Bytes.utf8("put something else here")));
    values.put(LARGE_UPDATE, new Held(0, Bytes.utf8("Put more than a block. ".repeat(60))));
  }

  /// Told when `/obs` is put or deleted, on the thread that did it.
  void listen(Runnable listener) {
    listeners.add(listener);
  }

  synchronized Optional<Held> held(String name) {
    return Optional.ofNullable(values.get(name));
  }

  void put(String name, Held value) {
    synchronized (this) {
      values.put(name, value);
    }
    changed(name);
  }

  /// Whether there was one.
  boolean remove(String name) {
    boolean some;
    synchronized (this) {
      some = values.remove(name) != null;
      obsDeletions += name.equals(OBS) ? 1 : 0;
    }
    changed(name);
    return some;
  }

  /// How often `/obs` was deleted: each time its observers are to hear of it, on all loops.
  synchronized int obsDeletions() {
    return obsDeletions;
  }

  private void changed(String name) {
    if (name.equals(OBS)) {
      listeners.forEach(Runnable::run);
    }
  }

  /// Keeps what was posted, and returns its name.
  synchronized String create(Held value) {
    if (created.size() == CREATED_MAX) {
      created.remove(created.keySet().iterator().next());
    }
    String name = Integer.toString(nextCreated++);
    created.put(name, value);
    return name;
  }

  synchronized Optional<Held> created(String name) {
    return Optional.ofNullable(created.get(name));
  }

  synchronized boolean removeCreated(String name) {
    return created.remove(name) != null;
  }
}

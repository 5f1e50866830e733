package io.trivet.identity.rules;

import io.trivet.broker.ClientId;
import io.trivet.broker.Principal;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Remembers what was compiled for each session, bounded. Two maps make an approximate least-recently-used order without
/// locks or clocks: what is used moves to the young map, and when that is full it becomes the old one and the old one
/// is forgotten.
final class CompiledCache {
  private final int half;
  private volatile Maps maps = new Maps();

  private static final class Maps {
    final ConcurrentHashMap<ClientId, Entry> young;
    final ConcurrentHashMap<ClientId, Entry> old;

    Maps() {
      this(new ConcurrentHashMap<>());
    }

    Maps(ConcurrentHashMap<ClientId, Entry> old) {
      this.young = new ConcurrentHashMap<>();
      this.old = old;
    }
  }

  private record Entry(Principal who, long generation, Compiled compiled) {
    /// A principal is one object for as long as its connection lives, so the first comparison nearly always decides.
    boolean isFor(Principal other, long wanted) {
      return generation == wanted && (who == other || who.equals(other));
    }
  }

  /// @param sessionsMax how many are remembered at most
  CompiledCache(int sessionsMax) {
    this.half = Math.max(1, sessionsMax / 2);
  }

  @Nullable Compiled find(Principal who, ClientId clientId, long generation) {
    Maps m = maps;
    @Nullable Entry e = m.young.get(clientId);
    if (e != null) {
      return e.isFor(who, generation) ? e.compiled : null;
    }
    e = m.old.get(clientId);
    if (e == null || !e.isFor(who, generation)) {
      return null;
    }
    put(m, clientId, e);
    return e.compiled;
  }

  void keep(Principal who, ClientId clientId, long generation, Compiled compiled) {
    put(maps, clientId, new Entry(who, generation, compiled));
  }

  private void put(Maps m, ClientId clientId, Entry e) {
    Maps into = m;
    if (into.young.size() >= half) {
      into = new Maps(m.young);
      maps = into; // racing loops may each do so: that forgets more than needed, and nothing wrong
    }
    into.young.put(clientId, e);
  }

  int size() {
    Maps m = maps;
    return m.young.size() + m.old.size();
  }
}

package io.trivet.coap.directory;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Port: keeps registrations over a restart. Called by one thread at a time, and not to be waited for: a store that writes
/// to a disk takes note and writes elsewhere.
public interface DirectoryStore {
  /// What is kept, in any order; called once.
  List<Registration> load();

  /// In place of the one with the same id.
  void put(Registration r);

  void remove(String id);

  /// Keeps them for as long as the process lasts.
  static DirectoryStore memory() {
    return new DirectoryStore() {
      private final Map<String, Registration> kept = new ConcurrentHashMap<>();

      @Override
      public List<Registration> load() {
        return List.copyOf(kept.values());
      }

      @Override
      public void put(Registration r) {
        kept.put(r.id(), r);
      }

      @Override
      public void remove(String id) {
        kept.remove(id);
      }
    };
  }
}

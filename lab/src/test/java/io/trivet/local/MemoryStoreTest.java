package io.trivet.local;

import io.trivet.broker.MemoryStore;
import io.trivet.broker.Store;
import org.jspecify.annotations.NullMarked;

@NullMarked
class MemoryStoreTest extends StoreContract {
  @Override
  Store create() {
    return new MemoryStore();
  }

  /// It ends with the process, so it is never restarted; what it tells is what a restart of another would find.
  @Override
  Store restart() {
    return store;
  }

  @Override
  void end() {
    // holds nothing
  }
}

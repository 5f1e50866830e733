package io.trivet.local;

import io.trivet.broker.Store;
import org.jspecify.annotations.NullMarked;

@NullMarked
class LocalStoreTest extends StoreContract {
  private final SimulatedEngine engine = new SimulatedEngine();

  private LocalStore open() {
    return new LocalStore(engine, LocalStore.Options.DEFAULT, System::currentTimeMillis, StoreListener.NONE);
  }

  @Override
  Store create() {
    return open();
  }

  @Override
  Store restart() {
    ((LocalStore) store).close();
    engine.kill();
    return open();
  }

  @Override
  void end() {
    ((LocalStore) store).close();
  }
}

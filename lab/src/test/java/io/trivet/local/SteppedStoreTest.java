package io.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.broker.Store;
import org.jspecify.annotations.NullMarked;

@NullMarked
class SteppedStoreTest extends StoreContract {
  private final SimulatedEngine engine = new SimulatedEngine();

  @Override
  Store create() {
    return new SteppedStore(engine);
  }

  @Override
  Store restart() {
    engine.kill();
    return new SteppedStore(engine);
  }

  @Override
  void end() {
    assertThat(((SteppedStore) store).heard).isEmpty();
  }
}

package io.trivet.local;

import io.trivet.broker.Store;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

@NullMarked
class RocksLocalStoreTest extends StoreContract {
  @TempDir
  Path directory;

  private @Nullable Engine engine;

  private LocalStore open() throws IOException {
    Engine opened = RocksEngine.open(directory, EngineOptions.DEFAULT);
    engine = opened;
    return new LocalStore(opened, LocalStore.Options.DEFAULT, System::currentTimeMillis, StoreListener.NONE);
  }

  @Override
  Store create() throws IOException {
    return open();
  }

  @Override
  Store restart() throws IOException {
    end();
    return open();
  }

  @Override
  void end() {
    ((LocalStore) store).close();
    if (engine != null) {
      engine.close();
    }
  }
}

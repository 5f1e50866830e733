package io.trivet.local;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksEngineTest extends EngineContract {
  @TempDir Path directory;

  @Override
  Engine open() throws IOException {
    return RocksEngine.open(directory, EngineOptions.DEFAULT);
  }

  @Test
  void refusesADirectoryInUse() {
    assertThatThrownBy(() -> RocksEngine.open(directory, EngineOptions.DEFAULT))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("in use by another server");
  }
}

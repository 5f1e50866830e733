package io.trivet.server.coap;

import io.trivet.identity.OwnerOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A small file that always holds the latest state, written off the loops. Of several changes in a row only the last is
/// written; at most one more than is being written waits.
final class StateFile {
  private static final Logger LOG = LoggerFactory.getLogger("trivet");
  private static final int BYTES_MAX = 64 << 20;

  private final Path file;
  private final ExecutorService writer;
  private final AtomicReference<@Nullable Supplier<byte[]>> latest = new AtomicReference<>();

  /// @param writer one thread, so that an older state never replaces a newer one
  StateFile(Path file, ExecutorService writer) {
    this.file = file;
    this.writer = writer;
  }

  /// What was kept before the start.
  Optional<byte[]> read() throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    if (Files.size(file) > BYTES_MAX) {
      throw new IOException(file + ": larger than " + BYTES_MAX + " bytes");
    }
    return Optional.of(Files.readAllBytes(file));
  }

  /// @param state the whole content; made by the writer, so it must not change meanwhile
  void keep(Supplier<byte[]> state) {
    if (latest.getAndSet(state) == null) {
      writer.execute(this::write);
    }
  }

  private void write() {
    Supplier<byte[]> state = latest.getAndSet(null);
    if (state != null) {
      try {
        OwnerOnly.write(file, state.get());
      } catch (IOException e) {
        LOG.error("{} could not be written: {}; the change lasts until the server stops", file, e.getMessage());
      }
    }
  }
}

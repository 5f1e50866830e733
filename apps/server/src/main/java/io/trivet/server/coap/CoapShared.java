package io.trivet.server.coap;

import io.trivet.coap.pubsub.TopicConfigurations;
import io.trivet.identity.OwnerOnly;
import io.trivet.server.config.Config;
import io.trivet.server.config.Option;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// What the stacks of all loops share, and what of it outlives the server, in `data/coap/`.
final class CoapShared implements AutoCloseable {
  private static final long CLOSE_SECONDS = 5;

  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("trivet coap state").factory());
  private final TopicConfigurations topics;

  /// @param directory made where it is not there
  CoapShared(Config config, Path directory) throws IOException {
    OwnerOnly.directory(directory);
    TopicsFile file = new TopicsFile(new StateFile(directory.resolve("topics.json"), writer));
    this.topics = new TopicConfigurations(config.count(Option.COAP_TOPICS_MAX), file.read(), file);
  }

  TopicConfigurations topics() {
    return topics;
  }

  /// What is to be kept is written first.
  @Override
  public void close() {
    writer.shutdown();
    try {
      if (!writer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        writer.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

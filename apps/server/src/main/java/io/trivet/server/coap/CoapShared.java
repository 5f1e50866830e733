package io.trivet.server.coap;

import io.trivet.coap.directory.Directory;
import io.trivet.coap.directory.DirectoryLimits;
import io.trivet.coap.plugtest.PlugtestSite;
import io.trivet.coap.pubsub.TopicConfigurations;
import io.trivet.identity.OwnerOnly;
import io.trivet.identity.Registry;
import io.trivet.server.ServerEdhoc;
import io.trivet.server.config.Config;
import io.trivet.server.config.Option;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// What the stacks of all loops share, and what of it outlives the server, in `data/coap/`.
final class CoapShared implements AutoCloseable {
  private static final long CLOSE_SECONDS = 5;

  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("trivet coap state").factory());
  private final TopicConfigurations topics;
  private final OscoreDevices oscore;
  private final EdhocDevices edhoc;
  private final Directory directory;
  private final Optional<PlugtestSite> plugtest;

  /// @param home made where it is not there
  CoapShared(Config config, Path home, Registry registry, ServerEdhoc keys, long wallMillis) throws IOException {
    OwnerOnly.directory(home);
    TopicsFile file = new TopicsFile(new StateFile(home.resolve("topics.json"), writer));
    this.oscore = new OscoreDevices(registry, new SequencesFile(home, writer));
    this.edhoc = new EdhocDevices(registry, keys, oscore);
    this.directory = new Directory(DirectoryLimits.DEFAULT,
        new RegistrationsFile(new StateFile(home.resolve("directory.json"), writer)), wallMillis);
    this.plugtest = config.flag(Option.COAP_PLUGTEST) ? Optional.of(new PlugtestSite()) : Optional.empty();
    this.topics = new TopicConfigurations(config.count(Option.COAP_TOPICS_MAX), file.read(), file);
  }

  TopicConfigurations topics() {
    return topics;
  }

  OscoreDevices oscore() {
    return oscore;
  }

  EdhocDevices edhoc() {
    return edhoc;
  }

  Directory directory() {
    return directory;
  }

  Optional<PlugtestSite> plugtest() {
    return plugtest;
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

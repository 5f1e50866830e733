package io.trivet.server;

import io.trivet.broker.Broker;
import io.trivet.broker.MemoryStore;
import io.trivet.broker.Store;
import io.trivet.local.Durability;
import io.trivet.local.LocalStore;
import io.trivet.server.config.Config;
import io.trivet.server.config.Option;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The store that the configuration asks for, and what the operator hears of it.
final class Stored implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("trivet.store");

  private final Store store;
  private final Optional<LocalStore> local;
  private final String durability;
  private final long openedNanos;

  private Stored(Store store, Optional<LocalStore> local, String durability, long openedNanos) {
    this.store = store;
    this.local = local;
    this.durability = durability;
    this.openedNanos = openedNanos;
  }

  /// @throws io.trivet.broker.StoreException where what was kept cannot be opened
  static Stored open(Config config, DataDirectory data) {
    long began = System.nanoTime();
    String durability = config.text(Option.DURABILITY);
    if (durability.equals("memory")) {
      MemoryStore memory = new MemoryStore();
      return new Stored(memory, Optional.empty(), durability, began);
    }
    LocalStore opened = LocalStore.open(data.store(), data.libraries(), options(config), Ports.CLOCK::wallMillis,
        new StoreLog(LOG, System::nanoTime));
    return new Stored(opened, Optional.of(opened), durability, began);
  }

  private static LocalStore.Options options(Config c) {
    return new LocalStore.Options(c.text(Option.DURABILITY).equals("os") ? Durability.OS : Durability.FSYNC,
        c.number(Option.STORE_FREE_BYTES), c.duration(Option.STORE_PATIENCE));
  }

  Store store() {
    return store;
  }

  String durability() {
    return durability;
  }

  /// The store on disk; absent where sessions last only until the server stops.
  Optional<LocalStore> local() {
    return local;
  }

  /// Its numbers by their names in metrics; none where nothing is on disk.
  Map<String, Long> numbers() {
    Map<String, Long> n = new TreeMap<>();
    local.map(LocalStore::stats).ifPresent(s -> {
      n.put("store_messages", s.messages());
      n.put("store_bytes", s.bytes());
      n.put("store_sessions", s.sessions());
      n.put("store_expired", s.expired());
      n.put("store_groups", s.groups());
      n.put("store_batches", s.batches());
      n.put("store_batches_waiting", (long) s.waiting());
      n.put("store_changes_carried", s.carried());
      n.put("store_failing", s.failing() ? 1L : 0L);
      n.put("store_group_microseconds_p50", s.groupMicrosP50());
      n.put("store_group_microseconds_p99", s.groupMicrosP99());
    });
    return n;
  }

  void reload(Config fresh) {
    local.ifPresent(s -> s.options(options(fresh)));
  }

  /// What an operator should know of a promise that is less than the whole.
  Optional<String> warning() {
    return switch (durability) {
      case "memory" -> Optional.of(
          "store.durability memory: sessions and acknowledged messages are lost when the server stops");
      case "os" -> Optional.of("store.durability os: a loss of power takes the last acknowledged messages with it");
      default -> Optional.empty();
    };
  }

  /// Tells the log what was found, if anything was; after the broker has read it.
  void logRecovered(Broker broker) {
    long messages = local.map(s -> s.stats().messages()).orElse(0L);
    if (broker.sessionCount() > 0 || broker.retainedCount() > 0 || messages > 0) {
      LOG.info("recovered {} sessions, {} retained messages, {} messages waiting in {} ms", broker.sessionCount(),
          broker.retainedCount(), messages, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - openedNanos));
    }
  }

  @Override
  public void close() {
    local.ifPresent(LocalStore::close);
  }
}

package io.trivet.server;

import io.trivet.broker.MemoryStore;
import io.trivet.broker.Store;
import io.trivet.local.Durability;
import io.trivet.local.LocalStore;
import io.trivet.local.StoreListener;
import io.trivet.server.config.Config;
import io.trivet.server.config.Option;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The store that the configuration asks for, and what the operator hears of it.
final class Stored implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("trivet.store");

  private final Store store;
  private final Optional<LocalStore> local;
  private final String durability;

  private Stored(Store store, Optional<LocalStore> local, String durability) {
    this.store = store;
    this.local = local;
    this.durability = durability;
  }

  /// @throws io.trivet.broker.StoreException where what was kept cannot be opened
  static Stored open(Config config, DataDirectory data) {
    String durability = config.text(Option.DURABILITY);
    if (durability.equals("memory")) {
      MemoryStore memory = new MemoryStore();
      return new Stored(memory, Optional.empty(), durability);
    }
    LocalStore opened = LocalStore.open(data.store(), data.libraries(), options(config), Ports.CLOCK::wallMillis, new Told());
    return new Stored(opened, Optional.of(opened), durability);
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

  void reload(Config fresh) {
    local.ifPresent(s -> s.options(options(fresh)));
  }

  /// What an operator should know of a promise that is less than the whole.
  Optional<String> warning() {
    return switch (durability) {
      case "memory" -> Optional.of("store.durability memory: sessions and acknowledged messages are lost when the server stops");
      case "os" -> Optional.of("store.durability os: a loss of power takes the last acknowledged messages with it");
      default -> Optional.empty();
    };
  }

  @Override
  public void close() {
    local.ifPresent(LocalStore::close);
  }

  /// What the store says, in the log.
  private static final class Told implements StoreListener {
    private static final long DAMAGED_LOGGED_MAX = 100;
    private final AtomicLong damaged = new AtomicLong();

    @Override
    public void fails(String why) {
      LOG.error("nothing can be stored, and publishers are told so, until the disk works again: {}", why);
    }

    @Override
    public void worksAgain(long afterMillis) {
      LOG.info("the store works again, after {} ms", afterMillis);
    }

    @Override
    public void damaged(String what) {
      if (damaged.incrementAndGet() <= DAMAGED_LOGGED_MAX) {
        LOG.error("{}; it is passed over. 'trivet store check' names all that is damaged", what);
      }
    }

    @Override
    public void recovering(long records) {
      LOG.info("reading what was kept: {} records so far", records);
    }
  }
}

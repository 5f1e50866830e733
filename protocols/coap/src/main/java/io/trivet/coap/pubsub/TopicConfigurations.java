package io.trivet.coap.pubsub;

import io.trivet.broker.TopicName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The configured topics, shared by all loops. A topic without a configuration is free: anybody whom the rules allow
/// publishes to it and observes it.
public final class TopicConfigurations {
  /// Port: keeps the configurations over a restart.
  @FunctionalInterface
  public interface Keeper {
    /// All of them, after each change; called on a loop, so it may not wait for a disk.
    void keep(Collection<TopicConfiguration> all);
  }

  /// One topic with those who observe it.
  static final class Configured {
    final AtomicInteger observers = new AtomicInteger();
    private volatile TopicConfiguration configuration;

    Configured(TopicConfiguration configuration) {
      this.configuration = configuration;
    }

    TopicConfiguration configuration() {
      return configuration;
    }
  }

  private final int most;
  private final Keeper keeper;
  private final Map<String, Configured> byId = new ConcurrentHashMap<>();
  private final Map<TopicName, Configured> byTopic = new ConcurrentHashMap<>();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  /// @param most how many are taken
  /// @param kept those of before the start
  public TopicConfigurations(int most, Collection<TopicConfiguration> kept, Keeper keeper) {
    this.most = most;
    this.keeper = keeper;
    kept.forEach(this::put);
  }

  /// Without any, and for none.
  public static TopicConfigurations none() {
    return new TopicConfigurations(0, List.of(), _ -> {});
  }

  private void put(TopicConfiguration c) {
    Configured made = new Configured(c);
    byId.put(c.id(), made);
    byTopic.put(c.topic(), made);
  }

  /// Told of each topic that has another configuration, or none any more, or whose data is deleted.
  void listen(Listener listener) {
    listeners.add(listener);
  }

  /// Told on the loop where it happened.
  interface Listener {
    /// Observers are to hear 4.04.
    void deleted(TopicName topic);

    /// There may be more observers now than may be.
    void changed(TopicName topic);
  }

  boolean isEmpty() {
    return byTopic.isEmpty();
  }

  @Nullable Configured find(TopicName topic) {
    return byTopic.isEmpty() ? null : byTopic.get(topic);
  }

  Optional<Configured> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  public List<TopicConfiguration> all() {
    List<TopicConfiguration> all = new ArrayList<>();
    byId.values().forEach(c -> all.add(c.configuration()));
    all.sort(java.util.Comparator.comparing(TopicConfiguration::id));
    return all;
  }

  public int size() {
    return byId.size();
  }

  enum Added {
    YES,
    TOPIC_IN_USE,
    FULL
  }

  synchronized Added add(TopicConfiguration c) {
    if (byId.size() >= most) {
      return Added.FULL;
    }
    if (byTopic.containsKey(c.topic())) {
      return Added.TOPIC_IN_USE;
    }
    put(c);
    keeper.keep(all());
    return Added.YES;
  }

  /// @return false where it is gone meanwhile
  synchronized boolean replace(TopicConfiguration c) {
    Configured now = byId.get(c.id());
    if (now == null) {
      return false;
    }
    now.configuration = c;
    keeper.keep(all());
    return true;
  }

  /// @return what was deleted
  Optional<TopicConfiguration> remove(String id) {
    TopicConfiguration c;
    synchronized (this) {
      Configured gone = byId.remove(id);
      if (gone == null) {
        return Optional.empty();
      }
      c = gone.configuration();
      byTopic.remove(c.topic());
      keeper.keep(all());
    }
    dataDeleted(c.topic());
    return Optional.of(c);
  }

  void dataDeleted(TopicName topic) {
    listeners.forEach(l -> l.deleted(topic));
  }

  void changed(TopicName topic) {
    listeners.forEach(l -> l.changed(topic));
  }

  /// Those that are over.
  List<TopicConfiguration> expired(long wallMillis) {
    List<TopicConfiguration> over = new ArrayList<>();
    byId.values().forEach(c -> {
      if (c.configuration().isExpired(wallMillis)) {
        over.add(c.configuration());
      }
    });
    return over;
  }
}

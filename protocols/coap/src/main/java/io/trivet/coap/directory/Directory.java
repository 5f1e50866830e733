package io.trivet.coap.directory;

import io.trivet.base.Randomness;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;

/// The registrations, shared by all loops. Soft state: what is not renewed within its lifetime is gone (RFC 9176,
/// section 5.3). Full, it takes no new registration; those it has may still be renewed.
public final class Directory {
  private final DirectoryLimits limits;
  private final DirectoryStore store;
  private final Map<String, Registration> byId = new LinkedHashMap<>();
  private final Map<Name, String> byName = new HashMap<>();
  private final Map<String, Integer> perOwner = new HashMap<>();
  private final TreeSet<Registration> byExpiry =
      new TreeSet<>(Comparator.comparingLong(Registration::expiresMillis).thenComparing(Registration::id));
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private int links;

  /// An endpoint's name is its own within its sector (section 5).
  private record Name(String endpoint, String sector) {}

  /// What became of a registration.
  public sealed interface Result {
    record Registered(Registration registration) implements Result {}

    /// Another owner has this name.
    record Taken() implements Result {}

    /// A limit keeps it out.
    record Full(String what) implements Result {}
  }

  /// Takes over what the store has kept, as far as the limits allow.
  public Directory(DirectoryLimits limits, DirectoryStore store, long nowMillis) {
    this.limits = limits;
    this.store = store;
    for (Registration r : store.load()) {
      boolean fits = r.expiresMillis() > nowMillis && fault(r).isEmpty()
          && !byName.containsKey(new Name(r.endpoint(), r.sector()));
      if (fits) {
        put(r);
      } else {
        store.remove(r.id());
      }
    }
  }

  public DirectoryLimits limits() {
    return limits;
  }

  /// Told of each change, on the thread that made it.
  public void listen(Runnable listener) {
    listeners.add(listener);
  }

  public synchronized int size() {
    return byId.size();
  }

  /// Registers, or replaces what the same owner has registered under the same name; its id stays then.
  ///
  /// @param wanted its id does not count
  public Result register(Registration wanted, Randomness randomness, long nowMillis) {
    Result result;
    synchronized (this) {
      removeExpired(nowMillis);
      result = registered(wanted, randomness);
    }
    if (result instanceof Result.Registered) {
      listeners.forEach(Runnable::run);
    }
    return result;
  }

  private Result registered(Registration wanted, Randomness randomness) {
    String known = byName.get(new Name(wanted.endpoint(), wanted.sector()));
    Registration before = known == null ? null : byId.get(known);
    if (before != null && !before.owner().equals(wanted.owner())) {
      return new Result.Taken();
    }
    if (before != null) {
      take(before);
    }
    Registration r = withId(wanted, before == null ? newId(randomness) : before.id());
    String fault = fault(r);
    if (!fault.isEmpty()) {
      if (before != null) {
        put(before);
      }
      return new Result.Full(fault);
    }
    put(r);
    store.put(r);
    return new Result.Registered(r);
  }

  private String fault(Registration r) {
    return byId.size() >= limits.registrationsMax() ? "the directory holds " + limits.registrationsMax() + " registrations"
        : perOwner.getOrDefault(r.owner(), 0) >= limits.registrationsPerOwner()
            ? "one device has at most " + limits.registrationsPerOwner() + " registrations"
        : links + r.links().size() > limits.linksMax() ? "the directory holds " + limits.linksMax() + " links" : "";
  }

  private static Registration withId(Registration r, String id) {
    return new Registration(id, r.endpoint(), r.sector(), r.owner(), r.base(), r.givenBase(), r.lifetimeSeconds(),
        r.expiresMillis(), r.attributes(), r.links());
  }

  private String newId(Randomness randomness) {
    byte[] b = new byte[4];
    String id;
    do {
      randomness.fill(b);
      id = HexFormat.of().formatHex(b);
    } while (byId.containsKey(id));
    return id;
  }

  public synchronized Optional<Registration> find(String id, long nowMillis) {
    return Optional.ofNullable(byId.get(id)).filter(r -> r.expiresMillis() > nowMillis);
  }

  /// Puts the changed one in place of that with its id, if it is still there.
  public boolean update(Registration changed, long nowMillis) {
    synchronized (this) {
      removeExpired(nowMillis);
      Registration before = byId.get(changed.id());
      if (before == null || !before.owner().equals(changed.owner())) {
        return false;
      }
      take(before);
      put(changed);
      store.put(changed);
    }
    listeners.forEach(Runnable::run);
    return true;
  }

  public boolean remove(String id) {
    synchronized (this) {
      Registration r = byId.get(id);
      if (r == null) {
        return false;
      }
      take(r);
      store.remove(id);
    }
    listeners.forEach(Runnable::run);
    return true;
  }

  /// Forgets what was not renewed; to be called now and then.
  public void expire(long nowMillis) {
    boolean some;
    synchronized (this) {
      some = removeExpired(nowMillis);
    }
    if (some) {
      listeners.forEach(Runnable::run);
    }
  }

  private boolean removeExpired(long nowMillis) {
    boolean some = false;
    while (!byExpiry.isEmpty() && byExpiry.first().expiresMillis() <= nowMillis) {
      Registration r = byExpiry.first();
      take(r);
      store.remove(r.id());
      some = true;
    }
    return some;
  }

  /// Those that still last, in the order they came.
  public synchronized List<Registration> all(long nowMillis) {
    List<Registration> all = new ArrayList<>(byId.size());
    for (Registration r : byId.values()) {
      if (r.expiresMillis() > nowMillis) {
        all.add(r);
      }
    }
    return all;
  }

  private void put(Registration r) {
    byId.put(r.id(), r);
    byName.put(new Name(r.endpoint(), r.sector()), r.id());
    byExpiry.add(r);
    perOwner.merge(r.owner(), 1, Integer::sum);
    links += r.links().size();
  }

  private void take(Registration r) {
    byId.remove(r.id());
    byName.remove(new Name(r.endpoint(), r.sector()));
    byExpiry.remove(r);
    perOwner.computeIfPresent(r.owner(), (_, n) -> n == 1 ? null : n - 1);
    links -= r.links().size();
  }
}

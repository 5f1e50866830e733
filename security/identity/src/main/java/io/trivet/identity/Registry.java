package io.trivet.identity;

import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The one registry of devices. Readers see an immutable snapshot and never wait; changes are made one at a time, are on
/// disk before they are seen, and are told to listeners, which end the connections of whoever lost its rights.
///
/// A change rewrites the file whole. A journal would write less, but needs compaction and a second way to recover, and
/// people change devices a few times an hour: 10,000 devices are 10 MB, written and synced in a fraction of a second.
/// Whoever enrols a fleet passes it to [#addAll(Collection)], which writes once.
///
/// One process writes at a time: a server holds the data directory's lock while it runs, and the command line goes
/// through it.
public final class Registry {
  /// How many OSCORE contexts may have one sender id and differ in their id contexts.
  public static final int SHARED_SENDER_ID_MAX = 16;

  private final Path file;
  private final AtomicLong generation = new AtomicLong(1);
  private final CopyOnWriteArrayList<Listener> listeners = new CopyOnWriteArrayList<>();
  private volatile Snapshot now;

  /// Hears of each device that changed, after the change is on disk.
  @FunctionalInterface
  public interface Listener {
    /// @param after absent where the device was removed
    void changed(DeviceId id, Optional<Device> before, Optional<Device> after);
  }

  private record Snapshot(
      Map<DeviceId, Device> byId,
      Map<String, Device> byPskIdentity,
      Map<String, Device> bySerial,
      Map<String, Device> byOutside,
      Map<Bytes, Device> byRawKey,
      Map<String, Device> byObjectSecurity,
      Map<Bytes, List<Device>> bySenderId,
      Map<Bytes, Device> byEdhocKid) {

    /// @param devices in the order of their ids
    static Snapshot of(Collection<Device> devices) {
      Map<DeviceId, Device> byId = LinkedHashMap.newLinkedHashMap(devices.size());
      Map<String, Device> byPsk = new HashMap<>();
      Map<String, Device> bySerial = new HashMap<>();
      Map<String, Device> byOutside = new HashMap<>();
      Map<Bytes, Device> byRawKey = new HashMap<>();
      Map<String, Device> byObjectSecurity = new HashMap<>();
      Map<Bytes, List<Device>> bySenderId = new HashMap<>();
      Map<Bytes, Device> byEdhocKid = new HashMap<>();
      for (Device d : devices) {
        if (byId.put(d.id(), d) != null) {
          throw new IllegalArgumentException("device " + d.id() + " stands there twice");
        }
        for (Credential c : d.credentials()) {
          @Nullable Device other = switch (c) {
            case Credential.Password _ -> null;
            case Credential.PreSharedKey k -> byPsk.put(k.identity(), d);
            case Credential.IssuedCertificate i -> bySerial.put(i.serial(), d);
            case Credential.OutsideCertificate o -> byOutside.put(key(o.field(), o.value()), d);
            case Credential.RawPublicKey k -> byRawKey.put(k.subjectPublicKeyInfo(), d);
            case Credential.ObjectSecurity s -> byObjectSecurity.put(key(s.deviceId(), s.idContext()), d);
            case Credential.EdhocKey k -> byEdhocKid.put(k.kid(), d);
          };
          if (other != null) {
            throw new IllegalArgumentException(d.id() + " and " + other.id() + " have the same credential: "
                + describe(c));
          }
          if (c instanceof Credential.ObjectSecurity s) {
            share(bySenderId, s.deviceId(), d);
          }
        }
      }
      return new Snapshot(byId, byPsk, bySerial, byOutside, byRawKey, byObjectSecurity, bySenderId, byEdhocKid);
    }
  }

  /// Adds a device to those that a sender id alone may mean.
  private static void share(Map<Bytes, List<Device>> bySenderId, Bytes senderId, Device d) {
    List<Device> all = bySenderId.computeIfAbsent(senderId, _ -> new ArrayList<>(1));
    if (all.size() == SHARED_SENDER_ID_MAX) {
      throw new IllegalArgumentException("more than " + SHARED_SENDER_ID_MAX + " OSCORE contexts with the id "
          + HexFormat.of().formatHex(senderId.toArray()) + ", " + d.id() + " has one: a request that names no id "
          + "context is tried with each, so give the device another id");
    }
    all.add(d);
  }

  private static String key(Credential.OutsideCertificate.Field field, String value) {
    return field + "=" + value;
  }

  private static String key(Bytes senderId, Optional<Bytes> idContext) {
    HexFormat hex = HexFormat.of();
    return hex.formatHex(senderId.toArray()) + idContext.map(c -> "@" + hex.formatHex(c.toArray())).orElse("");
  }

  static String describe(Credential c) {
    return switch (c) {
      case Credential.Password _ -> "password";
      case Credential.PreSharedKey k -> "pre-shared key " + k.identity();
      case Credential.IssuedCertificate i -> "certificate " + i.serial();
      case Credential.OutsideCertificate o -> "outside certificate " + o.field() + " " + o.value();
      case Credential.RawPublicKey k -> "raw public key " + HexFormat.of().formatHex(k.fingerprint().toArray());
      case Credential.ObjectSecurity s -> "OSCORE id " + key(s.deviceId(), s.idContext());
      case Credential.EdhocKey k -> "EDHOC kid " + HexFormat.of().formatHex(k.kid().toArray());
    };
  }

  private Registry(Path file, Snapshot now) {
    this.file = file;
    this.now = now;
  }

  /// Opens the registry; a file that is not there is an empty registry.
  ///
  /// @throws IOException with the file, the place and what is wrong
  public static Registry open(Path file) throws IOException {
    return new Registry(file, load(file));
  }

  private static Snapshot load(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Snapshot.of(List.of());
    }
    String exposure = OwnerOnly.exposure(file);
    if (!exposure.isEmpty()) {
      throw new IOException(exposure);
    }
    if (Files.size(file) > RegistryFile.BYTES_MAX) {
      throw new IOException(file + ": larger than " + RegistryFile.BYTES_MAX + " bytes");
    }
    try {
      return Snapshot.of(RegistryFile.read(Files.readAllBytes(file)).stream()
          .sorted(Comparator.comparing(Device::id)).toList());
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /// Reads the file again, as after an edit by hand; listeners hear of every device that differs.
  ///
  /// @throws IOException where the file is wrong: the registry then stays as it is
  public synchronized void reload() throws IOException {
    Snapshot before = now;
    Snapshot after = Snapshot.of(load(file).byId.values().stream().map(d -> revised(before.byId.get(d.id()), d)).toList());
    now = after;
    generation.incrementAndGet();
    for (Device d : before.byId.values()) {
      Device changed = after.byId.get(d.id());
      if (!d.equals(changed)) {
        tell(d.id(), Optional.of(d), Optional.ofNullable(changed));
      }
    }
    for (Device d : after.byId.values()) {
      if (!before.byId.containsKey(d.id())) {
        tell(d.id(), Optional.empty(), Optional.of(d));
      }
    }
  }

  /// An edit by hand forgets to raise the revision, by which caches and old principals are told from new.
  private static Device revised(@Nullable Device before, Device after) {
    return before == null || after.equals(before) || after.revision() > before.revision()
        ? after : after.revised(before.revision() + 1);
  }

  public void listen(Listener l) {
    listeners.add(l);
  }

  private void tell(DeviceId id, Optional<Device> before, Optional<Device> after) {
    RuntimeException failed = null;
    for (Listener l : listeners) {
      try {
        l.changed(id, before, after);
      } catch (RuntimeException e) {
        failed = e; // the others must hear of a blocked device all the same
      }
    }
    if (failed != null) {
      throw failed;
    }
  }

  /// Grows with every change of any device.
  public long generation() {
    return generation.get();
  }

  public int size() {
    return now.byId.size();
  }

  /// In the order of their ids.
  public List<Device> all() {
    return List.copyOf(now.byId.values());
  }

  public Optional<Device> find(DeviceId id) {
    return Optional.ofNullable(now.byId.get(id));
  }

  public Optional<Device> findBySerial(String serial) {
    return Optional.ofNullable(now.bySerial.get(serial));
  }

  public Optional<Device> findByOutside(Credential.OutsideCertificate.Field field, String value) {
    return Optional.ofNullable(now.byOutside.get(key(field, value)));
  }

  public Optional<Device> findByPskIdentity(String identity) {
    return Optional.ofNullable(now.byPskIdentity.get(identity));
  }

  /// @param subjectPublicKeyInfo in DER
  public Optional<Device> findByRawKey(Bytes subjectPublicKeyInfo) {
    return Optional.ofNullable(now.byRawKey.get(subjectPublicKeyInfo));
  }

  public Optional<Device> findByObjectSecurity(Bytes senderId, Optional<Bytes> idContext) {
    return Optional.ofNullable(now.byObjectSecurity.get(key(senderId, idContext)));
  }

  public Optional<Device> findByEdhocKid(Bytes kid) {
    return Optional.ofNullable(now.byEdhocKid.get(kid));
  }

  /// The context itself, unless its device is blocked.
  public Optional<Credential.ObjectSecurity> objectSecurity(Bytes senderId, Optional<Bytes> idContext) {
    return findByObjectSecurity(senderId, idContext)
        .filter(d -> !d.isBlocked())
        .flatMap(d -> d.credentials().stream()
            .filter(c -> c instanceof Credential.ObjectSecurity s && s.deviceId().equals(senderId)
                && s.idContext().equals(idContext))
            .map(Credential.ObjectSecurity.class::cast)
            .findFirst());
  }

  /// A context and whose it is.
  public record OwnedContext(Device device, Credential.ObjectSecurity context) {}

  /// All contexts that a device's sender id may mean, whatever their id context; none of blocked devices.
  ///
  /// @return at most [#SHARED_SENDER_ID_MAX]
  public List<OwnedContext> objectSecurities(Bytes senderId) {
    List<OwnedContext> found = new ArrayList<>();
    for (Device d : Set.copyOf(now.bySenderId.getOrDefault(senderId, List.of()))) {
      for (Credential c : d.credentials()) {
        if (!d.isBlocked() && c instanceof Credential.ObjectSecurity s && s.deviceId().equals(senderId)) {
          found.add(new OwnedContext(d, s));
        }
      }
    }
    return found;
  }

  /// Whether the key is that of a device that is not blocked.
  public boolean trustsRawKey(Bytes subjectPublicKeyInfo) {
    return findByRawKey(subjectPublicKeyInfo).filter(d -> !d.isBlocked()).isPresent();
  }

  /// A copy of the key of that identity, unless its device is blocked.
  public Optional<SecretBytes> preSharedKey(String identity) {
    return findByPskIdentity(identity)
        .filter(d -> !d.isBlocked())
        .flatMap(d -> d.credentials().stream()
            .filter(c -> c instanceof Credential.PreSharedKey k && k.identity().equals(identity))
            .map(c -> ((Credential.PreSharedKey) c).key().copy())
            .findFirst());
  }

  /// @throws IllegalArgumentException where there is one of that id, or one with the same credential
  public Device add(Device d) throws IOException {
    return change(d.id(), before -> {
      if (before.isPresent()) {
        throw exists(d.id());
      }
      return Optional.of(d);
    }).orElseThrow();
  }

  /// Adds them all with one write, or none.
  ///
  /// @throws IllegalArgumentException where one exists already, or has the same credential as another
  public void addAll(Collection<Device> fresh) throws IOException {
    synchronized (this) {
      Map<DeviceId, Device> devices = new TreeMap<>(now.byId);
      for (Device d : fresh) {
        if (devices.put(d.id(), d) != null) {
          throw exists(d.id());
        }
      }
      save(devices);
    }
    fresh.forEach(d -> tell(d.id(), Optional.empty(), Optional.of(d)));
  }

  /// @throws IllegalArgumentException where there is none of that id
  public Device update(DeviceId id, Function<Device, Device> change) throws IOException {
    return change(id, before -> Optional.of(change.apply(before.orElseThrow(() -> unknown(id))))).orElseThrow();
  }

  /// @throws IllegalArgumentException where there is none of that id
  public void remove(DeviceId id) throws IOException {
    change(id, before -> {
      if (before.isEmpty()) {
        throw unknown(id);
      }
      return Optional.empty();
    });
  }

  private static IllegalArgumentException exists(DeviceId id) {
    return new IllegalArgumentException("device " + id + " exists already: see 'trivet device set' and 'rotate'");
  }

  private static IllegalArgumentException unknown(DeviceId id) {
    return new IllegalArgumentException("there is no device " + id + ": see 'trivet device list'");
  }

  private Optional<Device> change(DeviceId id, Function<Optional<Device>, Optional<Device>> change)
      throws IOException {
    Optional<Device> before;
    Optional<Device> after;
    synchronized (this) {
      Map<DeviceId, Device> devices = new TreeMap<>(now.byId);
      before = Optional.ofNullable(devices.get(id));
      after = change.apply(before);
      if (after.isPresent() && !after.get().id().equals(id)) {
        throw new IllegalArgumentException("a change of " + id + " made it " + after.get().id());
      }
      // Whatever the change did to the revision, it grows: caches tell old from new by it.
      Optional<Device> old = before;
      after = after.map(d -> old.isEmpty() || d.revision() > old.get().revision()
          ? d : d.revised(old.get().revision() + 1));
      after.ifPresentOrElse(d -> devices.put(id, d), () -> devices.remove(id));
      save(devices);
    }
    tell(id, before, after);
    return after;
  }

  private void save(Map<DeviceId, Device> devices) throws IOException {
    if (devices.size() > RegistryFile.DEVICES_MAX) {
      throw new IllegalArgumentException("at most " + RegistryFile.DEVICES_MAX + " devices can be registered");
    }
    Snapshot changed = Snapshot.of(devices.values());
    OwnerOnly.write(file, RegistryFile.write(devices.values()));
    now = changed;
    generation.incrementAndGet();
  }
}

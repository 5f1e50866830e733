package io.trivet.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.broker.SessionEnd;
import io.trivet.broker.StoreException;
import io.trivet.broker.TransportIdentity;
import io.trivet.identity.ClientIdRule;
import io.trivet.identity.Device;
import io.trivet.identity.DeviceAuthenticator;
import io.trivet.identity.DeviceId;
import io.trivet.identity.Registry;
import io.trivet.identity.certificates.CertificateAuthority;
import io.trivet.identity.rules.Rule;
import io.trivet.identity.rules.RulesDecider;
import io.trivet.identity.rules.RulesFile;
import io.trivet.mqtt.MqttContext;
import io.trivet.net.host.BrokerHost;
import io.trivet.net.transport.EventLoops;
import io.trivet.net.transport.TlsMaterial;
import io.trivet.server.admin.AdminServer;
import io.trivet.server.admin.DeviceCommands;
import io.trivet.server.admin.IpsecCommands;
import io.trivet.server.admin.LocalAdmin;
import io.trivet.server.coap.CoapDoors;
import io.trivet.server.config.Config;
import io.trivet.server.config.ConfigException;
import io.trivet.server.config.Option;
import io.trivet.server.sealed.SealedTopics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running server: all rooms, joined. Starts whole or not at all; stops in order.
public final class TrivetServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("trivet");
  private static final long STOP_SECONDS = 5;
  private static final long REEXAMINE_MILLIS = 250;
  private static final int SETTLED_ROUNDS = 3;
  private static final long SETTLING_MILLIS = 5;

  private final ServerSetup setup;
  private final DataDirectory data;
  private final DataDirectory.Lock lock;
  private final Registry registry;
  private final Certificates certificates;
  private final DeviceAuthenticator authenticator;
  private final RulesDecider rules;
  private final SealedTopics sealed;
  private final ExecutorService hashing;
  private final MultiThreadIoEventLoopGroup group;
  private final Stored stored;
  private final BrokerHost host;
  private final FrontDoors doors;
  private final CoapDoors coap;
  private final Statistics statistics;
  private final AdminServer admin;
  private final ScheduledExecutorService timer;
  private final Report report;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile Config config;
  private volatile boolean closing;
  private volatile Optional<Path> restoring = Optional.empty();

  /// Starts a server and returns once everything listens.
  ///
  /// @throws ConfigException with what is wrong and what to do; nothing is left running
  public static TrivetServer start(ServerSetup setup) {
    DataDirectory data = DataDirectory.openOrCreate(setup.data());
    DataDirectory.Lock lock = data.tryLock().orElseThrow(() -> new ConfigException(
        data.path() + ": another server runs on this data; stop it with 'trivet stop --data " + data.path() + "'"));
    Undo undo = new Undo();
    undo.add(lock::close);
    try {
      return new TrivetServer(setup, data, lock, undo);
    } catch (IOException e) {
      undo.run();
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    } catch (StoreException e) {
      undo.run();
      throw new ConfigException(data.store() + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      undo.run();
      throw e;
    }
  }

  /// What has been started so far, to be stopped where the rest cannot be.
  private static final class Undo {
    private final List<Runnable> steps = new ArrayList<>();

    void add(Runnable step) {
      steps.addFirst(step);
    }

    void run() {
      steps.forEach(Runnable::run);
    }
  }

  private TrivetServer(ServerSetup setup, DataDirectory data, DataDirectory.Lock lock, Undo undo) throws IOException {
    this.setup = setup;
    this.data = data;
    this.lock = lock;
    CertificateAuthority authority = CertificateAuthority.openOrCreate(data.authority(), Instant.now());
    this.registry = Registry.open(data.registry());
    Optional<SecretBytes> adminPassword =
        FirstStart.prepare(data, registry, Ports.RANDOMNESS, Ports.CLOCK.wallMillis());
    this.config = setup.config(data);
    this.certificates = new Certificates(data, authority, config);
    this.hashing = hashing(config);
    undo.add(hashing::shutdownNow);
    this.authenticator = new DeviceAuthenticator(
        registry, Ports.RANDOMNESS, hashing, config.flag(Option.INSECURE_ANONYMOUS));
    authenticator.strangersAsk(asksWithoutCredential(config));
    this.rules = RulesDecider.of(rules(config), registry::generation, authenticator::current);
    this.sealed = new SealedTopics(rules, Ports.CLOCK);
    SealedTopics.Prepared seals = SealedTopics.prepare(config);
    int loops = config.count(Option.LOOPS);
    this.group = EventLoops.open(loops == 0 ? Runtime.getRuntime().availableProcessors() : loops);
    undo.add(() -> group.shutdownGracefully(0, 1, TimeUnit.SECONDS));
    this.stored = Stored.open(config, data);
    undo.add(stored::close);
    this.host = new BrokerHost(group, config.limits(), sealed, stored.store(), new LogWatcher(),
        new MqttContext(config.mqtt(), authenticator, Ports.RANDOMNESS), Ports.CLOCK);
    stored.logRecovered(host.broker());
    sealed.use(seals, host.broker());
    Certificates.Shown shown = certificates.shown(config);
    TlsMaterial material = material(shown);
    this.coap = new CoapDoors(config, data.file("coap"), host,
        new CoapDoors.Outside(Ports.RANDOMNESS, Ports.CLOCK, new SetupLog()),
        new CoapDoors.Trust(registry, material, ServerRawKey.openOrCreate(data, shown.chain()),
            ServerEdhoc.openOrCreate(data.file(ServerEdhoc.FILE), Ports.RANDOMNESS), this::principalOf));
    undo.add(coap::close);
    this.doors = FrontDoors.open(config, group, host::open, coap.streams(), material, registry);
    undo.add(doors::close);
    registry.listen(this::deviceChanged);
    this.statistics = new Statistics(host, () -> {
      Map<String, Long> counts = new TreeMap<>(doors.counts());
      counts.putAll(coap.counts());
      return counts;
    }, sealed::counts, () -> {
      Map<String, Long> numbers = new HashMap<>(stored.numbers());
      numbers.putAll(coap.numbers());
      return numbers;
    });
    DeviceCommands devices = new DeviceCommands(registry, authority, data.file("devices"), Ports.RANDOMNESS,
        Ports.CLOCK, ClientIdRule.of(config.text(Option.CLIENT_ID)), this::trustChanged);
    Map<String, Function<JsonNode, ObjectNode>> commands =
        new HashMap<>(new ServerCommands(this, host, statistics, stored, this::listening).all());
    commands.putAll(new StoreCommands(stored, data, this::restore).all());
    commands.putAll(new IpsecCommands(registry, authority, Ports.CLOCK).all());
    this.admin = AdminServer.open(data.adminSocket(), new LocalAdmin(devices, commands, () -> {}));
    undo.add(admin::close);
    this.timer = Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().daemon().name("trivet timer").factory());
    long interval = config.duration(Option.STATISTICS_INTERVAL).toMillis();
    timer.scheduleWithFixedDelay(statistics::publish, interval, interval, TimeUnit.MILLISECONDS);
    timer.scheduleWithFixedDelay(host.broker()::sweepRetained, 1, 1, TimeUnit.MINUTES);
    timer.scheduleWithFixedDelay(this::reexamine, 0, REEXAMINE_MILLIS, TimeUnit.MILLISECONDS);
    timer.scheduleWithFixedDelay(coap::expire, 1, 1, TimeUnit.MINUTES);
    timer.scheduleWithFixedDelay(this::renewCertificates, 1, 1, TimeUnit.DAYS);
    this.report = report(adminPassword, authority);
  }

  /// Who a peer of CoAP is, which has no CONNECT to say so.
  private Optional<Principal> principalOf(Peer peer) {
    if (peer.identity() instanceof TransportIdentity.None) {
      boolean stranger = !peer.secured() || config.flag(Option.INSECURE_ANONYMOUS);
      return stranger ? Optional.of(Principal.ANONYMOUS) : Optional.empty();
    }
    return authenticator.principalOf(peer);
  }

  private static ExecutorService hashing(Config config) {
    int cores = Runtime.getRuntime().availableProcessors();
    ThreadPoolExecutor pool = new ThreadPoolExecutor(cores, cores, 30, TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(config.count(Option.PASSWORD_CHECKS_MAX)),
        Thread.ofPlatform().daemon().name("trivet hashing").factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /// Requests over a listener without security have nobody behind them; rules for `anonymous` are about them too.
  private static boolean asksWithoutCredential(Config config) {
    return !config.texts(Option.INSECURE_COAP).isEmpty() || !config.texts(Option.INSECURE_COAP_TCP).isEmpty()
        || !config.texts(Option.INSECURE_COAP_WS).isEmpty();
  }

  private static List<Rule> rules(Config config) throws IOException {
    Optional<Path> file = config.path(Option.RULES);
    return file.isEmpty() ? List.of() : RulesFile.read(file.get());
  }

  private TlsMaterial material(Certificates.Shown shown) throws IOException {
    return new TlsMaterial(Bytes.wrap(Files.readAllBytes(shown.chain())),
        SecretBytes.copyOf(Files.readAllBytes(shown.key())), certificates.trust(), shown.status().orElse(Bytes.EMPTY));
  }

  private Report report(Optional<SecretBytes> adminPassword, CertificateAuthority authority) {
    List<String> warnings = new ArrayList<>(doors.warnings());
    warnings.addAll(coap.warnings());
    stored.warning().ifPresent(warnings::add);
    if (config.flag(Option.INSECURE_ANONYMOUS)) {
      warnings.add("insecure.anonymous: peers without any credential are let in");
    }
    return new Report(data.path(), listening(), warnings, adminPassword,
        config.path(Option.TLS_CERTIFICATE).isPresent() ? Optional.empty() : Optional.of(authority.rootFile()));
  }

  private List<Report.Listening> listening() {
    List<Report.Listening> all = new ArrayList<>(doors.listening());
    all.addAll(coap.listening());
    return all;
  }

  public Report report() {
    return report;
  }

  public Registry registry() {
    return registry;
  }

  // --- while it runs ------------------------------------------------------------------------------------------------

  /// A device's connections end within a second of any change that touches what it may do: removed or blocked for good,
  /// changed so that it comes back as what it is now.
  private void deviceChanged(DeviceId id, Optional<Device> before, Optional<Device> after) {
    if (before.isEmpty()) {
      after.ifPresent(coap::added);
      return;
    }
    boolean gone = after.isEmpty() || after.get().isBlocked();
    host.disconnect(s -> s.principal().device().equals(id.text()),
        gone ? SessionEnd.REVOKED : SessionEnd.ADMINISTRATIVE, after.isEmpty());
    coap.changed(before.get(), after);
  }

  /// Rights go on: what is not allowed any more ends within a second.
  private void reexamine() {
    if (host.broker().reexamine()) {
      coap.reexamine();
    }
  }

  private void trustChanged() {
    try {
      certificates.reloadTrust(config);
    } catch (IOException | ConfigException e) {
      LOG.error("the revocation list could not be taken: {}; certificates stay as they were", e.getMessage());
    }
  }

  private void renewCertificates() {
    try {
      certificates.reloadTrust(config);
      show(certificates.shown(config));
    } catch (IOException | RuntimeException e) {
      LOG.error("the daily look at the certificates failed: {}", e.getMessage());
    }
  }

  private void show(Certificates.Shown shown) throws IOException {
    TlsMaterial material = material(shown);
    doors.reload(material);
    if (coap.renew(material)) {
      ServerRawKey.openOrCreate(data, shown.chain()); // what devices pin is the key that is shown
    }
  }

  /// Reads configuration, certificates, revocation lists, rules and devices anew. Everything is checked before anything
  /// changes; connections stay.
  ///
  /// @throws ConfigException with what is wrong: the server then goes on as before
  public synchronized void reload() {
    try {
      Config fresh = setup.config(data);
      List<Rule> fromFile = rules(fresh);
      SealedTopics.Prepared seals = SealedTopics.prepare(fresh);
      certificates.reloadTrust(fresh);
      show(certificates.shown(fresh));
      registry.reload();
      rules.replace(fromFile);
      sealed.use(seals, host.broker());
      authenticator.anonymousAllowed(fresh.flag(Option.INSECURE_ANONYMOUS));
      host.broker().limits(fresh.limits());
      stored.reload(fresh);
      host.context(new MqttContext(fresh.mqtt(), authenticator, Ports.RANDOMNESS));
      config = fresh;
      LOG.info("reloaded configuration, certificates, revocation lists, rules and devices");
    } catch (IOException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }

  /// Tells the clients, then waits for what that leaves to be kept: wills, and since when sessions rest. The loops drop
  /// what waits for a later cycle once they are told to stop, so all has to be at the store before.
  private void endSessions() {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
    CompletableFuture<Integer> told = host.disconnect(_ -> true, SessionEnd.SERVER_STOPS, false);
    try {
      told.get(STOP_SECONDS, TimeUnit.SECONDS);
      for (int settled = 0; settled < SETTLED_ROUNDS;) {
        int unsettled = host.unsettled().get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        settled = unsettled == 0 ? settled + 1 : 0;
        TimeUnit.MILLISECONDS.sleep(SETTLING_MILLIS);
      }
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("not every client could be told that the server stops, or not all be kept within {} s: {}", STOP_SECONDS,
          e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Stops, for another to start on a backup.
  private void restore(Path backup) {
    restoring = Optional.of(backup);
    Thread.ofPlatform().name("trivet restore").start(this::close);
  }

  /// What the data was restored from; mostly nothing.
  Optional<Path> restored() {
    return setup.restored();
  }

  /// The backup that is to be restored now that it has stopped; mostly none.
  public Optional<Path> restoring() {
    return restoring;
  }

  /// Waits until the server has stopped.
  public void awaitStopped() throws InterruptedException {
    stopped.await();
  }

  /// Stops in order: no new connections, the connected are told, what they own is let go.
  @Override
  public void close() {
    synchronized (this) {
      if (closing) {
        return;
      }
      closing = true;
    }
    admin.close();
    timer.shutdownNow();
    doors.close();
    coap.close();
    endSessions();
    group.shutdownGracefully(100, STOP_SECONDS * 1_000, TimeUnit.MILLISECONDS).awaitUninterruptibly(STOP_SECONDS,
        TimeUnit.SECONDS);
    hashing.shutdownNow();
    stored.close();
    lock.close();
    stopped.countDown();
  }
}

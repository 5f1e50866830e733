package io.trivet.server.coap;

import io.trivet.base.Clock;
import io.trivet.identity.OwnerOnly;
import io.trivet.net.dtls.CertificateRenewal;
import io.trivet.net.dtls.DtlsKeys;
import io.trivet.net.dtls.DtlsListener;
import io.trivet.net.dtls.DtlsMode;
import io.trivet.net.dtls.DtlsSettings;
import io.trivet.net.host.CoapHost;
import io.trivet.net.transport.SetupWatcher;
import io.trivet.net.transport.TlsMaterial;
import io.trivet.net.transport.TransportCounters;
import io.trivet.server.ListenAddress;
import io.trivet.server.Report;
import io.trivet.server.config.Config;
import io.trivet.server.config.ConfigException;
import io.trivet.server.config.Option;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The DTLS listeners, and their associations over a restart: a stop writes them to one file, which the next start reads
/// and deletes before it uses them, since no sequence number may be used twice.
final class DtlsDoors implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("trivet");
  private static final Duration STALE_AFTER = Duration.ofMinutes(10);
  private static final Duration QUIET_MAX = Duration.ofHours(24);
  private static final int PART_BYTES_MAX = 1 << 30;
  private static final int PARTS_MAX = 4_096;

  private final CoapHost host;
  private final Path file;
  private final Optional<CertificateRenewal> renewal;
  private final ExecutorService workers = Executors.newFixedThreadPool(
      Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
      Thread.ofPlatform().daemon().name("trivet handshake ", 0).factory());
  private final TransportCounters counters = new TransportCounters();
  private final List<Report.Listening> listening = new ArrayList<>();

  DtlsDoors(Config config, CoapHost host, Path file, Clock clock, SetupWatcher watcher, CoapDoors.Trust trust) throws IOException {
    this.host = host;
    this.file = file;
    this.renewal =
        trust.rawKey().isPresent() ? Optional.empty() : Optional.of(new CertificateRenewal(trust.material()));
    try {
      DtlsSettings settings = settings(config, trust.rawKey().isEmpty());
      DtlsKeys secrets = DtlsKeys.NONE.withPreSharedKeys(trust.registry()::preSharedKey);
      DtlsKeys keys = trust.rawKey().isPresent()
          ? secrets.withRawKeys(trust.registry()::trustsRawKey, trust.rawKey().get())
          : secrets.withRawKeys(trust.registry()::trustsRawKey)
              .withCertificates(trust.material(), renewal.orElseThrow());
      List<List<byte[]>> saved = config.texts(Option.LISTEN_COAPS).isEmpty() ? List.of() : takeSaved();
      for (String address : config.texts(Option.LISTEN_COAPS)) {
        DtlsListener listener = new DtlsListener("coaps", host.sockets(), settings, keys, clock, workers, watcher, counters);
        List<byte[]> its = listening.size() < saved.size() ? saved.get(listening.size()) : List.of();
        InetSocketAddress bound =
            host.openSecure(listener, ListenAddress.parse(Option.LISTEN_COAPS, address), trust.principals(), its);
        listening.add(new Report.Listening("coaps", bound, "DTLS 1.2 with AES-CCM and AES-GCM: "
            + String.join(", ", config.texts(Option.DTLS_MODES))));
      }
    } catch (IOException | RuntimeException e) {
      workers.shutdownNow();
      throw e;
    }
  }

  private static DtlsSettings settings(Config c, boolean certificates) {
    Set<DtlsMode> modes = modes(c);
    if (!certificates && modes.remove(DtlsMode.CERTIFICATE)) {
      LOG.warn("dtls.modes: the key of tls.certificate is none that DTLS can use here (RSA), so devices with certificates "
          + "cannot come in by coaps; give one on P-256, P-384 or Ed25519");
    }
    try {
      return DtlsSettings.DEFAULT.withModes(modes)
          .withAssociations(c.count(Option.DTLS_ASSOCIATIONS_MAX), STALE_AFTER, c.duration(Option.DTLS_IDLE_MAX))
          .withHandshakesMax(c.count(Option.DTLS_HANDSHAKES_MAX));
    } catch (IllegalArgumentException e) {
      throw new ConfigException("dtls: " + e.getMessage(), e);
    }
  }

  private static Set<DtlsMode> modes(Config c) {
    EnumSet<DtlsMode> modes = EnumSet.noneOf(DtlsMode.class);
    for (String text : c.texts(Option.DTLS_MODES)) {
      modes.add(switch (text.toLowerCase(Locale.ROOT)) {
        case "psk" -> DtlsMode.PRE_SHARED_KEY;
        case "rpk" -> DtlsMode.RAW_PUBLIC_KEY;
        case "certificate" -> DtlsMode.CERTIFICATE;
        default -> throw new ConfigException("dtls.modes = " + text + ": give psk, rpk or certificate");
      });
    }
    return modes;
  }

  /// Shows the renewed certificate in handshakes that begin from now on. Whom certificates are trusted of changes in
  /// place, in the material's own trust.
  ///
  /// @return whether it is shown
  boolean renew(TlsMaterial fresh) {
    if (renewal.isPresent() && renewal.get().show(fresh)) {
      return true;
    }
    if (!listening.isEmpty()) {
      LOG.warn("listeners.coaps: the key of tls.certificate was or is now of another kind or on another curve than DTLS "
          + "began with, which takes it only at a start: restart the server");
    }
    return false;
  }

  List<Report.Listening> listening() {
    return List.copyOf(listening);
  }

  /// By name, for the metrics: datagrams are not accepted, so of what TCP counts only some is counted.
  Map<String, Long> counts() {
    Map<String, Long> named = new TreeMap<>();
    counters.byName().forEach((name, n) -> {
      if (!name.equals("accepted") && !name.equals("ready")) {
        named.put("dtls_" + name, n);
      }
    });
    return named;
  }

  // --- over a restart -----------------------------------------------------------------------------------------------

  /// Reads the associations and deletes them, durably, before anybody uses them.
  private List<List<byte[]>> takeSaved() throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    byte[] content = Files.readAllBytes(file);
    OwnerOnly.write(file, new byte[0]); // synced, unlike a deletion
    Files.delete(file);
    if (content.length == 0) {
      return List.of();
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
      List<List<byte[]>> listeners = new ArrayList<>();
      int count = bounded(in.readInt(), PARTS_MAX);
      for (int i = 0; i < count; i++) {
        List<byte[]> loops = new ArrayList<>();
        int parts = bounded(in.readInt(), PARTS_MAX);
        for (int j = 0; j < parts; j++) {
          byte[] part = new byte[bounded(in.readInt(), Math.min(PART_BYTES_MAX, content.length))];
          in.readFully(part);
          loops.add(part);
        }
        listeners.add(loops);
      }
      return listeners;
    } catch (IOException e) {
      LOG.warn("{} cannot be read: {}; devices make new handshakes", file, e.getMessage());
      return List.of();
    }
  }

  private static int bounded(int n, int most) throws IOException {
    if (n < 0 || n > most) {
      throw new IOException("a count of " + n);
    }
    return n;
  }

  /// Stops, and keeps the associations for the next start.
  @Override
  public void close() {
    try {
      List<List<byte[]>> all = host.closeSecure(QUIET_MAX);
      if (!all.isEmpty()) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(all.size());
        for (List<byte[]> loops : all) {
          out.writeInt(loops.size());
          for (byte[] part : loops) {
            out.writeInt(part.length);
            out.write(part);
          }
        }
        OwnerOnly.write(file, bytes.toByteArray());
      }
    } catch (IOException | IllegalStateException e) {
      LOG.warn("the DTLS associations could not be kept: {}; devices make new handshakes", e.getMessage());
    } finally {
      workers.shutdownNow();
    }
  }
}

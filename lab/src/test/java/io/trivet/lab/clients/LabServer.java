package io.trivet.lab.clients;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.server.ServerSetup;
import io.trivet.server.TrivetServer;
import io.trivet.server.admin.Admin;
import io.trivet.server.admin.AdminClient;
import io.trivet.server.admin.Json;
import io.trivet.server.config.Option;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// A whole server in this process, on free ports of the loopback address, with a data directory of its own. Whoever
/// comes in the clear without a credential may do everything; devices may, below `devices/` and their name.
public final class LabServer implements AutoCloseable {
  private static final String RULES = """
      version: 1
      rules:
        - allow: [publish, subscribe, retain]
          anonymous: true
          topic: "#"
        - allow: [publish, subscribe, retain]
          topic: "devices/{device.id}/#"
        - allow: [publish, subscribe, retain]
          group: operators
          topic: "#"
      """;

  private final Map<Option, String> more;
  private @Nullable TrivetServer server;
  private @Nullable Path directory;

  public LabServer() {
    this(Map.of());
  }

  /// @param more options beside those of every server here
  public LabServer(Map<Option, String> more) {
    this.more = more;
  }

  public void start() {
    try {
      Path dir = Files.createTempDirectory("trivet-lab");
      directory = dir;
      Path rules = Files.writeString(dir.resolve("rules.yaml"), RULES);
      ServerSetup setup = ServerSetup.in(dir.resolve("data"))
          .with(Option.LISTEN_MQTTS, "127.0.0.1:0")
          .with(Option.LISTEN_WSS, "127.0.0.1:0")
          .with(Option.LISTEN_PSK, "127.0.0.1:0")
          .with(Option.INSECURE_PLAINTEXT, "127.0.0.1:0")
          .with(Option.INSECURE_COAP, "127.0.0.1:0")
          .with(Option.INSECURE_COAP_WRITES, "true")
          .with(Option.INSECURE_ANONYMOUS, "true")
          .with(Option.CLIENT_ID, "prefix")
          .with(Option.LOOPS, "2")
          .with(Option.RULES, rules.toString());
      for (Map.Entry<Option, String> o : more.entrySet()) {
        setup = setup.with(o.getKey(), o.getValue());
      }
      server = TrivetServer.start(setup);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private TrivetServer running() {
    return Objects.requireNonNull(server, "start the server first");
  }

  public Path data() {
    return running().report().data();
  }

  /// The certificate that clients are to trust.
  public Path authority() {
    return running().report().authority().orElseThrow();
  }

  public int plainPort() {
    return port("plaintext");
  }

  /// @param kind `mqtts`, `wss`, `psk`, `plaintext` or `coap`
  public int port(String kind) {
    return running().report().listening().stream()
        .filter(l -> l.kind().equals(kind))
        .findFirst()
        .orElseThrow()
        .address()
        .getPort();
  }

  /// An administrator's command.
  public ObjectNode call(String command, ObjectNode arguments) {
    try (Admin admin = AdminClient.open(data())) {
      return admin.call(command, arguments);
    }
  }

  /// A device with a password.
  public void password(String id, String password, String... groups) {
    ObjectNode asked = Json.object().put("id", id).put("password", password);
    List.of(groups).forEach(asked.putArray("groups")::add);
    call("device.add", asked);
  }

  record CertificateFiles(String certificate, String key) {}

  /// A device with a certificate of the server's authority.
  CertificateFiles certificate(String id) {
    var files = call("device.add", Json.object().put("id", id).put("certificate", true)).path("files");
    return new CertificateFiles(files.path("certificate").asText(), files.path("key").asText());
  }

  record PreSharedKey(String identity, String key) {}

  PreSharedKey preSharedKey(String id) {
    var psk = call("device.add", Json.object().put("id", id).put("psk", true)).path("psk");
    return new PreSharedKey(psk.path("identity").asText(), psk.path("key").asText());
  }

  /// TLS that trusts this server and nobody else.
  public SSLContext trusting() {
    try (InputStream in = Files.newInputStream(authority())) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry("lab", CertificateFactory.getInstance("X.509").generateCertificate(in));
      TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError("the server's authority cannot be trusted", e);
    }
  }

  /// The value of a counter, such as `trivet_cycles_total`.
  public long metric(String name) {
    String text = call("metrics", Json.object()).path("text").asText();
    return text.lines()
        .filter(l -> l.startsWith(name + " "))
        .map(l -> (long) Double.parseDouble(l.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no metric " + name + " in\n" + text));
  }

  @Override
  public void close() {
    TrivetServer s = server;
    if (s != null) {
      s.close();
    }
    Path dir = directory;
    if (dir != null) {
      try (Stream<Path> files = Files.walk(dir)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

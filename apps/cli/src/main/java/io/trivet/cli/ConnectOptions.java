package io.trivet.cli;

import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import io.trivet.broker.MessageProperties;
import io.trivet.broker.QoS;
import io.trivet.broker.TopicLimits;
import io.trivet.broker.TopicName;
import io.trivet.broker.UserProperty;
import io.trivet.cli.client.ClientSettings;
import io.trivet.cli.client.Endpoint;
import io.trivet.cli.client.Protection;
import io.trivet.cli.client.Transport;
import io.trivet.mqtt.codec.Version;
import io.trivet.mqtt.codec.WillMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where `pub` and `sub` connect to, whom they trust and as whom they come.
final class ConnectOptions {
  private static final int CLIENT_ID_TAIL = 1 << 24;

  @Option(names = "--url", paramLabel = "URL",
      description = "Where the server listens: mqtts://, mqtts+psk://, wss://, mqtt:// or ws:// with host and port.")
  private @Nullable String url;

  @Option(names = {"-h", "--host"}, paramLabel = "HOST", defaultValue = "localhost",
      description = "In place of --url: the host, over TLS. (${DEFAULT-VALUE})")
  private @Nullable String host;

  @Option(names = {"-p", "--port"}, paramLabel = "PORT", description = "In place of --url: the port.")
  private @Nullable Integer port;

  @Option(names = "--insecure-plaintext", description = "With --host: without TLS, readable by anybody between.")
  private boolean plaintext;

  @Option(names = "--cafile", paramLabel = "FILE",
      description = "PEM certificates to trust; without it those of --data, or else of this machine.")
  private @Nullable Path cafile;

  @Option(names = "--data", paramLabel = "DIR", defaultValue = "${env:TRIVET_DATA:-data}",
      description = "A server's data directory, whose authority is trusted where it is there. (${DEFAULT-VALUE})")
  private @Nullable Path data;

  @Option(names = "--cert", paramLabel = "FILE", description = "PEM certificate of this client.")
  private @Nullable Path cert;

  @Option(names = "--key", paramLabel = "FILE", description = "PEM private key of this client.")
  private @Nullable Path key;

  @Option(names = "--psk-identity", paramLabel = "NAME", description = "Name of the pre-shared key.")
  private @Nullable String pskIdentity;

  @Option(names = "--psk", paramLabel = "HEX", description = "The pre-shared key; others here can read it: see --psk-file.")
  private @Nullable String psk;

  @Option(names = "--psk-file", paramLabel = "FILE", description = "File whose first line is the pre-shared key in hex.")
  private @Nullable Path pskFile;

  @Option(names = {"-V", "--protocol"}, paramLabel = "VERSION", defaultValue = "5",
      description = "3.1, 3.1.1 or 5. (${DEFAULT-VALUE})")
  private @Nullable String version;

  @Option(names = {"-i", "--id"}, paramLabel = "ID", defaultValue = "",
      description = "Client identifier; without it the server gives one.")
  private @Nullable String id;

  @Option(names = {"-u", "--user"}, paramLabel = "NAME", description = "User name.")
  private @Nullable String user;

  @Option(names = {"-P", "--password"}, paramLabel = "TEXT", defaultValue = "${env:TRIVET_PASSWORD}",
      description = "Password; others here can read it: see --password-file, or set TRIVET_PASSWORD.")
  private @Nullable String password;

  @Option(names = "--password-file", paramLabel = "FILE", description = "File whose first line is the password.")
  private @Nullable Path passwordFile;

  @Option(names = "--scram", description = "Prove the password by SCRAM-SHA-256 and never send it. (MQTT 5)")
  private boolean scram;

  @Option(names = {"-k", "--keep-alive"}, paramLabel = "SECONDS", defaultValue = "60",
      description = "Longest silence; 0 for any. (${DEFAULT-VALUE})")
  private int keepAlive;

  @Option(names = "--will-topic", paramLabel = "TOPIC", description = "Topic of a will.")
  private @Nullable String willTopic;

  @Option(names = "--will-message", paramLabel = "TEXT", defaultValue = "", description = "Payload of the will.")
  private @Nullable String willMessage;

  @Option(names = "--will-qos", paramLabel = "QOS", description = "0, 1 or 2.")
  private int willQos;

  @Option(names = "--will-retain", description = "Keep the will as the topic's retained message.")
  private boolean willRetain;

  @Option(names = "--will-delay", paramLabel = "SECONDS", description = "How long the will waits. (MQTT 5)")
  private long willDelay;

  @Option(names = "--connect-property", paramLabel = "NAME=VALUE", description = "User property of CONNECT. (MQTT 5)")
  private List<String> connectProperties = new ArrayList<>();

  @Option(names = "--patience", paramLabel = "SECONDS", defaultValue = "10",
      description = "How long to wait for each answer. (${DEFAULT-VALUE})")
  private int patience;

  Version version() {
    return switch (filled(version).toLowerCase(Locale.ROOT)) {
      case "3.1", "31", "mqttv31" -> Version.V3_1;
      case "3.1.1", "311", "4", "mqttv311" -> Version.V3_1_1;
      case "5", "5.0", "mqttv5" -> Version.V5;
      default -> throw new IllegalArgumentException("--protocol " + version + ": give 3.1, 3.1.1 or 5");
    };
  }

  private static <T> T filled(@Nullable T value) {
    if (value == null) {
      throw new AssertionError("an option without its default");
    }
    return value;
  }

  Endpoint endpoint() {
    if (url != null) {
      return Endpoint.parse(url);
    }
    Transport t = plaintext ? Transport.TCP : pskIdentity != null ? Transport.PSK : Transport.TLS;
    return new Endpoint(t, filled(host), port == null ? t.port() : port, "");
  }

  Protection protection() throws IOException {
    @Nullable Path authorities = cafile;
    Path ofServer = filled(data).resolve("ca").resolve("ca.crt");
    if (authorities == null && Files.isReadable(ofServer)) {
      authorities = ofServer;
    }
    @Nullable String hex = pskFile == null ? psk : firstLine(pskFile);
    Optional<SecretBytes> secret;
    try {
      secret = Optional.ofNullable(hex).map(h -> SecretBytes.copyOf(HexFormat.of().parseHex(h)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the pre-shared key is no hexadecimal number of whole bytes", e);
    }
    return new Protection(Optional.ofNullable(authorities), Optional.ofNullable(cert), Optional.ofNullable(key),
        Optional.ofNullable(pskIdentity), secret);
  }

  private static String firstLine(Path file) throws IOException {
    String all = Files.readString(file, StandardCharsets.UTF_8);
    return all.lines().findFirst().orElse("");
  }

  /// @param sessionExpirySeconds how long the session outlives the connection; above 0 it is resumed
  ClientSettings settings(long sessionExpirySeconds, int receiveMaximum) throws IOException {
    @Nullable String secret = passwordFile == null ? password : firstLine(passwordFile);
    Version v = version();
    String clientId = filled(id);
    if (clientId.isEmpty() && v == Version.V3_1) { // where the server gives none (MQTT 3.1, section 3.1)
      clientId = "trivet-" + new java.security.SecureRandom().nextInt(CLIENT_ID_TAIL);
    }
    if (keepAlive < 0 || keepAlive > 65_535) {
      throw new IllegalArgumentException("--keep-alive " + keepAlive + ": give 0 to 65535");
    }
    if (patience < 1 || patience > 86_400) {
      throw new IllegalArgumentException("--patience " + patience + ": give 1 to 86400");
    }
    if (v != Version.V5 && !(connectProperties.isEmpty() && willDelay == 0)) {
      throw new IllegalArgumentException("properties and a will's delay need MQTT 5");
    }
    return new ClientSettings(v, clientId, sessionExpirySeconds == 0, keepAlive, Optional.ofNullable(user),
        Optional.ofNullable(secret).map(SecretBytes::utf8), scram, will(), sessionExpirySeconds, receiveMaximum,
        connectProperties.stream().map(ConnectOptions::userProperty).toList(), Duration.ofSeconds(patience));
  }

  private Optional<WillMessage> will() {
    return Optional.ofNullable(willTopic).map(t -> new WillMessage(
        TopicName.parse(t, TopicLimits.PROTOCOL).orThrow(), Bytes.utf8(filled(willMessage)), qos(willQos), willRetain,
        MessageProperties.NONE, willDelay, -1));
  }

  static QoS qos(int level) {
    if (level < 0 || level > 2) {
      throw new IllegalArgumentException("QoS " + level + ": give 0, 1 or 2");
    }
    return QoS.of(level);
  }

  static UserProperty userProperty(String text) {
    int equals = text.indexOf('=');
    if (equals < 0) {
      throw new IllegalArgumentException("'" + text + "': give a user property as name=value");
    }
    return new UserProperty(text.substring(0, equals), text.substring(equals + 1));
  }
}

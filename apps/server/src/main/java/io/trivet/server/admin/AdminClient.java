package io.trivet.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.identity.ClientIdRule;
import io.trivet.identity.Registry;
import io.trivet.identity.certificates.CertificateAuthority;
import io.trivet.server.DataDirectory;
import io.trivet.server.Ports;
import io.trivet.server.config.Config;
import io.trivet.server.config.Option;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// Administration from another process: through the socket of the server that runs on a data directory, or, where none
/// does, on its files.
public final class AdminClient implements Admin {
  private final SocketChannel channel;
  private final BufferedReader in;

  private AdminClient(SocketChannel channel) {
    this.channel = channel;
    this.in = new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
  }

  /// @throws AdminException where neither way is open
  /// @throws io.trivet.server.config.ConfigException where the directory is no server's
  public static Admin open(Path dir) {
    DataDirectory data = DataDirectory.open(dir);
    Optional<DataDirectory.Lock> lock = data.tryLock();
    if (lock.isEmpty()) {
      return connect(data);
    }
    try {
      Registry registry = Registry.open(data.registry());
      CertificateAuthority authority = CertificateAuthority.openOrCreate(data.authority(), Instant.now());
      Config config = Files.exists(data.config()) ? Config.read(data.config()) : Config.defaults(data.path());
      DeviceCommands devices = new DeviceCommands(registry, authority, data.file("devices"), Ports.RANDOMNESS,
          Ports.CLOCK, ClientIdRule.of(config.text(Option.CLIENT_ID)), () -> {});
      return new LocalAdmin(
          devices, new IpsecCommands(registry, authority, Ports.CLOCK).all(), () -> lock.get().close());
    } catch (IOException | RuntimeException e) {
      lock.get().close();
      throw new AdminException(String.valueOf(e.getMessage()), e);
    }
  }

  /// To the server that runs on a data directory.
  ///
  /// @throws AdminException where none answers
  public static Admin toServer(DataDirectory data) {
    return connect(data);
  }

  private static Admin connect(DataDirectory data) {
    try {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      channel.connect(UnixDomainSocketAddress.of(data.adminSocket()));
      return new AdminClient(channel);
    } catch (IOException e) {
      throw new AdminException("a server holds " + data.path() + " but does not answer on " + data.adminSocket() + ": "
          + e.getMessage() + "; it may be starting or stopping", e);
    }
  }

  @Override
  public ObjectNode call(String command, JsonNode arguments) {
    ObjectNode request = Json.object().put("v", AdminServer.VERSION).put("command", command);
    request.set("arguments", arguments);
    try {
      ByteBuffer bytes = ByteBuffer.wrap((Json.MAPPER.writeValueAsString(request) + "\n")
          .getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      String line = in.readLine();
      if (line == null || line.length() > Json.LINE_BYTES_MAX) {
        throw new AdminException("the server ended the conversation");
      }
      JsonNode answer = Json.MAPPER.readTree(line);
      if (answer.has("error")) {
        throw new AdminException(answer.path("error").asText());
      }
      return answer.path("ok") instanceof ObjectNode ok ? ok : Json.object();
    } catch (IOException e) {
      throw new AdminException("the server could not be asked: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new AdminException("the conversation could not be closed: " + e.getMessage(), e);
    }
  }
}

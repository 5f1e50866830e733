package io.trivet.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.server.config.ConfigException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves administration on a Unix socket in the data directory, which only its owner may enter. One JSON object a
/// line: `{"v": 1, "command": ..., "arguments": {...}}`, answered by `{"ok": {...}}` or `{"error": "..."}`.
public final class AdminServer implements AutoCloseable {
  static final int VERSION = 1;
  private static final int CLIENTS_MAX = 8;
  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

  private final Admin admin;
  private final ServerSocketChannel server;
  private final Path path;
  private final Semaphore clients = new Semaphore(CLIENTS_MAX);

  private AdminServer(Admin admin, ServerSocketChannel server, Path path) {
    this.admin = admin;
    this.server = server;
    this.path = path;
  }

  /// The caller holds the data directory's lock, so a socket that is there already is left from a crash.
  public static AdminServer open(Path path, Admin admin) {
    try {
      Files.deleteIfExists(path);
      ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      channel.bind(UnixDomainSocketAddress.of(path));
      if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      }
      AdminServer s = new AdminServer(admin, channel, path);
      Thread.ofVirtual().name("admin").start(s::accept);
      return s;
    } catch (IOException e) {
      throw new ConfigException(path + ": the administrative socket cannot be opened: " + e.getMessage()
          + " (its path may be too long: 107 bytes at most)", e);
    }
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        clients.acquire();
        SocketChannel client = server.accept();
        Thread.ofVirtual().name("admin client").start(() -> serve(client));
      } catch (ClosedChannelException e) {
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (IOException e) {
        clients.release();
        LOG.warn("the administrative socket failed to accept: {}", e.getMessage());
      }
    }
  }

  private void serve(SocketChannel client) {
    try (client;
        BufferedReader in = new BufferedReader(
            new InputStreamReader(Channels.newInputStream(client), StandardCharsets.UTF_8));
        Writer out = Channels.newWriter(client, StandardCharsets.UTF_8)) {
      for (String line = line(in); line != null; line = line(in)) {
        out.write(Json.MAPPER.writeValueAsString(answer(line)));
        out.write('\n');
        out.flush();
      }
    } catch (IOException e) {
      LOG.debug("an administrator's connection ended: {}", e.getMessage());
    } finally {
      clients.release();
    }
  }

  /// A line, bounded.
  private static @Nullable String line(BufferedReader in) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int c = in.read(); c >= 0; c = in.read()) {
      if (c == '\n') {
        return text.toString();
      }
      if (text.length() >= Json.REQUEST_BYTES_MAX) {
        throw new IOException("a request longer than " + Json.REQUEST_BYTES_MAX + " characters");
      }
      text.append((char) c);
    }
    return null;
  }

  /// @param line anything at all
  ObjectNode answer(String line) {
    ObjectNode answer = Json.object();
    try {
      JsonNode request = Json.MAPPER.readTree(line);
      if (request.path("v").asInt() != VERSION) {
        return answer.put("error", "a request of version " + request.path("v").asText("none") + ", this server speaks "
            + VERSION + ": use the command line of the same release");
      }
      answer.set("ok", admin.call(request.path("command").asText(), request.path("arguments")));
    } catch (AdminException e) {
      answer.put("error", e.getMessage());
    } catch (IOException e) {
      answer.put("error", "no JSON");
    } catch (RuntimeException e) {
      LOG.error("an administrative command failed", e);
      answer.put("error", "internal error: see the server's log");
    }
    return answer;
  }

  @Override
  public void close() {
    try {
      server.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("the administrative socket could not be removed: {}", e.getMessage());
    }
  }
}

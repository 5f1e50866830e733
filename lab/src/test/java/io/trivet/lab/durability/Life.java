package io.trivet.lab.durability;

import io.trivet.lab.clients.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// One life of a server, from its start to SIGKILL. What still lives when this Java machine ends is killed
/// then.
final class Life {
  private static final Duration BIRTH_MAX = Duration.ofSeconds(60);
  private static final Set<Command> ALIVE = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> ALIVE.forEach(Command::kill)));
  }

  private final Command command;
  private final int port;

  private Life(Command command, int port) {
    this.command = command;
    this.port = port;
  }

  /// @throws StartFailure where nothing accepts on `port` within a minute
  static Life begin(Path directory, Map<String, String> environment, List<String> line, int port) {
    Command command = Command.start(directory, environment, line);
    ALIVE.add(command);
    Life life = new Life(command, port);
    try {
      life.awaitAccepting();
      return life;
    } catch (AssertionError e) {
      life.kill();
      throw e;
    }
  }

  /// A life that ends after so long, if not earlier by itself.
  static void endAfter(Duration after, Path directory, Map<String, String> environment, List<String> line) {
    Command command = Command.start(directory, environment, line);
    ALIVE.add(command);
    try {
      Thread.sleep(after);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    } finally {
      command.kill();
      ALIVE.remove(command);
    }
  }

  static int freePort() {
    try (ServerSocket s = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return s.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return port;
  }

  /// What it has printed so far.
  String said() {
    return String.join("\n", command.output());
  }

  void kill() {
    command.kill();
    ALIVE.remove(command);
  }

  private void awaitAccepting() {
    long deadline = System.nanoTime() + BIRTH_MAX.toNanos();
    IOException last = new IOException("never tried");
    while (System.nanoTime() < deadline && command.isAlive()) {
      try (Socket s = new Socket()) {
        s.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
        return;
      } catch (IOException e) {
        last = e;
      }
      pause();
    }
    throw new StartFailure("nothing accepts connections on port " + port + " (" + last.getMessage() + "); the server "
        + (command.isAlive() ? "is still running" : "has ended") + " and said:\n" + said());
  }

  private static void pause() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }
}

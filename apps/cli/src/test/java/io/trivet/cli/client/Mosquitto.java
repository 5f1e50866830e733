package io.trivet.cli.client;

import io.trivet.identity.certificates.CertificateAuthority;
import io.trivet.identity.certificates.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;

/// Debian's mosquitto with a listener of each kind, for as long as a test needs it.
@NullMarked
public final class Mosquitto implements AutoCloseable {
  private final Process process;
  private final Path dir;
  private final int plain;
  private final int tls;
  private final int mutual;
  private final int psk;
  private final int closed;

  private Mosquitto(Process process, Path dir, int[] ports) {
    this.process = process;
    this.dir = dir;
    this.plain = ports[0];
    this.tls = ports[1];
    this.mutual = ports[2];
    this.psk = ports[3];
    this.closed = ports[4];
  }

  public static Mosquitto start(Path dir) throws IOException, InterruptedException {
    int[] p = freePorts(5);
    CertificateAuthority ca = CertificateAuthority.openOrCreate(dir.resolve("ca"), Instant.now());
    CertificateAuthority.Issued server = ca.issueServer(List.of("localhost"), List.of(), Instant.now());
    Files.writeString(dir.resolve("server.crt"), Pem.of(server.certificate()));
    Files.writeString(dir.resolve("server.key"), Pem.of(server.key()));
    CertificateAuthority.Issued device =
        ca.issueDevice(new io.trivet.identity.DeviceId("lamp"), Instant.now());
    Files.writeString(dir.resolve("lamp.crt"), Pem.of(device.certificate()));
    Files.writeString(dir.resolve("lamp.key"), Pem.of(device.key()));
    CertificateAuthority.openOrCreate(dir.resolve("other"), Instant.now());
    Files.writeString(dir.resolve("psk"), "meter:00112233445566778899aabbccddeeff\n");
    Files.writeString(dir.resolve("nobody"), "");
    String certificates = "certfile " + dir + "/server.crt\nkeyfile " + dir + "/server.key\n";
    Files.writeString(dir.resolve("mosquitto.conf"), "per_listener_settings true\nuser root\nmax_queued_messages 0\n"
        + "listener " + p[0] + " 127.0.0.1\nallow_anonymous true\n"
        + "listener " + p[1] + " 127.0.0.1\nallow_anonymous true\n" + certificates
        + "listener " + p[2] + " 127.0.0.1\nallow_anonymous true\n" + certificates
        + "cafile " + ca.rootFile() + "\nrequire_certificate true\n"
        + "listener " + p[3] + " 127.0.0.1\nallow_anonymous true\npsk_hint lab\npsk_file " + dir + "/psk\n"
        + "listener " + p[4] + " 127.0.0.1\nallow_anonymous false\npassword_file " + dir + "/nobody\n");
    Process process = new ProcessBuilder("/usr/sbin/mosquitto", "-c", dir.resolve("mosquitto.conf").toString())
        .redirectErrorStream(true).redirectOutput(dir.resolve("mosquitto.log").toFile()).start();
    Mosquitto m = new Mosquitto(process, dir, p);
    for (int port : p) {
      m.awaitListening(port);
    }
    return m;
  }

  private static int[] freePorts(int n) throws IOException {
    ServerSocket[] held = new ServerSocket[n];
    int[] ports = new int[n];
    for (int i = 0; i < n; i++) {
      held[i] = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      ports[i] = held[i].getLocalPort();
    }
    for (ServerSocket s : held) {
      s.close();
    }
    return ports;
  }

  private void awaitListening(int port) throws IOException, InterruptedException {
    for (int i = 0; i < 200; i++) {
      try (Socket s = new Socket(InetAddress.getLoopbackAddress(), port)) {
        if (s.isConnected()) {
          return;
        }
      } catch (java.net.ConnectException notYet) {
        if (!process.isAlive()) {
          break;
        }
        Thread.sleep(25);
      }
    }
    close();
    throw new IllegalStateException("mosquitto does not listen: " + Files.readString(dir.resolve("mosquitto.log")));
  }

  public String plain() {
    return "mqtt://127.0.0.1:" + plain;
  }

  /// Its certificate is for `localhost` only.
  public String tls() {
    return "mqtts://localhost:" + tls;
  }

  /// Wants a client certificate.
  public String mutual() {
    return "mqtts://localhost:" + mutual;
  }

  /// Knows `meter` with key 00112233445566778899aabbccddeeff.
  public String psk() {
    return "mqtts+psk://127.0.0.1:" + psk;
  }

  /// Lets nobody in.
  public String closed() {
    return "mqtt://127.0.0.1:" + closed;
  }

  public Path file(String name) {
    return dir.resolve(name);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

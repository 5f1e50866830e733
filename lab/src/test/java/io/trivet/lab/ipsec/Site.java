package io.trivet.lab.ipsec;

import io.trivet.cli.ipsec.Plan;
import io.trivet.cli.ipsec.Plan.Proof;
import io.trivet.cli.ipsec.SwanFiles;
import io.trivet.identity.DeviceId;
import io.trivet.lab.clients.Command;
import io.trivet.net.ipsec.EspMode;
import io.trivet.server.DataDirectory;
import io.trivet.server.admin.Admin;
import io.trivet.server.admin.AdminClient;
import io.trivet.server.admin.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A directory with all that two hosts need, and what they left when they have run.
///
/// @param kernel on which they run
final class Site {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final DeviceId DEVICE = new DeviceId("lamp-1");
  private static final List<String> FILES = List.of("two-hosts.sh", "first-process.sh", "client.py");

  private final Path dir;
  private final EspKernel kernel;

  Site(Path dir, EspKernel kernel) {
    this.dir = dir;
    this.kernel = kernel;
  }

  /// Writes the trees as a person would who follows what `trivet ipsec init` prints, and what the test adds: where each
  /// strongSwan keeps its socket.
  Site prepare(Proof proof, EspMode mode) throws IOException {
    Path data = dir.resolve("data");
    DataDirectory.openOrCreate(data);
    Path written = dir.resolve("ipsec");
    Plan plan = new Plan(
        "10.99.0.1", proof, mode, Plan.StrongSwan.parse("5.9"), GuardedEcho.UDP_PORT, GuardedEcho.TCP_PORT);
    SwanFiles files = new SwanFiles(plan, written, false);
    try (Admin admin = AdminClient.open(data)) {
      for (String id : List.of(DEVICE.text(), "lamp.2")) {
        admin.call("device.add", Json.object().put("id", id).put("psk", true));
      }
      files.write(List.of(DEVICE, new DeviceId("lamp.2")), admin, true);
    }
    tree(written.resolve("server"), "server");
    tree(files.home(DEVICE), "device");
    Files.copy(written.resolve("trivet.nft"), dir.resolve("trivet.nft"));
    for (String f : FILES) {
      try (InputStream in = Site.class.getResourceAsStream(f)) {
        if (in == null) {
          throw new AssertionError(f + " is no resource");
        }
        Files.copy(in, dir.resolve(f));
      }
    }
    return this;
  }

  private void tree(Path from, String name) throws IOException {
    Path to = dir.resolve(name);
    try (Stream<Path> all = Files.walk(from)) {
      for (Path f : all.toList()) {
        Files.copy(f, to.resolve(from.relativize(f).toString()));
      }
    }
    // As Debian's /etc/swanctl/swanctl.conf.
    Files.writeString(to.resolve("swanctl.conf"), "include conf.d/*.conf\n");
    Files.writeString(to.resolve("strongswan.conf"), strongSwan(to));
  }

  private String strongSwan(Path tree) {
    boolean userland = kernel == EspKernel.USERLAND;
    // What docs/ipsec.md says of ESP without a kernel: packets of IKE and ESP themselves stay out of the tunnel.
    String more = !userland ? "" : """
            kernel-libipsec {
              allow_peer_ts = yes
            }
            kernel-netlink {
              fwmark = !0x42
            }
            socket-default {
              fwmark = 0x42
            }
        """;
    return """
        charon {
          load = random nonce aes sha1 sha2 hmac kdf gcm pem pkcs1 pkcs8 x509 pubkey constraints openssl curve25519 \
        %skernel-netlink socket-default vici
          filelog {
            log {
              path = %s/charon.log
              default = 1
              flush_line = yes
            }
          }
          plugins {
            vici {
              socket = unix://%s/vici
            }
        %s  }
        }
        swanctl {
          load = pem pkcs1 pkcs8 x509 openssl random
        }
        """.formatted(userland ? "kernel-libipsec " : "", tree, tree, more);
  }

  /// A listener of the guarded server.
  ///
  /// @param proof it asks for, as [GuardedEcho] calls it
  /// @param answers whether it is expected to answer through the tunnel; otherwise nobody waits for long
  record Listener(String proof, boolean answers) {}

  /// Runs both hosts to the end, with the guarded server.
  Site run(Listener udp, Listener tcp) throws IOException {
    return run(GuardedEcho.class, udp, tcp);
  }

  /// Runs both hosts to the end.
  ///
  /// @param server a main class, which is given an address and the two proofs
  Site run(Class<?> server, Listener udp, Listener tcp) throws IOException {
    String java = System.getProperty("java.home") + "/bin/java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
        + " --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Dio.netty.noUnsafe=true -cp ";
    Map<String, String> environment = Map.of(
        "SITE", dir.toString(),
        "NAME", Long.toString(ProcessHandle.current().pid()),
        "ECHO", java + System.getProperty("java.class.path") + " " + server.getName(),
        "PROOFS", udp.proof() + " " + tcp.proof(),
        "EXPECT_UDP", udp.answers() ? "answer" : "silence",
        "EXPECT_TCP", tcp.answers() ? "answer" : "silence");
    StringBuilder script = new StringBuilder();
    environment.forEach((name, value) -> script.append("export " + name + "='" + value + "'\n"));
    Files.writeString(dir.resolve("environment"), script);
    List<String> command = new ArrayList<>(kernel.command(dir));
    try (Command running = Command.start(dir, environment, command)) {
      running.awaitExit(PATIENCE);
      if (!Files.exists(dir.resolve("out/done"))) {
        throw new AssertionError("the two hosts did not come to their end: " + String.join("\n", running.output())
            + "\n" + report());
      }
    }
    return this;
  }

  /// What all have said, for whoever looks into a failure.
  String report() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path f : files.filter(f -> f.toString().matches(".*(\\.txt|/charon\\.log)")).sorted().toList()) {
        all.append("--- ").append(dir.relativize(f)).append('\n').append(Files.readString(f));
      }
    }
    return all.toString();
  }

  /// What a client noted, or another program printed.
  String said(String name) throws IOException {
    return Files.readString(dir.resolve("out").resolve(name + ".txt")).strip();
  }

  Path capture(String name) {
    return dir.resolve("out").resolve(name + ".pcapng");
  }
}

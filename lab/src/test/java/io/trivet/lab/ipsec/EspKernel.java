package io.trivet.lab.ipsec;

import io.trivet.lab.clients.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Who does ESP for the two hosts.
enum EspKernel {
  /// The kernel this runs on.
  OWN,
  /// A kernel with ESP that runs as a program on this one (user-mode Linux).
  PROGRAM,
  /// strongSwan itself, through a TUN device; the kernel sees no ESP and can prove none.
  USERLAND;

  private static final Path PROGRAM_FILE = Path.of("/usr/bin/linux.uml");
  private static final Path PROGRAM_MODULES = Path.of("/usr/lib/uml/modules");
  private static final Path TUN = Path.of("/dev/net/tun");
  private static final Path PLUGIN = Path.of("/usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so");
  private static final Duration SOON = Duration.ofSeconds(20);

  /// Why it cannot be had on this machine; empty where it can.
  Optional<String> hindrance() {
    if (!"root".equals(System.getProperty("user.name"))) {
      return Optional.of("network namespaces and the IKE daemon take root, this is " + System.getProperty("user.name"));
    }
    return switch (this) {
      case OWN -> attempt("unshare -n sh -c 'ip link set lo up && ip xfrm state add src 127.0.0.1 dst 127.0.0.1 "
          + "proto esp spi 1 mode transport aead \"rfc4106(gcm(aes))\" 0x000102030405060708090a0b0c0d0e0f10111213 128'")
          .map(said -> "the kernel has no ESP: " + said);
      case PROGRAM -> Files.isExecutable(PROGRAM_FILE) && Files.isDirectory(PROGRAM_MODULES) ? Optional.empty()
          : Optional.of(PROGRAM_FILE + " is not here (package user-mode-linux, x86 alone)");
      case USERLAND -> !Files.exists(PLUGIN)
          ? Optional.of(PLUGIN + " is not here (package libcharon-extra-plugins)")
          : attempt("unshare -n ip tuntap add mode tun name trial").map(said -> TUN + " gives no TUN device: " + said);
    };
  }

  private static Optional<String> attempt(String command) {
    try (Command c = Command.start("sh", "-c", command)) {
      return c.awaitExit(SOON) == 0 ? Optional.empty() : Optional.of(String.join(" ", c.output()));
    }
  }

  /// Runs the script of the two hosts.
  List<String> command(Path site) {
    return switch (this) {
      case OWN, USERLAND -> List.of(
          "unshare", "-m", "timeout", "-k", "20", "180", "sh", site.resolve("two-hosts.sh").toString());
      case PROGRAM -> List.of(PROGRAM_FILE.toString(), "mem=768M", "rootfstype=hostfs", "ro", "quiet", "con=null",
          "con0=null,fd:1", "SITE=" + site, "init=/bin/sh", "--", site.resolve("first-process.sh").toString());
    };
  }
}

package io.trivet.net.ipsec;

import com.fasterxml.jackson.core.JacksonException;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Finds in the firewall's ruleset the rule that drops what reaches a port without IPsec:
/// `udp dport 5683 meta ipsec missing drop`.
///
/// A rule is weaker than [SocketPolicy]: it can be taken away while the server runs, and the proof is of the moment it
/// was asked. It serves a server that opens its sockets without CAP_NET_ADMIN but may list the ruleset, and kernels
/// that have nftables' `meta ipsec` and no policies on sockets. It covers AH as well as ESP; strongSwan as `trivet
/// ipsec init` configures it makes only ESP.
///
/// The firewall is the operator's: this only reads it, unless it was told to add the rule.
public final class NftRule implements IpsecProof {
  private static final int ANSWER_BYTES_MAX = 16 << 20;
  private static final int COMPLAINT_CHARS_MAX = 300;
  private static final long PATIENCE_SECONDS = 10;
  /// Where Debian and others keep it; not on everybody's path.
  private static final List<String> PLACES =
      List.of("/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft", "/usr/local/sbin/nft");

  private final String program;
  private final boolean adds;

  private NftRule(String program, boolean adds) {
    this.program = program;
    this.adds = adds;
  }

  /// Only looks.
  public static NftRule checking() {
    return new NftRule(installed(), false);
  }

  /// Adds the rule where there is none, in a table of its own that stays when the server stops.
  public static NftRule adding() {
    return new NftRule(installed(), true);
  }

  /// @param program in place of the system's nft
  static NftRule of(String program, boolean adds) {
    return new NftRule(program, adds);
  }

  private static String installed() {
    return PLACES.stream().filter(p -> new File(p).canExecute()).findFirst().orElse("nft");
  }

  /// The rule for a port, as a file for `nft -f`.
  public static String ruleset(Protocol protocol, int port) {
    return """
        table inet trivet_ipsec {
          chain %1$s_%2$d {
            type filter hook input priority -1; policy accept;
            %1$s dport %2$d meta ipsec missing drop
          }
        }
        """.formatted(word(protocol), port);
  }

  static String word(Protocol protocol) {
    return protocol == Protocol.UDP ? "udp" : "tcp";
  }

  @Override
  public String name() {
    return "firewall rule";
  }

  @Override
  public String prove(int fd, InetSocketAddress local, Protocol protocol) throws IpsecUnavailable {
    NftVerdict before = look(local, protocol);
    if (before instanceof NftVerdict.Guarded g) {
      return describe(local, protocol, g);
    }
    String lack = ((NftVerdict.Open) before).why();
    if (!adds) {
      throw new IpsecUnavailable(lack + "; add what follows with 'nft -f', or save it to /etc/nftables.conf:\n"
          + ruleset(protocol, local.getPort()).stripTrailing());
    }
    run(ruleset(protocol, local.getPort()), "-f", "-");
    return switch (look(local, protocol)) {
      case NftVerdict.Guarded g -> describe(local, protocol, g);
      case NftVerdict.Open o -> throw new IpsecUnavailable("the rule was added, but " + o.why());
    };
  }

  private static String describe(InetSocketAddress local, Protocol protocol, NftVerdict.Guarded g) {
    return "firewall rule: " + word(protocol) + " port " + local.getPort() + " without IPsec is dropped by nftables in "
        + g.chain() + ", as it was at the start";
  }

  private NftVerdict look(InetSocketAddress local, Protocol protocol) throws IpsecUnavailable {
    byte[] listing = run("", "-j", "list", "ruleset");
    try {
      return NftRuleset.parse(listing).judge(local, protocol);
    } catch (JacksonException e) {
      throw new IpsecUnavailable("what " + program + " lists cannot be read: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new IpsecUnavailable("what " + program + " lists cannot be read: " + e.getMessage());
    }
  }

  private byte[] run(String input, String... arguments) throws IpsecUnavailable {
    ProcessBuilder builder = new ProcessBuilder(program);
    builder.command().addAll(List.of(arguments));
    builder.redirectErrorStream(true);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new IpsecUnavailable(program + " does not start (" + e.getMessage() + "): install nftables");
    }
    // The patience is for all of it: a program that hangs with its output open must not hang the start.
    try {
      byte[] answer = answer(process, input);
      if (process.exitValue() != 0) {
        throw new IpsecUnavailable(program + " fails" + complaint(answer));
      }
      return answer;
    } catch (IOException | TimeoutException e) {
      throw new IpsecUnavailable(program + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IpsecUnavailable(program + ": interrupted");
    } finally {
      process.destroyForcibly();
    }
  }

  private static byte[] answer(Process process, String input)
      throws IOException, InterruptedException, TimeoutException {
    Thread watch = Thread.ofVirtual().start(() -> destroyLate(process));
    try (var from = process.getInputStream()) {
      try (var to = process.getOutputStream()) {
        to.write(input.getBytes(StandardCharsets.UTF_8));
      }
      byte[] answer = from.readNBytes(ANSWER_BYTES_MAX + 1);
      if (answer.length > ANSWER_BYTES_MAX) {
        throw new IOException("its ruleset is larger than " + (ANSWER_BYTES_MAX >> 20) + " MiB");
      }
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new TimeoutException("no end within " + PATIENCE_SECONDS + " s");
      }
      return answer;
    } finally {
      watch.interrupt();
    }
  }

  private static void destroyLate(Process process) {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      // It has answered.
      Thread.currentThread().interrupt();
    }
  }

  private static String complaint(byte[] answer) {
    String text = new String(answer, StandardCharsets.UTF_8).strip().replaceAll("\\s+", " ");
    if (text.isEmpty()) {
      return " without a word";
    }
    String hint = text.contains("not permitted") ? " (listing the ruleset takes CAP_NET_ADMIN)" : "";
    return ": " + text.substring(0, Math.min(text.length(), COMPLAINT_CHARS_MAX)) + hint;
  }
}

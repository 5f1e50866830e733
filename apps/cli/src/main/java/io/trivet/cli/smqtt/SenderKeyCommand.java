package io.trivet.cli.smqtt;

import io.trivet.base.Parsed;
import io.trivet.cli.CommandFailed;
import io.trivet.cli.Output;
import io.trivet.cli.Shell;
import io.trivet.cli.Trivet;
import io.trivet.identity.OwnerOnly;
import io.trivet.server.Ports;
import io.trivet.smqtt.Sender;
import io.trivet.smqtt.SenderKey;
import io.trivet.smqtt.SenderKeyFile;
import io.trivet.smqtt.SendersFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "sender-key",
    description = "On a publisher: make the key that it signs with. The private half stays there.",
    mixinStandardHelpOptions = true)
final class SenderKeyCommand implements Callable<Integer> {
  @Parameters(paramLabel = "NAME", description = "The sender's name: one topic level, such as its device's id.")
  private @Nullable String name;

  @Option(names = "--out", paramLabel = "FILE", description = "Where to write. (NAME.sender-key)")
  private @Nullable Path out;

  @Option(names = "--senders", paramLabel = "FILE",
      description = "Add the public half to this file, for readers and the server; made where it is not there.")
  private @Nullable Path senders;

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    String who = String.valueOf(name);
    Path to = out == null ? Path.of(who + ".sender-key") : out;
    if (Files.exists(to)) {
      throw new CommandFailed(to + ": exists already; readers know its public half");
    }
    try (SenderKey key = generated(who)) {
      Sender public_ = key.identity();
      List<Sender> known = senders == null || !Files.exists(senders) ? List.of() : SendersFile.read(senders);
      byte[] file = SenderKeyFile.encoded(key);
      try {
        OwnerOnly.write(to, file);
      } finally {
        Arrays.fill(file, (byte) 0);
      }
      PrintWriter text = Output.of(spec);
      text.println("Private key  " + Shell.near(to.toString()) + "   (stays on the publisher)");
      if (senders == null) {
        text.println("Public key   " + SendersFile.line(public_) + "   (for the file of senders)");
      } else {
        add(senders, known, public_);
        text.println("Public key   added to " + Shell.near(senders.toString()));
      }
    }
    return Trivet.OK;
  }

  private static SenderKey generated(String who) {
    try {
      return SenderKey.generate(who, Ports.RANDOMNESS);
    } catch (IllegalArgumentException e) {
      throw new CommandFailed(Shell.printable(who) + ": " + e.getMessage(), e);
    }
  }

  /// Comments stay; the file is replaced whole or not at all.
  private static void add(Path file, List<Sender> known, Sender fresh) throws IOException {
    List<String> lines = new ArrayList<>(known.isEmpty() && !Files.exists(file)
        ? List.of("# Who seals messages: for readers and the server.") : Files.readAllLines(file));
    lines.add(SendersFile.line(fresh));
    String all = String.join("\n", lines) + "\n";
    if (SendersFile.parse(all) instanceof Parsed.Invalid<List<Sender>>(String where, String what)) {
      throw new CommandFailed(file + ":" + where + ": " + what);
    }
    OwnerOnly.write(file, all.getBytes(StandardCharsets.UTF_8));
  }
}

package io.trivet.cli.authority;

import io.trivet.authority.LogCheck;
import io.trivet.authority.LogEntry;
import io.trivet.authority.LogHead;
import io.trivet.authority.Shelf;
import io.trivet.cli.CommandFailed;
import io.trivet.cli.Output;
import io.trivet.cli.Shell;
import io.trivet.cli.Table;
import io.trivet.cli.Trivet;
import java.io.IOException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "log",
    description = "Show what the authority did, or check that nothing of it was changed. Needs no passphrase.",
    mixinStandardHelpOptions = true)
final class LogCommand implements Callable<Integer> {
  @Mixin
  private Keeper keeper = new Keeper();

  @Option(names = "--verify", description = "Check every line and the signed head; print only the verdict.")
  private boolean verify;

  @Option(
      names = "--contains",
      paramLabel = "HASH",
      description = "With --verify: the head that was noted earlier must be in it, or an older directory was put in place.")
  private @Nullable String noted;

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Shelf shelf = keeper.shelf();
    Table table = new Table("N", "TIME", "WHAT", "DEVICE", "EPOCH", "NOTE");
    Set<String> hashes = new HashSet<>();
    LogCheck check = shelf.check(e -> {
      if (noted != null) {
        hashes.add(e.previous());
      }
      if (!verify) {
        table.row(String.valueOf(e.number()), e.time().toString(), word(e), e.subject(), String.valueOf(e.epoch()),
            Shell.printable(e.note()));
      }
    });
    if (!verify) {
      table.print(Output.of(spec));
    }
    if (!(check instanceof LogCheck.Sound(LogHead head))) {
      throw new CommandFailed(keeper.dir().resolve("log.jsonl") + ": " + verdict(check));
    }
    String wanted = noted;
    if (wanted != null && !head.hash().equals(wanted) && !hashes.contains(wanted)) {
      throw new CommandFailed("the log is sound, but no line of it has the hash " + wanted
          + ": the directory is an older one, or another");
    }
    if (verify) {
      Output.of(spec).println(verdict(check));
    }
    return Trivet.OK;
  }

  private static String word(LogEntry e) {
    return e.what().name().toLowerCase(Locale.ROOT);
  }

  static String verdict(LogCheck check) {
    return switch (check) {
      case LogCheck.Sound(LogHead head) -> head.lines() + " lines, each whole and in its place; head " + head.hash();
      case LogCheck.Broken(long line, String what) -> "line " + line + ": " + what;
      case LogCheck.Unsigned u -> "line " + (u.head().lines() + 1)
          + ": not covered by the signed head: a change that was interrupted, or somebody's addition; the next command "
          + "that opens the master key settles it";
    };
  }
}

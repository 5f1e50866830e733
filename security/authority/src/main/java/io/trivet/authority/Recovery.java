package io.trivet.authority;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Putting right what an interrupted change left in the directory.
///
/// @param ledger what is in force
record Recovery(Layout layout, Ledger ledger) {
  /// @param head behind the lines that stay
  /// @param note what was found, for the log
  record Left(LogHead head, String note) {}

  /// @return what is to be said in the log; empty where nothing was interrupted
  /// @throws IOException where the log is broken, which no interruption explains
  Optional<Left> run() throws IOException {
    sweep();
    byte[] log = layout.readLog();
    return switch (LogCheck.of(log, ledger.log(), ledger.authority(), _ -> {})) {
      case LogCheck.Sound _ -> Optional.empty();
      case LogCheck.Broken(long line, String what) -> throw new AuthorityException(layout.log() + ": line " + line + ": "
          + what + "; nothing is issued over a log that is not whole: restore the whole directory from a backup");
      case LogCheck.Unsigned u -> Optional.of(left(log, u));
    };
  }

  private Left left(byte[] log, LogCheck.Unsigned u) throws IOException {
    LogHead head = u.head();
    for (LogEntry e : u.chained()) {
      head = head.after(e);
    }
    int torn = log.length - (int) u.chainedBytes();
    String note = u.chained().size() + " lines before this one had no effect";
    if (torn > 0) {
      Path kept = layout.dir().resolve("log.cut-after-" + head.lines());
      layout.disk().write(kept, Arrays.copyOfRange(log, (int) u.chainedBytes(), log.length));
      layout.disk().cut(layout.log(), u.chainedBytes());
      note += "; " + torn + " bytes that were no line are in " + kept.getFileName();
    }
    return new Left(head, note);
  }

  /// Deletes every key that the ledger does not hand out, and files that were being written.
  void sweep() throws IOException {
    Set<String> wanted = ledger.subjects().values().stream()
        .filter(s -> !s.isRevoked()).map(Subject::fileName).collect(Collectors.toCollection(HashSet::new));
    for (Path file : layout.disk().list(layout.keys())) {
      if (!wanted.contains(String.valueOf(file.getFileName()))) {
        layout.disk().delete(file);
      }
    }
    for (Path file : layout.disk().list(layout.dir())) {
      String name = String.valueOf(file.getFileName());
      if (name.startsWith(".") && name.endsWith(".new")) {
        layout.disk().delete(file);
      }
    }
  }
}

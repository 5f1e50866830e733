package io.trivet.authority;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.Utf8;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a log is worth, against the head that the authority signed.
public sealed interface LogCheck {
  /// Every line follows from the one before, up to the signed head and no further.
  record Sound(LogHead head) implements LogCheck {}

  /// @param line the first that is wrong, from 1; behind the last where lines are missing
  record Broken(long line, String what) implements LogCheck {}

  /// Sound up to the signed head, and then there is more: a change that was interrupted before it took effect, or what
  /// somebody added.
  ///
  /// @param signedBytes where the lines that the head covers end in the file
  /// @param chained the lines behind them that at least follow from one another
  /// @param chainedBytes where those end; what comes after is no line of this log
  record Unsigned(LogHead head, long signedBytes, List<LogEntry> chained, long chainedBytes) implements LogCheck {}

  /// @param each hears of every line that the head covers and that is right, in order
  static LogCheck of(byte[] log, LogHead signed, Bytes authority, Consumer<LogEntry> each) {
    LogHead now = LogHead.empty(authority);
    int at = 0;
    while (now.lines() < signed.lines()) {
      Step step = step(log, at, now);
      if (step.entry == null) {
        return new Broken(now.lines() + 1, step.end == at && at == log.length
            ? "missing: the log ends after " + now.lines() + " lines, the signed head says " + signed.lines()
            : step.wrong);
      }
      each.accept(step.entry);
      now = now.after(step.entry);
      at = step.end;
    }
    if (!now.hash().equals(signed.hash())) {
      return new Broken(now.lines(), "not the line that the signed head names");
    }
    return at == log.length ? new Sound(now) : rest(log, at, now);
  }

  private static LogCheck rest(byte[] log, int signedBytes, LogHead head) {
    List<LogEntry> chained = new ArrayList<>();
    LogHead now = head;
    int at = signedBytes;
    for (Step s = step(log, at, now); s.entry != null; s = step(log, at, now)) {
      chained.add(s.entry);
      now = now.after(s.entry);
      at = s.end;
    }
    return new Unsigned(head, signedBytes, List.copyOf(chained), at);
  }

  /// @param entry the line that begins there, where it is right; otherwise `wrong` says why not
  /// @param end behind its line feed
  record Step(@Nullable LogEntry entry, int end, String wrong) {}

  private static Step step(byte[] log, int at, LogHead before) {
    int feed = at;
    while (feed < log.length && log[feed] != '\n') {
      feed++;
    }
    if (feed == log.length) {
      return new Step(null, feed, "cut off: it has no end");
    }
    String line = Utf8.decode(log, at, Math.min(feed, at + LogEntry.LINE_BYTES_MAX + 1));
    if (line == null) {
      return new Step(null, feed + 1, "no UTF-8");
    }
    return switch (LogEntry.read(line)) {
      case Parsed.Invalid<LogEntry>(_, String what) -> new Step(null, feed + 1, what);
      case Parsed.Valid<LogEntry>(LogEntry e) when e.number() != before.lines() + 1 ->
          new Step(null, feed + 1, "numbered " + e.number() + " where " + (before.lines() + 1) + " is wanted");
      case Parsed.Valid<LogEntry>(LogEntry e) when !e.previous().equals(before.hash()) ->
          new Step(null, feed + 1, "does not follow from line " + before.lines()
              + ": one of the two was changed, or lines between them are missing");
      case Parsed.Valid<LogEntry>(LogEntry e) -> new Step(e, feed + 1, "");
    };
  }
}

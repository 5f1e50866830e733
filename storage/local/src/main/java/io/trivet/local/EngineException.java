package io.trivet.local;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/// What the disk, or what is on it, did wrong. The message is for the operator: what happened where, what to
/// do next.
public final class EngineException extends java.io.IOException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /// What can be done about it.
  public enum Kind {
    /// No space, or a quota is used up: goes on once there is room.
    FULL,
    /// The file system takes no writes, or the server may not write to it.
    READ_ONLY,
    /// What was read is not what was written. Never goes away by trying again.
    CORRUPT,
    /// The device or the file system failed; may pass.
    IO
  }

  EngineException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /// @param doing what was tried, as in "writing to the store"
  static EngineException of(RocksDBException thrown, String doing, Path directory) {
    Kind kind = kind(thrown);
    String message = doing + " in " + directory + ": " + saying(thrown) + ". " + advice(kind);
    return new EngineException(kind, message, thrown);
  }

  /// For what the Java library throws at the store's files.
  static EngineException of(java.io.IOException thrown, String doing, Path directory) {
    if (thrown instanceof EngineException already) {
      return already;
    }
    Kind kind = thrown instanceof java.nio.file.AccessDeniedException
        ? Kind.READ_ONLY
        : kindOfText(String.valueOf(thrown.getMessage()));
    String says = thrown.getClass().getSimpleName() + ": " + thrown.getMessage();
    return new EngineException(kind, doing + " in " + directory + ": " + says + ". " + advice(kind), thrown);
  }

  static EngineException closed(Path directory) {
    return new EngineException(Kind.IO, "the store in " + directory + " is closed", null);
  }

  private static Kind kind(RocksDBException thrown) {
    Status status = thrown.getStatus();
    if (status == null) {
      return kindOfText(String.valueOf(thrown.getMessage()));
    }
    if (status.getSubCode() == Status.SubCode.NoSpace) {
      return Kind.FULL;
    }
    Kind byText = kindOfText(thrown.getMessage() + " " + status.getState());
    if (byText != Kind.IO) {
      return byText;
    }
    return status.getCode() == Status.Code.Corruption ? Kind.CORRUPT : Kind.IO;
  }

  // RocksDB hands the operating system's own words (strerror, in English as it sets no locale) through where
  // it has no code of its own for them.
  private static Kind kindOfText(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.contains("no space left") || lower.contains("quota exceeded") || lower.contains("space limit")
        || lower.contains("file too large") || lower.contains("max allowed space")) {
      return Kind.FULL;
    }
    if (lower.contains("read-only file system") || lower.contains("permission denied")) {
      return Kind.READ_ONLY;
    }
    if (lower.contains("corruption")) {
      return Kind.CORRUPT;
    }
    return Kind.IO;
  }

  private static String saying(RocksDBException thrown) {
    Status status = thrown.getStatus();
    String code = status == null ? "" : status.getCodeString();
    String message = String.valueOf(thrown.getMessage());
    return code.isEmpty() || message.startsWith(code) ? message : code + ": " + message;
  }

  private static String advice(Kind kind) {
    return switch (kind) {
      case FULL -> "Give the disk space or raise its quota; nothing is acknowledged until then";
      case READ_ONLY ->
        "Make the directory writable for the server's user; nothing is acknowledged until then";
      case CORRUPT -> "Run 'trivet store check' to see which files are damaged, and restore a backup";
      case IO -> "See the system's log for what the disk reports";
    };
  }
}

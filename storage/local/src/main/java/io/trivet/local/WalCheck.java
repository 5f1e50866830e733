package io.trivet.local;

import io.trivet.local.WalReader.Fragment;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the write-ahead logs before RocksDB does and tells a torn tail from damage.
///
/// A loss of power may leave of the groups that were not synced any part: none, the first half, or the second
/// page and not the first. That was promised to nobody and must not stop a start. A group that was synced
/// must never be passed over. RocksDB knows no difference between the two: depending on its mode it drops
/// silently everything behind a bad record, or refuses to open where only the tail is torn.
///
/// So each group carries how far the log was known to be on disk when the group was written (see
/// [BatchEncoding]). A bad record was synced if, and only if, a good record behind it says so. Where every
/// group is synced before the next is written, any good record behind a bad one does; where groups are not
/// synced, those behind the last sync may have holes, and what stands behind the first hole is cut off, too,
/// as groups survive in order or not at all.
///
/// What cannot be told from a torn tail is damage to the last group of a process that was killed. An orderly
/// stop says behind it that it is on disk.
///
/// What is cut off is kept beside the log as `NAME.torn`, for those who want to look.
final class WalCheck {
  private static final int TORN_FILES_KEPT = 8;
  // RocksDB numbers each entry; between a bad record and a good one stand at most as many entries as bytes.
  private static final long SEQUENCE_MARGIN = 65_536;

  /// What to do about what is found.
  enum Mode {
    /// Change nothing.
    LOOK,
    /// Cut off a torn tail, refuse damage.
    CUT_TORN,
    /// Cut off at the first damage, whatever was synced behind it: only when the operator wants that.
    CUT_DAMAGED
  }

  /// @param logs how many there are
  /// @param bytes how many were read
  /// @param cuts what is torn, and cut off unless the mode was [Mode#LOOK]
  record Report(int logs, long bytes, List<Cut> cuts) {
    static final Report NONE = new Report(0, 0, List.of());

    long cutBytes() {
      return cuts.stream().mapToLong(Cut::bytes).sum();
    }
  }

  /// @param log the file's name
  /// @param offset from where on
  /// @param why what was read there
  record Cut(String log, long offset, long bytes, String why) {
    /// The file that keeps what was cut off.
    String copy() {
      return log + ".torn";
    }
  }

  private record Log(Path file, long number) {
    String name() {
      return file.getFileName().toString();
    }
  }

  /// A record that is not whole.
  ///
  /// @param record where it begins
  /// @param at where it is bad
  private record Damage(long record, long at, String why) {}

  private final Path directory;
  private final Mode mode;
  private final RecordHead head = new RecordHead();
  // The number of the first entry that was not read yet; 0 where none was read.
  private long expected;
  // Bytes of the logs before the one that is read.
  private long before;

  private WalCheck(Path directory, Mode mode) {
    this.directory = directory;
    this.mode = mode;
  }

  /// Reads all logs in `directory`, which no process has open.
  ///
  /// @throws EngineException of kind CORRUPT for damage to what was synced, naming file and offset
  static Report run(Path directory, Mode mode) throws IOException {
    try {
      return new WalCheck(directory, mode).run();
    } catch (IOException e) {
      throw EngineException.of(e, "reading the store's log", directory);
    }
  }

  private Report run() throws IOException {
    List<Log> logs = logs();
    for (int i = 0; i < logs.size(); i++) {
      Log log = logs.get(i);
      try (WalReader reader = new WalReader(log.file, log.number)) {
        Damage damage = read(reader);
        if (damage != null) {
          if (mode != Mode.CUT_DAMAGED) {
            refuseIfSynced(log, damage, reader, logs.subList(i + 1, logs.size()));
          }
          return cut(logs, i, damage);
        }
        before += reader.size();
      }
    }
    return new Report(logs.size(), before, List.of());
  }

  /// Reads whole records up to the end or the first that is not.
  private @Nullable Damage read(WalReader reader) throws IOException {
    long record = -1;
    while (true) {
      Fragment fragment = reader.next();
      long offset = reader.offset();
      long begin = record < 0 ? offset : record;
      switch (fragment) {
        case FULL, FIRST -> {
          if (record >= 0) {
            return new Damage(record, offset, "a record without its end");
          }
          head.begin(reader);
          record = offset;
        }
        case MIDDLE, LAST -> {
          if (record < 0) {
            return new Damage(offset, offset, "a record without its beginning");
          }
          head.append(reader);
        }
        case END -> {
          return record < 0 ? null : new Damage(record, offset, "a record without its end");
        }
        case BAD -> {
          return new Damage(begin, offset, reader.why());
        }
      }
      if (fragment == Fragment.FULL || fragment == Fragment.LAST) {
        if (!head.hasNumbers()) {
          return new Damage(record, record, "a record too short for a group");
        }
        expected = head.sequence() + head.count();
        record = -1;
      }
    }
  }

  private void refuseIfSynced(Log log, Damage damage, WalReader reader, List<Log> later) throws IOException {
    long size = reader.size();
    // What stopped the reading may be a good beginning in the wrong place: it is asked like any other.
    reader.again();
    boolean synced = search(reader, damage, before);
    long position = before + size;
    for (Log next : later) {
      if (synced) {
        break;
      }
      try (WalReader other = new WalReader(next.file, next.number)) {
        synced = search(other, damage, position);
        position += other.size();
      }
    }
    if (synced) {
      throw new EngineException(EngineException.Kind.CORRUPT,
          "the log " + log.file + " is damaged at byte " + damage.at + " of " + size + " (" + damage.why
              + "), and what stands behind it shows that this was on disk whole. Nothing was changed. "
              + "Run 'trivet store check' to see what else is damaged, and restore a backup", null);
    }
  }

  /// Whether a good record says that the damaged one was synced.
  ///
  /// @param position bytes of all logs before this one
  private boolean search(WalReader reader, Damage damage, long position) throws IOException {
    long damaged = before + damage.at;
    boolean within = false;
    while (true) {
      switch (reader.next()) {
        case FULL, FIRST -> {
          head.begin(reader);
          within = true;
        }
        case MIDDLE, LAST -> {
          if (within) {
            head.append(reader);
          }
        }
        case END -> {
          return false;
        }
        case BAD -> {
          within = false;
          if (!reader.resync((block, from, length, offset) ->
              isPlausible(block, from, length, position + offset - damaged))) {
            return false;
          }
        }
      }
      if (within && head.isWhole()) {
        if (saysSynced(position + reader.offset() - damaged, position == before)) {
          return true;
        }
        within = false;
      }
    }
  }

  /// @param distance bytes from what is damaged to the record that was read
  /// @param sameLog whether both stand in one log
  private boolean saysSynced(long distance, boolean sameLog) {
    if (!head.isMarked()) {
      // Not written by this store, which always says: rather refuse than lose.
      return true;
    }
    if (expected > 0) {
      return head.synced() >= expected;
    }
    // Nothing before the damage tells its number. A log is begun after the store was opened, so if nothing
    // was synced since, it was not. Otherwise the smallest number it can have is one entry a byte before this
    // record.
    if (sameLog && head.synced() <= head.base()) {
      return false;
    }
    return head.synced() >= head.sequence() - distance;
  }

  private boolean isPlausible(byte[] block, int from, int length, long distance) {
    if (length < RecordHead.BYTES) {
      return false;
    }
    head.read(block, from);
    long most = expected == 0 ? RecordHead.LARGEST_SEQUENCE : expected + distance + SEQUENCE_MARGIN;
    return head.isMarked() && head.sequence() > expected && head.sequence() <= most
        && head.synced() < head.sequence();
  }

  private Report cut(List<Log> logs, int first, Damage damage) throws IOException {
    List<Cut> cuts = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < logs.size(); i++) {
      Log log = logs.get(i);
      long size = Files.size(log.file);
      bytes += size;
      if (i == first) {
        cuts.add(new Cut(log.name(), damage.record, size - damage.record, damage.why));
      } else if (i > first && size > 0) {
        cuts.add(new Cut(log.name(), 0, size, "behind what is torn"));
      }
    }
    if (mode != Mode.LOOK) {
      // From the last log on: a crash in between must not leave a later group with an earlier one gone.
      for (Cut cut : cuts.reversed()) {
        cutOff(cut);
      }
      sync(directory);
      forgetOldest();
    }
    return new Report(logs.size(), bytes, List.copyOf(cuts));
  }

  private void cutOff(Cut cut) throws IOException {
    Path log = directory.resolve(cut.log);
    Path copy = directory.resolve(cut.copy());
    if (cut.offset == 0) {
      Files.move(log, copy, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return;
    }
    try (FileChannel from = FileChannel.open(log, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileChannel to = FileChannel.open(copy, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      for (long at = cut.offset; at < cut.offset + cut.bytes; ) {
        at += from.transferTo(at, cut.offset + cut.bytes - at, to);
      }
      to.force(true);
      from.truncate(cut.offset);
      from.force(true);
    }
  }

  private void forgetOldest() throws IOException {
    List<Path> torn = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.log.torn")) {
      files.forEach(torn::add);
    }
    torn.sort(Comparator.comparing(Path::getFileName).reversed());
    for (Path old : torn.subList(Math.min(TORN_FILES_KEPT, torn.size()), torn.size())) {
      Files.delete(old);
    }
  }

  private List<Log> logs() throws IOException {
    List<Log> logs = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.log")) {
        for (Path file : files) {
          String name = file.getFileName().toString();
          if (name.matches("[0-9]{6,18}\\.log")) {
            logs.add(new Log(file, Long.parseLong(name.substring(0, name.length() - 4))));
          }
        }
      }
    }
    logs.sort(Comparator.comparingLong(Log::number));
    return logs;
  }

  /// Makes the names in a directory as durable as the files.
  static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}

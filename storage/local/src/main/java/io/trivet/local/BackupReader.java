package io.trivet.local;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import org.jspecify.annotations.Nullable;

/// Reads one backup, as [Backup] draws it; believes no length before it has compared it with the file's.
final class BackupReader {
  // The least that may follow a file's bytes: its checksum and the trailer.
  private static final int FOLLOWING_BYTES = 4 + 1 + 4 + 4;
  private static final int FILES_MAX = 1_000_000;

  private final Path backup;
  private final @Nullable Path into;
  private final Progress progress;
  private final long size;
  private final CheckedInputStream checked;
  private final DataInputStream in;
  private final byte[] buffer = new byte[Backup.BUFFER_BYTES];
  private final Set<String> names = new HashSet<>();
  private long at;

  private BackupReader(
      Path backup, @Nullable Path into, Progress progress, CheckedInputStream checked, long size) {
    this.backup = backup;
    this.into = into;
    this.progress = progress;
    this.size = size;
    this.checked = checked;
    in = new DataInputStream(checked);
  }

  /// @param into where to write the files, or null to write none
  static Backup.Unpacked read(Path backup, @Nullable Path into, Progress progress) throws IOException {
    long size = Files.size(backup);
    // The checksum is taken of what is read from the buffer, not of what is read ahead into it.
    try (CheckedInputStream checked = new CheckedInputStream(
        new BufferedInputStream(Files.newInputStream(backup), Backup.BUFFER_BYTES), new CRC32C())) {
      return new BackupReader(backup, into, progress, checked, size).read();
    } catch (EOFException _) {
      throw new EngineException(EngineException.Kind.CORRUPT,
          "the backup " + backup + " is damaged: it ends after " + size + " bytes, within what was begun",
          null);
    }
  }

  private Backup.Unpacked read() throws IOException {
    if (size < 6 || in.readInt() != Backup.MAGIC) {
      throw damaged("it does not begin with TRVB, so it is no backup of this server");
    }
    int version = in.readUnsignedShort();
    if (version != Backup.VERSION) {
      throw damaged("it has format version " + version + ", and this server reads " + Backup.VERSION
          + ": restore it with the server that wrote it, or a newer one");
    }
    at = 6;
    while (true) {
      int kind = in.readUnsignedByte();
      at++;
      if (kind == 0) {
        return trailer();
      }
      if (kind != 1) {
        throw damaged("at byte " + (at - 1) + " stands " + kind + " where a file or the end should begin");
      }
      if (names.size() == FILES_MAX) {
        throw damaged("it holds more than " + FILES_MAX + " files");
      }
      file();
    }
  }

  private void file() throws IOException {
    byte[] ascii = new byte[in.readUnsignedByte()];
    in.readFully(ascii);
    at += 1 + ascii.length;
    String name = new String(ascii, StandardCharsets.ISO_8859_1);
    if (!Backup.isName(name)) {
      throw damaged("at byte " + at + " stands a file's name with other characters than A-Z a-z 0-9 . _ -");
    }
    if (!names.add(name)) {
      throw damaged("it holds the file " + name + " twice");
    }
    long length = in.readLong();
    at += 8;
    if (length < 0 || length > size - at - FOLLOWING_BYTES) {
      throw damaged("its file " + name + " has " + Long.toUnsignedString(length)
          + " bytes, and only " + (size - at) + " follow");
    }
    try (OutputStream out = open(name)) {
      int crc = copy(length, out);
      if (in.readInt() != crc) {
        throw damaged("its file " + name + " does not have the checksum that was written with it");
      }
      at += 4;
      if (out instanceof FileOutputStream file) {
        file.getFD().sync();
      }
    }
  }

  private OutputStream open(String name) throws IOException {
    if (into == null) {
      return OutputStream.nullOutputStream();
    }
    if (name.startsWith(Backup.EXTRA)) {
      Files.createDirectories(into.resolve(Backup.EXTRA));
    }
    return new FileOutputStream(into.resolve(name).toFile());
  }

  private int copy(long length, OutputStream out) throws IOException {
    CRC32C crc = new CRC32C();
    for (long left = length; left > 0; ) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        throw new EOFException();
      }
      crc.update(buffer, 0, read);
      out.write(buffer, 0, read);
      left -= read;
      at += read;
      progress.at(at, size);
    }
    return (int) crc.getValue();
  }

  private Backup.Unpacked trailer() throws IOException {
    int count = in.readInt();
    int crc = (int) checked.getChecksum().getValue();
    if (in.readInt() != crc) {
      throw damaged("it does not have the checksum at its end");
    }
    at += 8;
    if (count != names.size()) {
      throw damaged("it holds " + names.size() + " files and should hold " + Integer.toUnsignedString(count));
    }
    if (at != size) {
      throw damaged((size - at) + " bytes stand behind its end");
    }
    if (into != null && names.stream().anyMatch(name -> name.startsWith(Backup.EXTRA))) {
      WalCheck.sync(into.resolve(Backup.EXTRA));
    }
    progress.at(size, size);
    return new Backup.Unpacked(count, size);
  }

  private EngineException damaged(String what) {
    return new EngineException(
        EngineException.Kind.CORRUPT, "the backup " + backup + " is damaged: " + what, null);
  }
}

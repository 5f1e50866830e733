package io.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackupTest {
  @TempDir Path directory;

  private Path packed(Map<String, byte[]> files) throws IOException {
    Path source = Files.createTempDirectory(directory, "source");
    Map<String, Path> paths = new LinkedHashMap<>();
    int number = 0;
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      paths.put(file.getKey(), Files.write(source.resolve("" + number++), file.getValue()));
    }
    Path backup = directory.resolve("store.backup");
    Backup.pack(backup, paths, Progress.NONE);
    return backup;
  }

  private static byte[] some(int bytes) {
    byte[] some = new byte[bytes];
    new Random(bytes).nextBytes(some);
    return some;
  }

  /// A backup made by hand, with the right checksum at its end.
  private Path handMade(int version, Object... parts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(Backup.MAGIC);
    out.writeShort(version);
    for (Object part : parts) {
      switch (part) {
        case byte[] raw -> out.write(raw);
        case Integer u8 -> out.writeByte(u8);
        case Long u64 -> out.writeLong(u64);
        default -> throw new AssertionError(part);
      }
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes.toByteArray());
    out.writeInt((int) crc.getValue());
    return Files.write(directory.resolve("made.backup"), bytes.toByteArray());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private void assertRefused(Path backup, String why) throws IOException {
    Path into = directory.resolve("into");
    assertThatThrownBy(() -> Backup.unpack(backup, into, Progress.NONE))
        .isInstanceOfSatisfying(EngineException.class,
            e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.CORRUPT))
        .hasMessageContaining(backup.toString())
        .hasMessageContaining(why);
    assertThatThrownBy(() -> Backup.verify(backup, Progress.NONE)).hasMessageContaining(why);
    assertThat(into).doesNotExist();
    try (var files = Files.list(directory)) {
      assertThat(files.filter(f -> f.toString().contains("restoring"))).isEmpty();
    }
  }

  @Test
  void unpacksWhatWasPacked() throws IOException {
    Map<String, byte[]> files = Map.of("CURRENT", some(16), "000012.sst", some(200_000), "empty", new byte[0],
        "extra/devices.yaml", some(65_536));
    List<Long> progress = new java.util.ArrayList<>();
    Path backup = packed(files);
    Path into = directory.resolve("into");
    Backup.Unpacked unpacked = Backup.unpack(backup, into, (done, total) -> {
      assertThat(done).isLessThanOrEqualTo(total);
      progress.add(done);
    });
    assertThat(unpacked).isEqualTo(new Backup.Unpacked(4, Files.size(backup)));
    assertThat(Backup.verify(backup, Progress.NONE)).isEqualTo(unpacked);
    assertThat(progress).isSorted().last().isEqualTo(Files.size(backup));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      assertThat(into.resolve(file.getKey())).hasBinaryContent(file.getValue());
    }
    try (var names = Files.walk(into)) {
      assertThat(names.filter(Files::isRegularFile)).hasSize(4);
    }
  }

  @Test
  void replacesAnOlderBackupOnlyByAWholeOne() throws IOException {
    Path backup = packed(Map.of("a", some(10)));
    byte[] old = Files.readAllBytes(backup);
    assertThatThrownBy(() -> Backup.pack(backup, Map.of("a", directory.resolve("missing")), Progress.NONE))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> Backup.pack(backup, Map.of("../a", backup), Progress.NONE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(backup).hasBinaryContent(old);
    packed(Map.of("a", some(11)));
    assertThat(Files.readAllBytes(backup)).isNotEqualTo(old);
    assertThat(directory.resolve("store.backup.part")).doesNotExist();
  }

  @Test
  void refusesAFlippedBitAnywhere() throws IOException {
    Path backup = packed(Map.of("CURRENT", some(20), "extra/x", some(3)));
    byte[] whole = Files.readAllBytes(backup);
    for (int at = 0; at < whole.length; at++) {
      byte[] flipped = whole.clone();
      flipped[at] ^= 0x04;
      Files.write(backup, flipped);
      assertThatThrownBy(() -> Backup.unpack(backup, directory.resolve("into"), Progress.NONE))
          .as("byte %d", at).isInstanceOf(EngineException.class);
      assertThat(directory.resolve("into")).doesNotExist();
    }
  }

  @Test
  void refusesABackupCutOffAnywhereOrWithMoreBehindIt() throws IOException {
    Path backup = packed(Map.of("CURRENT", some(20), "extra/x", some(3)));
    byte[] whole = Files.readAllBytes(backup);
    for (int length = 0; length < whole.length; length++) {
      Files.write(backup, Arrays.copyOf(whole, length));
      assertRefused(backup, "damaged: ");
    }
    Files.write(backup, Arrays.copyOf(whole, whole.length + 1));
    assertRefused(backup, "1 bytes stand behind its end");
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "", ".", "..", "../x", "/etc/passwd", "a/b", "extra/", "extra/..", "extra/../x", "extra/a/b", "a\\b", "a\u0000",
    "\u00e9", ".hidden", "extra/.hidden", "C:x", "a\n"
  })
  void refusesNamesThatLeadElsewhere(String name) throws IOException {
    assertThat(Backup.isName(name)).isFalse();
    byte[] empty = {0, 0, 0, 0};
    assertRefused(handMade(1, 1, name.length(), ascii(name), 0L, empty, 0, new byte[] {0, 0, 0, 1}),
        "name with other characters");
  }

  @Test
  void refusesWhatIsNoBackupOrTooNew() throws IOException {
    assertRefused(Files.write(directory.resolve("text"), ascii("something else")), "no backup of this server");
    assertRefused(handMade(2, 0, new byte[4]), "format version 2, and this server reads 1");
  }

  @Test
  void refusesLengthsAndCountsThatAreNotThose() throws IOException {
    byte[] none = new byte[4];
    byte[] one = {0, 0, 0, 1};
    assertThat(Backup.verify(handMade(1, 1, 1, ascii("a"), 0L, none, 0, one), Progress.NONE).files()).isOne();
    assertRefused(handMade(1, 1, 1, ascii("a"), Long.MAX_VALUE, none, 0, one), "9223372036854775807 bytes, and only");
    assertRefused(handMade(1, 1, 1, ascii("a"), -1L, none, 0, one), "18446744073709551615 bytes, and only");
    assertRefused(handMade(1, 1, 1, ascii("a"), 1L, none, 0, one), "1 bytes, and only");
    assertRefused(handMade(1, 1, 1, ascii("a"), 0L, none, 0, none), "holds 1 files and should hold 0");
    assertRefused(handMade(1, 1, 1, ascii("a"), 0L, none, 1, 1, ascii("a"), 0L, none, 0, one), "a twice");
    assertRefused(handMade(1, 2, none, none), "stands 2 where a file or the end should begin");
  }

  @Test
  void restoresIntoNothingOrAnEmptyDirectoryOnly() throws IOException {
    Path backup = packed(Map.of("a", some(10)));
    Path into = Files.createDirectory(directory.resolve("into"));
    Files.write(into.resolve("mine"), some(1));
    assertThatThrownBy(() -> Backup.unpack(backup, into, Progress.NONE))
        .hasMessageContaining("not an empty directory");
    assertThat(into.resolve("mine")).exists();
    Files.delete(into.resolve("mine"));
    Backup.unpack(backup, into, Progress.NONE);
    assertThat(into.resolve("a")).hasBinaryContent(some(10));
  }

  /// Whatever the file holds: all of it is unpacked and packs to the same bytes again, or nothing is there.
  @FuzzTest
  void unpacksWholeOrNotAtAll(byte[] bytes) throws IOException {
    Path home = Files.createTempDirectory("backup");
    try {
      Path backup = Files.write(home.resolve("backup"), withChecksum(bytes));
      Path into = home.resolve("into");
      try {
        Backup.Unpacked unpacked = Backup.unpack(backup, into, Progress.NONE);
        try (var files = Files.walk(into)) {
          assertThat(files.filter(Files::isRegularFile)).hasSize(unpacked.files());
        }
      } catch (EngineException e) {
        assertThat(e.kind()).isEqualTo(EngineException.Kind.CORRUPT);
        assertThat(into).doesNotExist();
      }
      try (var left = Files.list(home)) {
        assertThat(left.filter(f -> !f.equals(into))).containsExactly(backup);
      }
    } finally {
      Backup.delete(home);
    }
  }

  // The fuzzer could not guess the checksum at the end.
  private static byte[] withChecksum(byte[] bytes) {
    if (bytes.length < 4) {
      return bytes;
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - 4);
    byte[] with = bytes.clone();
    java.nio.ByteBuffer.wrap(with).putInt(bytes.length - 4, (int) crc.getValue());
    return with;
  }
}

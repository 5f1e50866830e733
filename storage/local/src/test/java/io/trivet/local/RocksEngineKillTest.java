package io.trivet.local;

import static io.trivet.local.EngineContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that writes and is killed: what it was told is on disk is there.
///
/// A kill loses nothing that the operating system has; a loss of power does. The latter is [WalCheckTest]'s.
@Tag("slow")
class RocksEngineKillTest {
  private static final int ROUNDS = 10;
  // Small, so that memtables are flushed, logs change and tables are compacted while it is killed.
  private static final EngineOptions SMALL = new EngineOptions(2 << 20, 4 << 20, 4 << 20, 2, 64);

  @TempDir Path directory;

  @Test
  void keepsEverySyncedGroupOfAProcessThatIsKilled() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    long acknowledged = -1;
    for (int round = 0; round < ROUNDS; round++) {
      long printed = run(random.nextInt(1, 400));
      assertThat(printed).as("seed %d, round %d", seed, round).isGreaterThan(acknowledged);
      acknowledged = printed;
      try (RocksEngine engine = RocksEngine.open(directory.resolve("store"), SMALL)) {
        check(engine, acknowledged, "seed " + seed + ", round " + round);
      }
    }
  }

  /// Starts the writer and kills it some time after its first lines.
  ///
  /// @return the last number it printed
  private long run(int millis) throws Exception {
    Path printed = Files.createTempFile(directory, "printed", "");
    Process process = new ProcessBuilder(
        List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
            "-cp", System.getProperty("java.class.path"), Writer.class.getName(), directory.toString()))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        // A file: Java closes a killed process's pipe with what is still in it.
        .redirectOutput(printed.toFile())
        .start();
    try {
      await().until(() -> Files.size(printed) > 0 || !process.isAlive());
      Thread.sleep(millis);
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }
    return Files.readAllLines(printed).stream()
        .filter(line -> line.endsWith("."))
        .mapToLong(line -> Long.parseLong(line.substring(0, line.length() - 1)))
        .max().orElse(-1);
  }

  private static void check(Engine engine, long acknowledged, String where) throws IOException {
    long count = 0;
    try (Engine.Cursor cursor = engine.scan(Family.INBOXES, new byte[0], bytes("\u00ff"))) {
      while (cursor.next()) {
        assertThat(ByteBuffer.wrap(cursor.key()).getLong()).as(where).isEqualTo(count);
        assertThat(cursor.value()).as(where).isEqualTo(value(count));
        count++;
      }
    }
    assertThat(count).as("%s: groups kept", where).isGreaterThan(acknowledged);
    byte[] last = engine.get(Family.META, bytes("last"));
    assertThat(last).as(where).isNotNull();
    assertThat(ByteBuffer.wrap(last).getLong()).as("%s: halves of a group", where).isEqualTo(count - 1);
  }

  private static byte[] value(long number) {
    Random random = new Random(number);
    byte[] value = new byte[random.nextInt(10) == 0 ? random.nextInt(60_000) : random.nextInt(600)];
    random.nextBytes(value);
    return value;
  }

  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) throws IOException {
      Path directory = Path.of(arguments[0]);
      NativeLibrary.load(directory.resolve("native"));
      PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), false,
          StandardCharsets.US_ASCII);
      try (RocksEngine engine = RocksEngine.open(directory.resolve("store"), SMALL)) {
        byte[] last = engine.get(Family.META, bytes("last"));
        long number = last == null ? 0 : ByteBuffer.wrap(last).getLong() + 1;
        while (true) {
          Changes changes = new Changes();
          byte[] key = ByteBuffer.allocate(8).putLong(number).array();
          changes.put(Family.INBOXES, key, value(number));
          changes.put(Family.META, bytes("last"), key);
          engine.write(changes, true);
          // One write of a whole line: the parent reads it or does not.
          out.write((number + ".\n").getBytes(StandardCharsets.US_ASCII));
          out.flush();
          number++;
        }
      }
    }
  }
}

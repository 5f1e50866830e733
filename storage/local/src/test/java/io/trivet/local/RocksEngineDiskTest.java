package io.trivet.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On a real file system that is full or read-only: one of 8 MiB in memory, mounted in a name space of its
/// own, where the kernel lets us.
class RocksEngineDiskTest {
  private static final EngineOptions SMALL = new EngineOptions(1 << 20, 4 << 20, 4 << 20, 2, 64);
  private static final int VALUE_BYTES = 10_000;

  @TempDir Path directory;

  @BeforeAll
  static void needsNameSpaces(@TempDir Path scratch) throws Exception {
    Process mount = new ProcessBuilder("unshare", "-rm", "sh", "-c", "mount -t tmpfs none '" + scratch + "'")
        .redirectErrorStream(true).start();
    String said = new String(mount.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Assumptions.assumeTrue(mount.waitFor() == 0, said);
  }

  private List<String> run(Class<?> main) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process = new ProcessBuilder("unshare", "-rm", "sh", "-c",
        "mount -t tmpfs -o size=8m none \"$1\" && exec \"$2\" -Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
            + " --enable-native-access=ALL-UNNAMED -cp \"$3\" \"$4\" \"$1\"",
        "sh", directory.toString(), java, System.getProperty("java.class.path"), main.getName())
        .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      return said.lines().toList();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void tellsAFullDiskAndGoesOnOnceThereIsRoom() throws Exception {
    assertThat(run(Full.class)).containsExactly(
        "write: FULL", "what was written is read", "write: FULL",
        "others: java.io.IOException: No space left on device", "usable less than a group: true", "reopen: FULL",
        "get: IO", "reopened", "every group is there", "written");
  }

  @Test
  void tellsAReadOnlyFileSystem() throws Exception {
    assertThat(run(ReadOnly.class)).containsExactly("open: READ_ONLY", "reopened");
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void say(String what, Step step, String done) {
    try {
      step.run();
      System.out.println(done);
    } catch (EngineException e) {
      System.out.println(what + ": " + e.kind());
    } catch (IOException e) {
      System.out.println(what + ": " + e);
    }
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  private static void write(Engine engine, int number) throws IOException {
    byte[] value = new byte[VALUE_BYTES];
    new Random(number).nextBytes(value);
    Changes changes = new Changes();
    changes.put(Family.INBOXES, key(number), value);
    engine.write(changes, true);
  }

  static final class Full {
    private static int number;

    private Full() {}

    public static void main(String[] arguments) throws IOException {
      Path directory = Path.of(arguments[0]);
      Path ballast = Files.write(directory.resolve("ballast"), new byte[4 << 20]);
      try (RocksEngine engine = RocksEngine.open(directory.resolve("store"), SMALL)) {
        say("write", () -> {
          while (number < 2000) {
            write(engine, number);
            number++;
          }
        }, "never full");
        say("get", () -> engine.get(Family.INBOXES, key(number - 1)), "what was written is read");
        say("write", () -> write(engine, number), "written");
        // What a failed flush gave back is used up by others.
        Path others = directory.resolve("others");
        say("others", () -> {
          try (var out = Files.newOutputStream(others)) {
            while (true) {
              out.write(new byte[1000]);
            }
          }
        }, "room for others");
        System.out.println("usable less than a group: " + (engine.usableBytes() < VALUE_BYTES));
        say("reopen", engine::reopen, "reopened");
        say("get", () -> engine.get(Family.INBOXES, key(0)), "read");
        Files.delete(ballast);
        Files.delete(others);
        say("reopen", engine::reopen, "reopened");
        say("get", () -> {
          for (int i = 0; i < number; i++) {
            byte[] value = new byte[VALUE_BYTES];
            new Random(i).nextBytes(value);
            if (!java.util.Arrays.equals(engine.get(Family.INBOXES, key(i)), value)) {
              throw new IOException("group " + i + " of " + number);
            }
          }
        }, "every group is there");
        say("write", () -> write(engine, number), "written");
      }
    }
  }

  static final class ReadOnly {
    private ReadOnly() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
      Path directory = Path.of(arguments[0]);
      RocksEngine.open(directory.resolve("store"), SMALL).close();
      remount(directory, "ro");
      say("open", () -> RocksEngine.open(directory.resolve("store"), SMALL).close(), "opened");
      remount(directory, "rw");
      say("open", () -> RocksEngine.open(directory.resolve("store"), SMALL).close(), "reopened");
    }

    private static void remount(Path directory, String how) throws IOException, InterruptedException {
      int exit = new ProcessBuilder("mount", "-o", "remount," + how, directory.toString())
          .inheritIO().start().waitFor();
      if (exit != 0) {
        throw new IOException("mount: " + exit);
      }
    }
  }
}

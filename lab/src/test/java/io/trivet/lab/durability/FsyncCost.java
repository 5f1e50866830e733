package io.trivet.lab.durability;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;

/// What a disk takes for its promise, to be read beside any figure of a server that waits for it: 4 KiB
/// appended and fdatasync, one after the other. Half of them go over space written before, as into a log that
/// is used again; the rest make the file longer, which costs a file system more.
///
/// ```
/// FsyncCost DIRECTORY [COUNT]
/// ```
public final class FsyncCost {
  private static final int BLOCK_BYTES = 4_096;

  private FsyncCost() {}

  public static void main(String[] words) throws IOException {
    Path directory = Path.of(words.length > 0 ? words[0] : ".");
    int count = words.length > 1 ? Integer.parseInt(words[1]) : 500;
    Path file = Files.createTempFile(directory, "fsync-cost", ".tmp");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      long[] growing = measure(channel, count);
      channel.position(0);
      long[] over = measure(channel, count);
      System.out.printf(Locale.ROOT, "4 KiB + fdatasync in %s, %d times each: appended p50 %.2f ms, p99 %.2f ms; "
              + "written over p50 %.2f ms, p99 %.2f ms%n",
          directory.toAbsolutePath(), count, millis(growing, 50), millis(growing, 99), millis(over, 50),
          millis(over, 99));
    } finally {
      Files.delete(file);
    }
  }

  /// Nanoseconds, ascending.
  private static long[] measure(FileChannel channel, int count) throws IOException {
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
    long[] nanos = new long[count];
    for (int i = 0; i < count; i++) {
      block.clear();
      block.putInt(0, i);
      long began = System.nanoTime();
      while (block.hasRemaining()) {
        channel.write(block);
      }
      channel.force(false);
      nanos[i] = System.nanoTime() - began;
    }
    Arrays.sort(nanos);
    return nanos;
  }

  private static double millis(long[] ascending, int percent) {
    return ascending[Math.min(ascending.length - 1, ascending.length * percent / 100)] / 1e6;
  }
}

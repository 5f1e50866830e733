package io.trivet.lab.durability.power;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// The bytes of a file.
final class FileNode extends Node {
  /// What a disk writes whole or not at all.
  private static final int SECTOR_BYTES = 512;

  private sealed interface Change {
    record Write(long offset, byte[] data) implements Change {}

    record Resize(long size) implements Change {}

    record Grow(long size) implements Change {}
  }

  /// What is left of it.
  record Survivor(byte[] content, Damage damage) {}

  private final byte[] base;
  private final List<Change> changes = new ArrayList<>();
  private boolean contentUnknown;

  FileNode(byte[] base) {
    this.base = base;
  }

  @Override
  int changes() {
    return changes.size();
  }

  void write(long offset, byte[] data) {
    changes.add(new Change.Write(offset, data));
  }

  void resize(long size) {
    changes.add(new Change.Resize(size));
  }

  void grow(long size) {
    changes.add(new Change.Grow(size));
  }

  void forgetContent() {
    contentUnknown = true;
  }

  boolean isContentUnknown() {
    return contentUnknown;
  }

  /// As it may be found. The page cache writes out any sector at any time, so each is as it was after some
  /// change to it; the size as after some change, whichever sectors within it made it. What was never written
  /// reads as zero.
  Survivor survive(Random random) {
    Fate fate = Fate.draw(random);
    int sized = certain() + fate.keptOf(changes.size() - certain(), random);
    long size = base.length;
    long largest = size;
    long kept = size;
    for (int i = 0; i < changes.size(); i++) {
      size = sizeAfter(size, changes.get(i));
      largest = Math.max(largest, size);
      if (i < sized) {
        kept = size;
      }
    }
    byte[] content = Arrays.copyOf(base, Math.toIntExact(largest));
    for (Change c : changes.subList(0, certain())) {
      apply(c, content, 0, content.length);
    }
    Map<Integer, List<Change>> bySector = new TreeMap<>();
    for (Change c : changes.subList(certain(), changes.size())) {
      touch(c, content.length, bySector);
    }
    int lost = 0;
    for (Map.Entry<Integer, List<Change>> e : bySector.entrySet()) {
      List<Change> pending = e.getValue();
      int reached = fate.keptOf(pending.size(), random);
      lost += reached < pending.size() ? 1 : 0;
      int from = e.getKey() * SECTOR_BYTES;
      pending.subList(0, reached).forEach(c -> apply(c, content, from, from + SECTOR_BYTES));
    }
    return new Survivor(Arrays.copyOf(content, Math.toIntExact(kept)), new Damage(bySector.size(), lost, 0, 0));
  }

  private static long sizeAfter(long size, Change change) {
    return switch (change) {
      case Change.Write(long offset, byte[] data) -> Math.max(size, offset + data.length);
      case Change.Resize(long to) -> to;
      case Change.Grow(long to) -> Math.max(size, to);
    };
  }

  /// As far as it lies between `from` and `to`.
  private static void apply(Change change, byte[] content, int from, int to) {
    switch (change) {
      case Change.Write(long offset, byte[] data) -> {
        int begin = (int) Math.max(offset, from);
        int end = (int) Math.min(offset + data.length, Math.min(to, content.length));
        if (begin < end) {
          System.arraycopy(data, (int) (begin - offset), content, begin, end - begin);
        }
      }
      case Change.Resize(long size) -> {
        // What is cut off reads as zero where the file grows again.
        int begin = (int) Math.max(size, from);
        int end = Math.min(to, content.length);
        if (begin < end) {
          Arrays.fill(content, begin, end, (byte) 0);
        }
      }
      case Change.Grow _ -> {}
    }
  }

  private static void touch(Change change, int length, Map<Integer, List<Change>> bySector) {
    long from;
    long to;
    switch (change) {
      case Change.Write(long offset, byte[] data) -> {
        from = offset;
        to = offset + data.length;
      }
      case Change.Resize(long size) -> {
        from = size;
        to = length;
      }
      case Change.Grow _ -> {
        return;
      }
    }
    for (long s = from / SECTOR_BYTES; s * SECTOR_BYTES < to; s++) {
      bySector.computeIfAbsent((int) s, _ -> new ArrayList<>()).add(change);
    }
  }
}

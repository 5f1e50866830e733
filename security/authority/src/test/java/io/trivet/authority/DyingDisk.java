package io.trivet.authority;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// A disk whose machine stops, or which is full, before the n-th change. What is appended last is there in half; what
/// replaces a file is there whole or not at all.
final class DyingDisk implements Disk {
  /// The machine has stopped: nothing that catches an [IOException] gets to tidy up.
  static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private final Disk under = new OwnedDisk();
  private final boolean full;
  private int left;
  private boolean dead;

  /// @param changes how many there may be
  /// @param full whether the disk is only full: then what frees or cuts still works
  DyingDisk(int changes, boolean full) {
    this.left = changes;
    this.full = full;
  }

  boolean died() {
    return dead;
  }

  private synchronized boolean mayChange() throws IOException {
    if (!dead && left-- > 0) {
      return true;
    }
    boolean first = !dead;
    dead = true;
    if (first) {
      return false;
    }
    throw failure();
  }

  private IOException failure() {
    if (!full) {
      throw new Stopped();
    }
    return new AuthorityException("No space left on device");
  }

  @Override
  public boolean exists(Path file) {
    return under.exists(file);
  }

  @Override
  public long size(Path file) throws IOException {
    return under.size(file);
  }

  @Override
  public void directory(Path dir) throws IOException {
    under.directory(dir);
  }

  @Override
  public byte[] read(Path file, int bytesMax) throws IOException {
    return under.read(file, bytesMax);
  }

  @Override
  public void write(Path file, byte[] content) throws IOException {
    if (!mayChange()) {
      throw failure();
    }
    under.write(file, content);
  }

  @Override
  public void append(Path file, byte[] content) throws IOException {
    if (!mayChange()) {
      under.append(file, Arrays.copyOf(content, content.length / 2));
      throw failure();
    }
    under.append(file, content);
  }

  @Override
  public void cut(Path file, long length) throws IOException {
    if (full || mayChange()) {
      under.cut(file, length);
    } else {
      throw failure();
    }
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    if (!mayChange()) {
      throw failure();
    }
    under.rename(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    if (full || mayChange()) {
      under.delete(file);
    } else {
      throw failure();
    }
  }

  @Override
  public Closeable lock(Path file) throws IOException {
    return under.lock(file);
  }

  @Override
  public List<Path> list(Path dir) throws IOException {
    return under.list(dir);
  }
}

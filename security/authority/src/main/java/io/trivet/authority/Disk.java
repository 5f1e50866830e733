package io.trivet.authority;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// The file system as the authority uses it; a test puts one here that stops after any number of writes.
interface Disk {
  boolean exists(Path file);

  /// In bytes.
  long size(Path file) throws IOException;

  /// Makes the directory for its owner alone where it is not there.
  ///
  /// @throws IOException where others may enter one that is there
  void directory(Path dir) throws IOException;

  /// @throws IOException where there are more than `bytesMax` bytes, or others than the owner may read the file
  byte[] read(Path file, int bytesMax) throws IOException;

  /// Replaces the file whole or not at all, and returns when it is on the medium.
  void write(Path file, byte[] content) throws IOException;

  /// Adds to the end of the file and returns when it is on the medium.
  void append(Path file, byte[] content) throws IOException;

  /// Cuts the file to its first `length` bytes.
  void cut(Path file, long length) throws IOException;

  /// Gives a directory its final name, at once; nothing but an empty directory may have it.
  void rename(Path from, Path to) throws IOException;

  /// Nothing happens where it is not there.
  void delete(Path file) throws IOException;

  /// Keeps other processes out until it is closed.
  ///
  /// @throws IOException where another one holds it
  Closeable lock(Path file) throws IOException;

  /// What is in a directory, by name; nothing where it is not there.
  List<Path> list(Path dir) throws IOException;
}

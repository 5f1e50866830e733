package io.trivet.lab.durability.power;

import io.trivet.base.Bytes;

/// What a process did to a file, as `shim.c` writes it down. Paths are relative to the directory that is
/// followed.
public sealed interface Operation {
  record Open(int fd, String path, boolean created, boolean truncated, boolean directory) implements Operation {}

  record Close(int fd) implements Operation {}

  record Write(int fd, long offset, Bytes data) implements Operation {}

  record Resize(int fd, long size) implements Operation {}

  record ResizePath(String path, long size) implements Operation {}

  /// The file is at least so large from now on.
  record Grow(int fd, long size) implements Operation {}

  record Rename(String from, String to) implements Operation {}

  record Unlink(String path) implements Operation {}

  record Link(String from, String to) implements Operation {}

  record MakeDirectory(String path) implements Operation {}

  record RemoveDirectory(String path) implements Operation {}

  /// An fsync or fdatasync is about to begin.
  ///
  /// @param ticket the same in the record of its end
  record SyncBegin(int fd, long ticket) implements Operation {}

  /// It has succeeded.
  record SyncEnd(int fd, long ticket) implements Operation {}

  record Duplicate(int from, int to) implements Operation {}

  /// From now on the file is written by stdio, which is not followed.
  record StdioByPath(String path) implements Operation {}

  record StdioByDescriptor(int fd) implements Operation {}

  /// Something that cannot be modelled.
  record Unsupported(String what) implements Operation {}
}

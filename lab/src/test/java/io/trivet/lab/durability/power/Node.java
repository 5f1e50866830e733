package io.trivet.lab.durability.power;

/// A file or a directory: what the disk had at the start, and the changes since. The first of these are
/// certain to have reached the disk, because a sync began after them; of the others it may have any.
abstract sealed class Node permits FileNode, DirectoryNode {
  private int certain;

  /// How many there were.
  abstract int changes();

  /// The first `count` changes have reached the disk.
  final void becomesCertain(int count) {
    certain = Math.max(certain, count);
  }

  final int certain() {
    return certain;
  }
}

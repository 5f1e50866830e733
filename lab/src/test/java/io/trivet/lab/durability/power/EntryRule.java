package io.trivet.lab.durability.power;

/// When a name in a directory (a file that was made, renamed or removed) is certain to have reached the disk.
public enum EntryRule {
  /// Once the directory itself was synced: all that POSIX promises. A program that is right under this rule
  /// is right on every file system.
  STRICT,
  /// Also once a new file was synced, which makes ext4 commit all names changed until then.
  EXT4
}

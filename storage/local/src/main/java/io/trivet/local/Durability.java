package io.trivet.local;

/// What a kept batch outlives.
public enum Durability {
  /// The loss of power: it is on the disk.
  FSYNC,
  /// The end of the process: the operating system has it.
  OS
}

package io.trivet.abe.curve;

/// A point of the first group, made by one [Curve] and of use to that one only.
public interface G1 {
  int BYTES = 48;

  /// Overwrites the point where the implementation can; it is of no use afterwards.
  void wipe();
}

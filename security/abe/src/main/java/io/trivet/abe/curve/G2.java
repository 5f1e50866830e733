package io.trivet.abe.curve;

/// A point of the second group, made by one [Curve] and of use to that one only.
public interface G2 {
  int BYTES = 96;

  /// Overwrites the point where the implementation can; it is of no use afterwards.
  void wipe();
}

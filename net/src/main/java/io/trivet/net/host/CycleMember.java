package io.trivet.net.host;

/// A channel that takes part in the cycles of its loop.
interface CycleMember {
  /// Sends what the cycle wrote; called once at its end for who asked by [LoopRunner#addDirty].
  void flushCycle();

  /// What the loop waited for has caught up: reading may go on.
  void readAgain();
}

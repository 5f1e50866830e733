package io.trivet.lab.durability;

/// Where a run stands, for all its clients: whether the server is up, and whether to go on publishing.
final class Course {
  private static final int NOBODY = 0;

  private enum Phase {
    PREPARING,
    PUBLISHING,
    /// Publishers send a last message to each topic and end when all is acknowledged; subscribers stay.
    DRAINING,
    OVER
  }

  private int port = NOBODY;
  private int lives;
  private Phase phase = Phase.PREPARING;

  /// @param newPort of the server that has come up
  synchronized void serverIsUp(int newPort) {
    port = newPort;
    lives++;
    notifyAll();
  }

  synchronized void serverGoesDown() {
    port = NOBODY;
  }

  /// Which life of the server is the latest; a connection of an earlier one is of no more use.
  synchronized int life() {
    return lives;
  }

  synchronized void publish() {
    phase = Phase.PUBLISHING;
    notifyAll();
  }

  synchronized void drain() {
    phase = Phase.DRAINING;
    notifyAll();
  }

  synchronized void end() {
    phase = Phase.OVER;
    notifyAll();
  }

  synchronized boolean mayPublish() {
    return phase == Phase.PUBLISHING;
  }

  synchronized boolean isDraining() {
    return phase == Phase.DRAINING;
  }

  synchronized boolean isOver() {
    return phase == Phase.OVER;
  }

  /// Waits until the server is up.
  ///
  /// @return its port; 0 when the run is over
  synchronized int awaitServer() {
    return await(0);
  }

  /// As [#awaitServer()], but first stays away for so long, unless the run comes to its end meanwhile.
  synchronized int awaitServerAfter(int millis) {
    return await(millis);
  }

  private int await(int millis) {
    long from = System.nanoTime() + millis * 1_000_000L;
    try {
      while (phase != Phase.OVER) {
        long left = (from - System.nanoTime()) / 1_000_000;
        boolean away = left > 0 && phase != Phase.DRAINING;
        if (port != NOBODY && !away) {
          return port;
        }
        wait(away ? left : 100);
      }
      return NOBODY;
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }
}

package io.trivet.lab.durability;

import java.util.List;

/// A client that comes back finds its session.
final class SessionsKept implements Invariant {
  @Override
  public String promise() {
    return "session present is 1 on each connection after something in the session was acknowledged";
  }

  @Override
  public List<String> breaches(Evidence evidence) {
    return evidence.sessionsLost();
  }
}

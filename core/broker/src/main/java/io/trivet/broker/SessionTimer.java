package io.trivet.broker;

import org.jspecify.annotations.Nullable;

/// What awaits a session without a connection: its will, then its end (MQTT 5.0, sections 3.1.2.5 and 3.1.2.11.2).
final class SessionTimer extends Timers.Timer {
  private final Session session;
  private final long willDueNanos;
  private final long endDueNanos;
  private final boolean ends;

  /// @param willDueNanos when the will is due; `Long.MAX_VALUE` for none
  /// @param ends whether the session expires at `endDueNanos`
  SessionTimer(Session session, long willDueNanos, boolean ends, long endDueNanos) {
    this.session = session;
    this.willDueNanos = willDueNanos;
    this.endDueNanos = endDueNanos;
    this.ends = ends;
  }

  @Override
  protected void fire(long nowNanos) {
    BrokerLoop loop = session.loop;
    if (loop == null) {
      return; // moving: whoever receives it attaches it
    }
    if (session.will != null && nowNanos - willDueNanos >= 0) {
      loop.sessions().fireWill(session);
    }
    if (ends && nowNanos - endDueNanos >= 0) {
      loop.counters().increment(Counter.SESSIONS_EXPIRED);
      loop.sessions().end(session);
    } else if (ends) {
      loop.timers().set(this, endDueNanos);
    }
  }

  static void stop(Session s, Timers timers) {
    @Nullable SessionTimer t = s.timer;
    if (t != null) {
      timers.cancel(t);
      s.timer = null;
    }
  }
}

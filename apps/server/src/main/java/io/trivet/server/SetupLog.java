package io.trivet.server;

import io.trivet.net.transport.Refusal;
import io.trivet.net.transport.SetupFailure;
import io.trivet.net.transport.SetupWatcher;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Logs connections that never became ready, within a budget.
final class SetupLog implements SetupWatcher {
  private static final Logger LOG = LoggerFactory.getLogger("trivet");
  private static final int LINES_PER_SECOND_MAX = 20;

  private final LogBudget budget = new LogBudget(LOG, LINES_PER_SECOND_MAX);

  private static String ip(InetSocketAddress a) {
    return a.getAddress() == null ? "unknown" : a.getAddress().getHostAddress();
  }

  @Override
  public void refused(InetSocketAddress address, String listener, Refusal why) {
    if (LOG.isWarnEnabled() && budget.take()) {
      LOG.warn("connection refused ip={} listener={} reason={}", ip(address), listener, why);
    }
  }

  @Override
  public void failed(InetSocketAddress address, String listener, SetupFailure why, String what) {
    if (LOG.isWarnEnabled() && budget.take()) {
      LOG.warn("connection failed ip={} listener={} reason={} detail=\"{}\"",
          ip(address), listener, why, LogWatcher.shown(what));
    }
  }
}

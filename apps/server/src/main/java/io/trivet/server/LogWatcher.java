package io.trivet.server;

import io.trivet.broker.ClientId;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.broker.Watcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what happens to the log: one stable line each, so that tools such as fail2ban can read it. What peers sent is
/// cut and escaped; passwords never come here.
final class LogWatcher implements Watcher {
  private static final Logger LOG = LoggerFactory.getLogger("trivet");
  private static final int SHOWN_CHARS_MAX = 128;
  private static final int LINES_PER_SECOND_MAX = 100;

  private final LogBudget budget = new LogBudget(LOG, LINES_PER_SECOND_MAX);

  private static String ip(Peer p) {
    return p.address().getAddress() == null ? "unknown" : p.address().getAddress().getHostAddress();
  }

  /// Without control characters and quotes, and at most so long.
  static String shown(String fromPeer) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < fromPeer.length() && out.length() < SHOWN_CHARS_MAX; i++) {
      char c = fromPeer.charAt(i);
      if (Character.isISOControl(c) || c == '"' || c == '\\' || Character.isSurrogate(c) || c == '\u2028') {
        out.append("\\u").append(String.format("%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append(fromPeer.length() > SHOWN_CHARS_MAX ? "…" : "").toString();
  }

  @Override
  public void connected(Peer peer, ClientId clientId, Principal principal, String protocol, boolean resumed) {
    if (LOG.isInfoEnabled()) {
      LOG.info("connected ip={} client=\"{}\" device=\"{}\" listener={} protocol=\"{}\" protection=\"{}\" resumed={}",
          ip(peer), shown(clientId.text()), principal.device(), peer.listener(), protocol, peer.protection(), resumed);
    }
  }

  @Override
  public void disconnected(Peer peer, ClientId clientId, Principal principal, String reason) {
    if (LOG.isInfoEnabled()) {
      LOG.info("disconnected ip={} client=\"{}\" device=\"{}\" reason=\"{}\"",
          ip(peer), shown(clientId.text()), principal.device(), shown(reason));
    }
  }

  @Override
  public void refused(Peer peer, String clientId, String reason, String detail) {
    if (!budget.take()) {
      return;
    }
    LOG.warn("auth failed ip={} client=\"{}\" reason={} detail=\"{}\"",
        ip(peer), shown(clientId), reason, shown(detail));
  }

  @Override
  public void denied(ClientId clientId, Principal principal, String action, String topic, String rule) {
    if (LOG.isDebugEnabled()) {
      LOG.debug("denied client=\"{}\" device=\"{}\" action={} topic=\"{}\" by=\"{}\"",
          shown(clientId.text()), principal.device(), action, shown(topic), shown(rule));
    }
  }

  @Override
  public void violated(Peer peer, String clientId, String rule, String what) {
    if (!budget.take()) {
      return;
    }
    LOG.warn("protocol violated ip={} client=\"{}\" rule={} what=\"{}\"", ip(peer), shown(clientId), rule, shown(what));
  }

  @Override
  public void failed(String where, Throwable fault) {
    LOG.error("our own fault, while {}; that connection ended, the server goes on", where, fault);
  }
}

package io.trivet.net.transport;

import java.net.InetSocketAddress;

/// Port: hears of connections that were turned away or never became ready. Called on event loops: must be quick, and
/// must limit what it writes, for an attacker chooses how often this happens.
public interface SetupWatcher {
  SetupWatcher SILENT = new SetupWatcher() {
    @Override
    public void refused(InetSocketAddress address, String listener, Refusal why) {}

    @Override
    public void failed(InetSocketAddress address, String listener, SetupFailure why, String what) {}
  };

  void refused(InetSocketAddress address, String listener, Refusal why);

  /// @param what in a line, for the operator; may quote the peer, with control characters replaced, up to 200
  ///     characters
  void failed(InetSocketAddress address, String listener, SetupFailure why, String what);
}

package io.trivet.net.dtls;

import io.trivet.base.Clock;
import io.trivet.net.transport.SetupWatcher;
import io.trivet.net.transport.TransportCounters;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.Executor;

/// A DTLS 1.2 server (RFC 6347) over sockets that others hold, shared by the loops that read them.
///
/// @param name such as `coaps`, told with every failure and in [io.trivet.broker.Peer#listener()]
/// @param loops how many shares it has, 1 to 256
/// @param keys the parts that `settings` ask for must be there; its ports are called on workers
/// @param workers computes handshakes: keys, signatures, certificate paths. Its queue must take everything; it is bounded
///     by the handshakes that settings allow. `Runnable::run` serves where the loop may wait
/// @param watcher hears on the loops, seldom on a worker, of handshakes that failed or found no place
/// @param counters handshakes succeeded, failed and refused
public record DtlsListener(
    String name,
    int loops,
    DtlsSettings settings,
    DtlsKeys keys,
    Clock clock,
    Executor workers,
    SetupWatcher watcher,
    TransportCounters counters) {
  private static final int LOOPS_MAX = 256;
  private static final int RECORD_CONNECTION_ID = 25;
  private static final int CONNECTION_ID_AT = 11;

  public DtlsListener {
    if (loops < 1 || loops > LOOPS_MAX) {
      throw new IllegalArgumentException("loops = " + loops + ": give a value from 1 to " + LOOPS_MAX);
    }
    needs(settings, DtlsMode.PRE_SHARED_KEY, keys.preSharedKeys().isPresent(), "a lookup of keys");
    needs(settings, DtlsMode.CERTIFICATE, keys.material().isPresent(), "a certificate");
    needs(settings, DtlsMode.RAW_PUBLIC_KEY,
        keys.rawKeyTrust().isPresent() && (keys.rawKey().isPresent() || keys.material().isPresent()),
        "a key pair and a list of trusted keys");
  }

  private static void needs(DtlsSettings s, DtlsMode mode, boolean there, String what) {
    if (s.modes().contains(mode) && !there) {
      throw new IllegalArgumentException("modes = " + s.modes() + ": " + mode + " needs " + what);
    }
  }

  /// The share of a loop.
  ///
  /// @param index 0 to `loops` - 1
  /// @param loop runs what it is given later on that loop; called by workers
  /// @param saved what [SecureDatagrams#save] wrote of the loops that fall to this one. Whoever gives it must have made
  ///     sure that it is never given again, also not after a crash: two servers with the same keys and sequence numbers
  ///     would use a nonce twice, which breaks both CCM and GCM. Delete the file, durably, before calling this
  /// @throws IOException where what was saved cannot be read; start without it then
  public SecureDatagrams onLoop(
      int index, Executor loop, SecureDatagrams.Out out, List<InputStream> saved) throws IOException {
    if (index < 0 || index >= loops) {
      throw new IllegalArgumentException("loop " + index + " of " + loops);
    }
    return new DtlsLoop(this, index, loop, out, saved);
  }

  /// Which loop's association a datagram belongs to, by the first byte of its connection id (RFC 9146).
  ///
  /// @return the loop, or -1 where it carries none and the peer's address decides
  public int loopOf(byte[] datagram, int length) {
    if (settings.connectionIdBytes() == 0 || length <= CONNECTION_ID_AT || datagram[0] != RECORD_CONNECTION_ID) {
      return -1;
    }
    return (datagram[CONNECTION_ID_AT] & 0xFF) % loops;
  }
}

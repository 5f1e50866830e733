package io.trivet.coap.oscore;

import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import java.util.Optional;

/// One security context: keys and what changes with their use (RFC 8613, section 3.1). Several loops may share it, since
/// a device may send from one address and then another.
public final class OscoreContext {
  /// After so many that did not verify the keys are not used any more: with a tag of eight bytes, one forged message
  /// among them has a chance below 2^-32.
  public static final long FORGERIES_MAX = 1L << 32;

  private static final int ECHO_BYTES = 8;

  private final OscoreKeys keys;
  private final SenderSequence sequence;
  private final ReplayWindow window;
  private final long forgeriesMax;
  private boolean windowLost;
  private long forgeries;
  private Bytes echo = Bytes.EMPTY;
  private long echoUntilNanos;

  /// @param windowLost whether these keys may have been used before the process began: then the first request is
  ///     challenged for its freshness (appendix B.1.2)
  /// @param windowSize how far requests may overtake each other, 1 to 64
  public OscoreContext(OscoreKeys keys, SenderSequence sequence, boolean windowLost, int windowSize) {
    this(keys, sequence, windowLost, windowSize, FORGERIES_MAX);
  }

  OscoreContext(OscoreKeys keys, SenderSequence sequence, boolean windowLost, int windowSize, long forgeriesMax) {
    this.keys = keys;
    this.sequence = sequence;
    this.windowLost = windowLost;
    this.window = new ReplayWindow(windowSize);
    this.forgeriesMax = forgeriesMax;
  }

  public OscoreKeys keys() {
    return keys;
  }

  public SenderSequence sequence() {
    return sequence;
  }

  /// Too many forgeries were tried.
  public synchronized boolean isSpent() {
    return forgeries >= forgeriesMax;
  }

  synchronized void forged() {
    forgeries++;
  }

  /// What the window says of a request that verified.
  enum Verdict {
    FRESH,
    REPLAYED,
    /// It may be a replay from before a restart: only an Echo can tell.
    DOUBTFUL
  }

  /// Before decryption: whether it can be told already that this was received.
  synchronized boolean isReplayed(long number) {
    return !windowLost && !window.isFresh(number);
  }

  /// Takes the number of a request that verified; nothing else moves the window.
  ///
  /// @param answered the Echo inside the request; empty where there is none
  synchronized Verdict take(long number, Optional<Bytes> answered, long nowNanos) {
    if (!windowLost) {
      return window.take(number) ? Verdict.FRESH : Verdict.REPLAYED;
    }
    boolean isAnswer = !echo.isEmpty() && nowNanos - echoUntilNanos < 0 && answered.map(echo::equals).orElse(false);
    if (!isAnswer) {
      return Verdict.DOUBTFUL;
    }
    windowLost = false;
    echo = Bytes.EMPTY;
    window.restart(number);
    return Verdict.FRESH;
  }

  /// The Echo to ask for. While one is valid it is asked of all, so that replayed requests cannot spoil the challenge of a
  /// genuine one.
  synchronized Bytes challenge(Randomness randomness, long nowNanos, long lifetimeNanos) {
    if (echo.isEmpty() || nowNanos - echoUntilNanos >= 0) {
      byte[] drawn = new byte[ECHO_BYTES];
      randomness.fill(drawn);
      echo = Bytes.wrap(drawn);
      echoUntilNanos = nowNanos + lifetimeNanos;
    }
    return echo;
  }
}

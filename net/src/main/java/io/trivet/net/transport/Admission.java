package io.trivet.net.transport;

import io.trivet.base.Clock;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;

/// Decides, before a byte is read or a key is used, whether a connection may stay.
///
/// Addresses live in a table of parallel arrays: a chained hash for finding, and a list in order of last use of those
/// that have no connection, from which the eldest is evicted. A table entry with a connection is never evicted, so
/// the caps hold whatever the attacker does; what he can make us forget is only how fast an address came that is
/// gone. The table grows to `connectionsMax + addressesKept` entries of 40 bytes and no further; deciding allocates
/// nothing else that outlives the call.
///
/// The rate is the generic cell rate algorithm: one instant an address, at which its bucket will be full again.
///
/// One lock for all loops: it is held for tens of nanoseconds, once an accept and once a close.
public final class Admission {
  private static final int NONE = -1;
  private static final int FIRST_CAPACITY = 256;
  private static final Optional<Refusal> ADMITTED = Optional.empty();
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final AdmissionLimits limits;
  private final Clock clock;
  private final long seed;
  private final long intervalNanos;
  private final long toleranceNanos;
  private final int addressHandshakesMax;

  private int connections;
  private int handshakes;

  private int entries;
  private int idle;
  private int[] heads = filled(FIRST_CAPACITY);
  private int[] next = new int[FIRST_CAPACITY];
  private long[] key = new long[FIRST_CAPACITY];
  private long[] fullAt = new long[FIRST_CAPACITY];
  private int[] open = new int[FIRST_CAPACITY];
  private int[] shaking = new int[FIRST_CAPACITY];
  private int[] older = new int[FIRST_CAPACITY];
  private int[] newer = new int[FIRST_CAPACITY];
  private int eldest = NONE;
  private int youngest = NONE;

  /// @param seed unpredictable, so that nobody can aim addresses at one chain of the table
  public Admission(AdmissionLimits limits, Clock clock, long seed) {
    this.limits = limits;
    this.clock = clock;
    this.seed = seed;
    this.intervalNanos = NANOS_PER_SECOND / limits.acceptsPerSecond();
    this.toleranceNanos = intervalNanos * (limits.acceptBurst() - 1L);
    this.addressHandshakesMax = Math.max(1, limits.handshakesMax() / AdmissionLimits.HANDSHAKE_SHARES);
  }

  /// Takes a connection in, or says why not. One that is taken is given back by [#closed(InetAddress)], and its
  /// handshake, where it has one, before that by [#handshakeEnded(InetAddress)].
  public synchronized Optional<Refusal> admit(InetAddress from, boolean handshaking) {
    if (connections >= limits.connectionsMax()) {
      return Optional.of(Refusal.CONNECTIONS_MAX);
    }
    if (handshaking && handshakes >= limits.handshakesMax()) {
      return Optional.of(Refusal.HANDSHAKES_MAX);
    }
    Optional<Refusal> refusal = count(from, handshaking);
    if (refusal.isEmpty()) {
      connections++;
      handshakes += handshaking ? 1 : 0;
    }
    return refusal;
  }

  /// Takes in a load balancer's connection and its handshake, which count for nobody's address until
  /// [#named(InetAddress)]; given back by [#closedUnnamed()] and [#handshakeEndedUnnamed()].
  public synchronized Optional<Refusal> admitUnnamed() {
    if (connections >= limits.connectionsMax()) {
      return Optional.of(Refusal.CONNECTIONS_MAX);
    }
    if (handshakes >= limits.handshakesMax()) {
      return Optional.of(Refusal.HANDSHAKES_MAX);
    }
    connections++;
    handshakes++;
    return ADMITTED;
  }

  /// Counts a connection taken in unnamed, and its handshake, for the client it turned out to be; from then on both
  /// are given back by that address. Where this refuses, it is still unnamed.
  public synchronized Optional<Refusal> named(InetAddress client) {
    return count(client, true);
  }

  public synchronized void closed(InetAddress from) {
    int i = find(Addresses.neighbourhood(from));
    if (i == NONE || open[i] == 0) {
      throw new AssertionError("a connection closed that was never admitted");
    }
    if (--open[i] == 0) {
      append(i);
      idle++;
      forgetBeyond(limits.addressesKept());
    }
    closedUnnamed();
  }

  public synchronized void closedUnnamed() {
    if (--connections < 0) {
      throw new AssertionError("more connections closed than admitted");
    }
  }

  public synchronized void handshakeEnded(InetAddress from) {
    int i = find(Addresses.neighbourhood(from));
    if (i == NONE || --shaking[i] < 0) {
      throw new AssertionError("a handshake ended that was never begun");
    }
    handshakeEndedUnnamed();
  }

  public synchronized void handshakeEndedUnnamed() {
    if (--handshakes < 0) {
      throw new AssertionError("more handshakes ended than begun");
    }
  }

  public synchronized int connections() {
    return connections;
  }

  public synchronized int handshakes() {
    return handshakes;
  }

  /// Addresses remembered, with and without a connection.
  public synchronized int addresses() {
    return entries;
  }

  private Optional<Refusal> count(InetAddress from, boolean handshaking) {
    long k = Addresses.neighbourhood(from);
    long now = clock.monotonicNanos();
    int i = find(k);
    if (i == NONE) {
      i = insert(k, now);
    } else if (open[i] >= limits.addressConnectionsMax()) {
      return Optional.of(Refusal.ADDRESS_CONNECTIONS_MAX);
    } else if (handshaking && shaking[i] >= addressHandshakesMax) {
      return Optional.of(Refusal.ADDRESS_HANDSHAKES_MAX);
    } else if (fullAt[i] - now > toleranceNanos) {
      if (open[i] == 0) {
        unlink(i);
        append(i);
      }
      return Optional.of(Refusal.ACCEPT_RATE);
    } else if (open[i] == 0) {
      unlink(i);
      idle--;
    }
    fullAt[i] = (fullAt[i] - now > 0 ? fullAt[i] : now) + intervalNanos;
    open[i]++;
    shaking[i] += handshaking ? 1 : 0;
    return ADMITTED;
  }

  // --- the table ----------------------------------------------------------------------------------------------------

  private static int[] filled(int capacity) {
    int[] a = new int[capacity];
    Arrays.fill(a, NONE);
    return a;
  }

  private int slot(long k) {
    long h = (k ^ seed) * 0x9E37_79B9_7F4A_7C15L;
    h = (h ^ h >>> 32) * 0xD6E8_FEB8_6659_FD93L;
    return (int) (h >>> 32) & heads.length - 1;
  }

  private int find(long k) {
    int i = heads[slot(k)];
    while (i != NONE && key[i] != k) {
      i = next[i];
    }
    return i;
  }

  private int insert(long k, long now) {
    if (entries == key.length) {
      grow();
    }
    int i = entries++;
    key[i] = k;
    fullAt[i] = now;
    open[i] = 0;
    shaking[i] = 0;
    chain(i);
    return i;
  }

  private void chain(int i) {
    int s = slot(key[i]);
    next[i] = heads[s];
    heads[s] = i;
  }

  private void unchain(int i) {
    int s = slot(key[i]);
    if (heads[s] == i) {
      heads[s] = next[i];
      return;
    }
    int p = heads[s];
    while (next[p] != i) {
      p = next[p];
    }
    next[p] = next[i];
  }

  private void grow() {
    int capacity = key.length * 2;
    next = new int[capacity];
    key = Arrays.copyOf(key, capacity);
    fullAt = Arrays.copyOf(fullAt, capacity);
    open = Arrays.copyOf(open, capacity);
    shaking = Arrays.copyOf(shaking, capacity);
    older = Arrays.copyOf(older, capacity);
    newer = Arrays.copyOf(newer, capacity);
    heads = filled(capacity);
    for (int i = 0; i < entries; i++) {
      chain(i);
    }
  }

  private void forgetBeyond(int kept) {
    while (idle > kept) {
      int i = eldest;
      unlink(i);
      idle--;
      unchain(i);
      moveInto(i);
    }
  }

  /// Fills the hole at `hole` with the last entry, so that the table stays dense.
  private void moveInto(int hole) {
    int last = --entries;
    if (hole == last) {
      return;
    }
    unchain(last);
    boolean wasIdle = open[last] == 0;
    key[hole] = key[last];
    fullAt[hole] = fullAt[last];
    open[hole] = open[last];
    shaking[hole] = shaking[last];
    chain(hole);
    if (wasIdle) {
      older[hole] = older[last];
      newer[hole] = newer[last];
      if (older[hole] == NONE) {
        eldest = hole;
      } else {
        newer[older[hole]] = hole;
      }
      if (newer[hole] == NONE) {
        youngest = hole;
      } else {
        older[newer[hole]] = hole;
      }
    }
  }

  private void append(int i) {
    older[i] = youngest;
    newer[i] = NONE;
    if (youngest == NONE) {
      eldest = i;
    } else {
      newer[youngest] = i;
    }
    youngest = i;
  }

  private void unlink(int i) {
    if (older[i] == NONE) {
      eldest = newer[i];
    } else {
      newer[older[i]] = newer[i];
    }
    if (newer[i] == NONE) {
      youngest = older[i];
    } else {
      older[newer[i]] = older[i];
    }
  }
}

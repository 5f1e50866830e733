package io.trivet.net.dtls;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/// How a DTLS listener behaves; each loop's share has its own tables, so numbers count for one loop.
///
/// @param modes at least one
/// @param associationsMax kept for one loop, 1 to 10,000,000; beyond, the one unused longest makes place if it was
///     unused for `staleAfter`, otherwise the newcomer is refused
/// @param staleAfter 1 s or more
/// @param idleMax an association unused for so long ends, at least `staleAfter`
/// @param handshakesMax that may be under way on one loop after their cookie came back, 1 to 1,000,000; one address may
///     hold a quarter of them
/// @param retransmission first wait before a flight is sent again, 50 ms to 60 s; doubles each time (RFC 6347, section
///     4.2.4.1)
/// @param retransmissionsMax after so many a handshake fails, 1 to 10
/// @param datagramBytesMax of a datagram we send, 256 to 16,384
/// @param connectionIdBytes length of the connection ids we ask peers to use, the first byte being the loop, 4 to 16; 0
///     for none
public record DtlsSettings(
    Set<DtlsMode> modes,
    int associationsMax,
    Duration staleAfter,
    Duration idleMax,
    int handshakesMax,
    Duration retransmission,
    int retransmissionsMax,
    int datagramBytesMax,
    int connectionIdBytes) {
  public static final DtlsSettings DEFAULT = new DtlsSettings(
      Set.of(DtlsMode.PRE_SHARED_KEY), 100_000, Duration.ofMinutes(10), Duration.ofHours(24), 500,
      Duration.ofSeconds(1), 4, 1_280, 6);

  /// A record's header with connection id, nonce, tag and inner type at most.
  private static final int RECORD_OVERHEAD = 13 + 16 + 8 + 16 + 1;

  public DtlsSettings {
    modes = Set.copyOf(modes);
    if (modes.isEmpty()) {
      throw new IllegalArgumentException("modes = none: give one or more of " + EnumSet.allOf(DtlsMode.class));
    }
    within("associations-max", associationsMax, 1, 10_000_000);
    atLeast("stale-after", staleAfter, Duration.ofSeconds(1));
    atLeast("idle-max", idleMax, staleAfter);
    within("handshakes-max", handshakesMax, 1, 1_000_000);
    atLeast("retransmission", retransmission, Duration.ofMillis(50));
    if (retransmission.compareTo(Duration.ofSeconds(60)) > 0) {
      throw new IllegalArgumentException("retransmission = " + retransmission + ": give at most 60 s");
    }
    within("retransmissions-max", retransmissionsMax, 1, 10);
    within("datagram-bytes-max", datagramBytesMax, 256, 16_384);
    if (connectionIdBytes != 0) {
      within("connection-id-bytes", connectionIdBytes, 4, 16);
    }
  }

  /// What one [SecureDatagrams#send] may carry, so that the datagram stays within `datagramBytesMax`.
  public int plaintextBytesMax() {
    return datagramBytesMax - RECORD_OVERHEAD;
  }

  public DtlsSettings withModes(Set<DtlsMode> changed) {
    return new DtlsSettings(changed, associationsMax, staleAfter, idleMax, handshakesMax, retransmission,
        retransmissionsMax, datagramBytesMax, connectionIdBytes);
  }

  public DtlsSettings withAssociations(int max, Duration stale, Duration idle) {
    return new DtlsSettings(modes, max, stale, idle, handshakesMax, retransmission, retransmissionsMax,
        datagramBytesMax, connectionIdBytes);
  }

  public DtlsSettings withHandshakesMax(int max) {
    return new DtlsSettings(modes, associationsMax, staleAfter, idleMax, max, retransmission, retransmissionsMax,
        datagramBytesMax, connectionIdBytes);
  }

  public DtlsSettings withRetransmission(Duration first, int max) {
    return new DtlsSettings(modes, associationsMax, staleAfter, idleMax, handshakesMax, first, max, datagramBytesMax,
        connectionIdBytes);
  }

  public DtlsSettings withDatagramBytesMax(int max) {
    return new DtlsSettings(modes, associationsMax, staleAfter, idleMax, handshakesMax, retransmission,
        retransmissionsMax, max, connectionIdBytes);
  }

  public DtlsSettings withConnectionIdBytes(int bytes) {
    return new DtlsSettings(modes, associationsMax, staleAfter, idleMax, handshakesMax, retransmission,
        retransmissionsMax, datagramBytesMax, bytes);
  }

  private static void within(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(name + " = " + value + ": give a value from " + min + " to " + max);
    }
  }

  private static void atLeast(String name, Duration value, Duration min) {
    if (value.compareTo(min) < 0) {
      throw new IllegalArgumentException(name + " = " + value + ": give at least " + min);
    }
  }
}

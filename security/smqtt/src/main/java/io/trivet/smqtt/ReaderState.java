package io.trivet.smqtt;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import io.trivet.base.cbor.CborReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a reader keeps over a restart, so that what it has taken is not taken again: the epoch, and the counters of each
/// key. Holds no secret, but topics.
public final class ReaderState {
  public static final int BYTES_MAX = 1 << 26;
  private static final CborLimits LIMITS = new CborLimits(6, 4_000_000, true);
  private static final long VERSION = 1;

  private final long epochFloor;
  private final Map<Bytes, ReplayWindow> windows;

  ReaderState(long epochFloor, Map<Bytes, ReplayWindow> windows) {
    this.epochFloor = epochFloor;
    this.windows = windows;
  }

  public static ReaderState fresh() {
    return new ReaderState(0, Map.of());
  }

  long epochFloor() {
    return epochFloor;
  }

  Map<Bytes, ReplayWindow> windows() {
    return windows;
  }

  static Bytes encode(long epochFloor, Map<Bytes, ReplayWindow> windows) {
    return Cbor.array(Cbor.of(VERSION), Cbor.of(epochFloor), ReplayWindow.all(windows)).encoded();
  }

  /// @param encoded from [Opener#state()]
  public static Parsed<ReaderState> decode(Bytes encoded) {
    if (encoded.length() > BYTES_MAX) {
      return bad("more than " + BYTES_MAX + " bytes");
    }
    if (!(CborReader.only(encoded, LIMITS) instanceof CborReader.Read.Item(Cbor.Array(List<Cbor> parts)))
        || parts.size() != 3 || !parts.get(0).equals(Cbor.of(VERSION))
        || !(parts.get(1) instanceof Cbor.Int(long epoch)) || epoch < 0
        || !(parts.get(2) instanceof Cbor.Array(List<Cbor> items))) {
      return bad("not [1, epoch, windows]");
    }
    Map<Bytes, ReplayWindow> windows = new LinkedHashMap<>();
    for (Cbor item : items) {
      if (!(item instanceof Cbor.Array(List<Cbor> pair)) || pair.size() != 2
          || !(pair.get(0) instanceof Cbor.ByteString(Bytes kid)) || kid.length() != Hashes.SHA256_BYTES) {
        return bad("not a kid and its window");
      }
      Optional<ReplayWindow> window = ReplayWindow.of(pair.get(1));
      if (window.isEmpty()) {
        return bad("a window out of shape");
      }
      windows.put(kid.compact(), window.get());
    }
    return Parsed.valid(new ReaderState(epoch, windows));
  }

  private static Parsed<ReaderState> bad(String what) {
    return Parsed.invalid("reader state", what);
  }
}

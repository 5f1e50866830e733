package io.trivet.coap.oscore;

import io.trivet.base.Bytes;
import java.util.Optional;

/// The value of the OSCORE option (RFC 8613, section 6.1).
///
/// @param partialIv 1 to 5 bytes without leading zeros but for zero itself; empty where there is none
/// @param kidContext at most 255 bytes
public record OscoreOption(Bytes partialIv, Optional<Bytes> kidContext, Optional<Bytes> kid) {
  public static final OscoreOption NONE = new OscoreOption(Bytes.EMPTY, Optional.empty(), Optional.empty());

  private static final int KID_CONTEXT = 0x10;
  private static final int KID = 0x08;
  private static final int PARTIAL_IV_BYTES = 0x07;
  private static final int PARTIAL_IV_BYTES_MAX = 5;

  /// A sequence number as a partial IV (section 5.2).
  ///
  /// @param number 0 to 2^40-1
  public static Bytes partialIv(long number) {
    int n = Math.max(1, (64 - Long.numberOfLeadingZeros(number) + 7) / 8);
    byte[] b = new byte[n];
    for (int i = 0; i < n; i++) {
      b[i] = (byte) (number >>> 8 * (n - 1 - i));
    }
    return Bytes.wrap(b);
  }

  /// The sequence number; -1 where there is no partial IV.
  public long number() {
    long value = partialIv.isEmpty() ? -1 : 0;
    for (int i = 0; i < partialIv.length(); i++) {
      value = value << 8 | partialIv.at(i) & 0xFF;
    }
    return value;
  }

  /// Empty where the value is malformed: reserved bits or lengths, something cut off or left over, a partial IV longer
  /// than it need be.
  public static Optional<OscoreOption> decode(Bytes value) {
    if (value.isEmpty()) {
      return Optional.of(NONE);
    }
    int flags = value.at(0);
    int n = flags & PARTIAL_IV_BYTES;
    int at = 1 + n;
    if ((flags & 0xE0) != 0 || flags == 0 || n > PARTIAL_IV_BYTES_MAX || value.length() < at) {
      return Optional.empty();
    }
    Bytes partialIv = value.slice(1, n);
    if (n > 1 && partialIv.at(0) == 0) {
      return Optional.empty();
    }
    Optional<Bytes> kidContext = Optional.empty();
    if ((flags & KID_CONTEXT) != 0) {
      int s = value.length() == at ? -1 : value.at(at) & 0xFF;
      if (s < 0 || value.length() - at - 1 < s) {
        return Optional.empty();
      }
      kidContext = Optional.of(value.slice(at + 1, s));
      at += 1 + s;
    }
    if ((flags & KID) == 0) {
      return at == value.length() ? Optional.of(new OscoreOption(partialIv, kidContext, Optional.empty()))
          : Optional.empty();
    }
    return Optional.of(new OscoreOption(partialIv, kidContext, Optional.of(value.slice(at, value.length() - at))));
  }

  public Bytes encode() {
    int contextBytes = kidContext.map(c -> 1 + c.length()).orElse(0);
    int kidBytes = kid.map(Bytes::length).orElse(0);
    int flags = partialIv.length() | (kidContext.isPresent() ? KID_CONTEXT : 0) | (kid.isPresent() ? KID : 0);
    if (flags == 0) {
      return Bytes.EMPTY;
    }
    byte[] out = new byte[1 + partialIv.length() + contextBytes + kidBytes];
    out[0] = (byte) flags;
    partialIv.copyTo(out, 1);
    if (kidContext.isPresent()) {
      out[1 + partialIv.length()] = (byte) kidContext.get().length();
      kidContext.get().copyTo(out, 2 + partialIv.length());
    }
    kid.ifPresent(k -> k.copyTo(out, out.length - k.length()));
    return Bytes.wrap(out);
  }
}

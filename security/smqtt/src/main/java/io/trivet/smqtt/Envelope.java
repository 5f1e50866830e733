package io.trivet.smqtt;

import java.util.Optional;

/// Where the parts of a sealed message lie. The first byte tells the forms apart:
///
/// | first byte | form |
/// |---|---|
/// | `d0` | COSE_Encrypt0 |
/// | `d2` | COSE_Sign1 around either |
/// | `50` to `57` | compact; the low three bits are the bytes of the counter less one |
///
/// Exactly one encoding of each value is read, so that no two envelopes say the same.
///
/// @param from where the unsigned envelope begins in the array, and `to` where it ends
/// @param kid its first 4 bytes as they stand on the wire
/// @param cipherFrom where the ciphertext with its tag begins; it ends at `to`
/// @param signatureAt -1 where there is none
record Envelope(Form form, Algorithm algorithm, int kid, long counter, int from, int to, int cipherFrom,
    int signatureAt) {
  static final int KID_BYTES = 4;

  /// The counter has 5 bytes at most: COSE's Partial IV could have 12, none that is sent should.
  static final long COUNTER_MAX = (1L << 40) - 1;
  private static final int COUNTER_BYTES_MAX = 5;

  static final int BYTES_MAX = 1 << 28;

  private static final int COSE_ENCRYPT0 = 0xd0;
  private static final int COSE_SIGN1 = 0xd2;
  private static final int COMPACT = 0x50;
  private static final byte[] SIGN1_START = {(byte) 0xd2, (byte) 0x84, 0x43, (byte) 0xa1, 0x01, 0x27, (byte) 0xa0};
  private static final byte[] SIGNATURE_HEAD = {0x58, 0x40};
  private static final byte[] AES_START = {(byte) 0xd0, (byte) 0x83, 0x43, (byte) 0xa1, 0x01, 0x01, (byte) 0xa2, 0x04, 0x44};
  private static final byte[] CHACHA_START =
      {(byte) 0xd0, (byte) 0x83, 0x44, (byte) 0xa1, 0x01, 0x18, 0x18, (byte) 0xa2, 0x04, 0x44};

  /// A compact message does not say its algorithm: its header does.
  boolean says(Algorithm a) {
    return form == Form.COMPACT || algorithm == a;
  }

  static boolean seemsSealed(byte[] a) {
    if (a.length == 0) {
      return false;
    }
    int first = a[0] & 0xFF;
    return first == COSE_ENCRYPT0 || first == COSE_SIGN1 || (first & 0xF8) == COMPACT;
  }

  /// Empty where the bytes are no envelope. Never copies the payload.
  static Optional<Envelope> parse(byte[] a) {
    if (a.length > BYTES_MAX || !seemsSealed(a)) {
      return Optional.empty();
    }
    if ((a[0] & 0xFF) != COSE_SIGN1) {
      return unsigned(a, 0, a.length, -1);
    }
    int signatureAt = a.length - KeyHeader.SIGNATURE_BYTES;
    int to = signatureAt - SIGNATURE_HEAD.length;
    if (to < SIGN1_START.length || !startsWith(a, 0, SIGN1_START) || !startsWith(a, to, SIGNATURE_HEAD)) {
      return Optional.empty();
    }
    int from = string(a, SIGN1_START.length, to);
    return from < 0 || from >= to || (a[from] & 0xFF) == COSE_SIGN1
        ? Optional.empty()
        : unsigned(a, from, to, signatureAt);
  }

  private static Optional<Envelope> unsigned(byte[] a, int from, int to, int signatureAt) {
    if ((a[from] & 0xF8) == COMPACT) {
      int bytes = (a[from] & 7) + 1;
      int cipherFrom = from + 1 + KID_BYTES + bytes;
      return finished(Form.COMPACT, Algorithm.AES_128_GCM, a, from, to, from + 1, bytes, cipherFrom, signatureAt);
    }
    boolean aes = startsWith(a, from, AES_START);
    if (!aes && !startsWith(a, from, CHACHA_START)) {
      return Optional.empty();
    }
    int kidAt = from + (aes ? AES_START : CHACHA_START).length;
    int pivAt = kidAt + KID_BYTES;
    if (to - pivAt < 3 || a[pivAt] != 6) {
      return Optional.empty();
    }
    int bytes = (a[pivAt + 1] & 0xFF) - 0x40;
    if (bytes < 1 || bytes > COUNTER_BYTES_MAX) {
      return Optional.empty();
    }
    int cipherFrom = string(a, pivAt + 2 + bytes, to);
    return cipherFrom < 0
        ? Optional.empty()
        : finished(Form.COSE, aes ? Algorithm.AES_128_GCM : Algorithm.CHACHA20_POLY1305, a, from, to, kidAt, bytes,
            cipherFrom, signatureAt);
  }

  private static Optional<Envelope> finished(Form form, Algorithm algorithm, byte[] a, int from, int to, int kidAt,
      int counterBytes, int cipherFrom, int signatureAt) {
    if (counterBytes > COUNTER_BYTES_MAX || to - cipherFrom < Algorithm.TAG_BYTES) {
      return Optional.empty();
    }
    int counterAt = kidAt + KID_BYTES + (form == Form.COSE ? 2 : 0);
    long counter = 0;
    for (int i = 0; i < counterBytes; i++) {
      counter = counter << 8 | a[counterAt + i] & 0xFF;
    }
    if (counterBytes > 1 && a[counterAt] == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new Envelope(form, algorithm, shortKid(a, kidAt), counter, from, to, cipherFrom, signatureAt));
  }

  static int shortKid(byte[] a, int at) {
    return a[at] << 24 | (a[at + 1] & 0xFF) << 16 | (a[at + 2] & 0xFF) << 8 | a[at + 3] & 0xFF;
  }

  /// Where the content of a byte string begins that must end at `to`; -1 where there is no such string.
  private static int string(byte[] a, int at, int to) {
    if (at >= to) {
      return -1;
    }
    int initial = a[at] & 0xFF;
    int headBytes = initial == 0x5a ? 5 : initial == 0x59 ? 3 : initial == 0x58 ? 2 : 1;
    if (initial >> 5 != 2 || initial > 0x5a || to - at < headBytes) {
      return -1;
    }
    int length = to - at - headBytes;
    return headBytes == headBytes(length) && writesHead(a, at, length) ? at + headBytes : -1;
  }

  private static boolean writesHead(byte[] a, int at, int length) {
    byte[] head = new byte[5];
    int n = head(head, 0, length);
    for (int i = 0; i < n; i++) {
      if (a[at + i] != head[i]) {
        return false;
      }
    }
    return true;
  }

  private static int headBytes(int length) {
    return length < 24 ? 1 : length < 0x100 ? 2 : length < 0x10000 ? 3 : 5;
  }

  /// Writes the head of a byte string; returns where its content begins.
  private static int head(byte[] a, int at, int length) {
    int bytes = headBytes(length);
    if (bytes == 1) {
      a[at] = (byte) (0x40 | length);
      return at + 1;
    }
    a[at] = (byte) (bytes == 2 ? 0x58 : bytes == 3 ? 0x59 : 0x5a);
    for (int i = 1; i < bytes; i++) {
      a[at + i] = (byte) (length >>> 8 * (bytes - 1 - i));
    }
    return at + bytes;
  }

  private static boolean startsWith(byte[] a, int at, byte[] start) {
    return a.length - at >= start.length
        && java.util.Arrays.equals(a, at, at + start.length, start, 0, start.length);
  }

  /// An array for the whole envelope with all but the ciphertext written.
  ///
  /// @param cipherBytes with the tag
  /// @return the array, and where the ciphertext goes
  static Begun begun(Form form, Algorithm algorithm, byte[] kid, long counter, int cipherBytes) {
    int counterBytes = Math.max(1, (64 - Long.numberOfLeadingZeros(counter) + 7) / 8);
    if (form == Form.COMPACT) {
      byte[] out = new byte[1 + KID_BYTES + counterBytes + cipherBytes];
      out[0] = (byte) (COMPACT | counterBytes - 1);
      System.arraycopy(kid, 0, out, 1, KID_BYTES);
      counter(out, 1 + KID_BYTES, counter, counterBytes);
      return new Begun(out, 1 + KID_BYTES + counterBytes);
    }
    byte[] start = algorithm == Algorithm.AES_128_GCM ? AES_START : CHACHA_START;
    int pivAt = start.length + KID_BYTES;
    byte[] out = new byte[pivAt + 2 + counterBytes + headBytes(cipherBytes) + cipherBytes];
    System.arraycopy(start, 0, out, 0, start.length);
    System.arraycopy(kid, 0, out, start.length, KID_BYTES);
    out[pivAt] = 6;
    out[pivAt + 1] = (byte) (0x40 | counterBytes);
    counter(out, pivAt + 2, counter, counterBytes);
    return new Begun(out, head(out, pivAt + 2 + counterBytes, cipherBytes));
  }

  @SuppressWarnings("ArrayRecordComponent")
  record Begun(byte[] out, int cipherFrom) {}

  private static void counter(byte[] out, int at, long counter, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out[at + i] = (byte) (counter >>> 8 * (bytes - 1 - i));
    }
  }

  static byte[] signed(byte[] unsigned, byte[] signature) {
    int from = SIGN1_START.length + headBytes(unsigned.length);
    byte[] out = new byte[from + unsigned.length + SIGNATURE_HEAD.length + signature.length];
    System.arraycopy(SIGN1_START, 0, out, 0, SIGN1_START.length);
    head(out, SIGN1_START.length, unsigned.length);
    System.arraycopy(unsigned, 0, out, from, unsigned.length);
    System.arraycopy(SIGNATURE_HEAD, 0, out, from + unsigned.length, SIGNATURE_HEAD.length);
    System.arraycopy(signature, 0, out, from + unsigned.length + SIGNATURE_HEAD.length, signature.length);
    return out;
  }
}

package io.trivet.coap.stream;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.Options;
import io.trivet.coap.OptionsCodec;
import java.util.Arrays;

/// Reads and writes messages as streams carry them (RFC 8323, sections 3.2 and 4.2; tokens above eight bytes: RFC 8974,
/// section 2.1).
/// ```
///  1 byte     0, 1, 2 or 4     1      0, 1 or 2     as said   Len bytes
/// ┌─────┬─────┬──────────────┬──────┬─────────────┬─────────┬─────────┬──────┬─────────┐
/// │ Len │ TKL │ extended Len │ Code │ extended TKL│ Token   │ Options │ 0xFF │ Payload │
/// └─────┴─────┴──────────────┴──────┴─────────────┴─────────┴─────────┴──────┴─────────┘
/// ```
public final class StreamCodec {
  /// What everybody takes, unless told otherwise (RFC 8323, section 5.3.1).
  public static final int BASE_MESSAGE_BYTES = 1_152;

  /// RFC 8974, section 2.2.1.
  public static final int BASE_TOKEN_BYTES = 8;

  /// RFC 8974, section 2.1.
  public static final int TOKEN_BYTES_MAX = 65_804;

  private static final int ONE_BYTE = 13;
  private static final int TWO_BYTES = 14;
  private static final int FOUR_BYTES = 15;
  private static final int TWO_BYTES_FROM = 269;
  private static final int FOUR_BYTES_FROM = 65_805;

  private StreamCodec() {}

  /// Looks at `a[from, to)`. Sizes are checked as soon as their bytes are there, before the body is waited for.
  ///
  /// Nothing of what is returned keeps `a`.
  public static Frame decode(Framing framing, byte[] a, int from, int to, StreamLimits limits) {
    if (from == to) {
      return new Frame.NeedMore(framing == Framing.LENGTH ? 2 : 1);
    }
    int first = a[from] & 0xFF;
    int lengthNibble = first >> 4;
    int tokenNibble = first & 0xF;
    if (tokenNibble == 15) {
      return new Frame.Broken(false, "a token length of 15 is reserved");
    }
    int lengthBytes = lengthNibble < ONE_BYTE ? 0 : lengthNibble == FOUR_BYTES ? 4 : lengthNibble - 12;
    int tokenBytes = tokenNibble < ONE_BYTE ? 0 : tokenNibble - 12;
    int header = 2 + lengthBytes + tokenBytes;
    if (framing == Framing.WEB_SOCKET) {
      if (lengthNibble != 0) {
        return new Frame.Broken(false, "over WebSocket the length is 0, not " + lengthNibble);
      }
      if (to - from < header) {
        return new Frame.Broken(false, "a message cut off in its header");
      }
    } else if (to - from < 1 + lengthBytes) {
      return new Frame.NeedMore(header);
    }
    int at = from + 1;
    long bodyLength = extended(lengthNibble, a, at);
    if (header + bodyLength > limits.messageBytesMax()) {
      return tooLarge(header + bodyLength, limits);
    }
    if (to - from < header) {
      return new Frame.NeedMore(header);
    }
    at += lengthBytes;
    Code code = Code.of(a[at++]);
    int tokenLength = (int) extended(tokenNibble, a, at);
    at += tokenBytes;
    if (tokenLength > limits.tokenBytesMax()) {
      return new Frame.Broken(true, "a token of " + tokenLength + " bytes; " + limits.tokenBytesMax() + " are taken");
    }
    long whole = framing == Framing.LENGTH ? header + tokenLength + bodyLength : to - from;
    if (whole > limits.messageBytesMax()) {
      return tooLarge(whole, limits);
    }
    if (to - from < whole) {
      return new Frame.NeedMore((int) whole);
    }
    if (header + tokenLength > whole) {
      return new Frame.Broken(false, "a message cut off in its token");
    }
    return body(code, a, at, tokenLength, from + (int) whole, (int) whole, limits);
  }

  private static Frame.Broken tooLarge(long bytes, StreamLimits limits) {
    return new Frame.Broken(true, "a message of " + bytes + " bytes; " + limits.messageBytesMax() + " are taken");
  }

  /// The value of a nibble with the bytes behind it; of the reserved length 15 of tokens nobody asks.
  private static long extended(int nibble, byte[] a, int at) {
    return switch (nibble) {
      case ONE_BYTE -> (a[at] & 0xFF) + ONE_BYTE;
      case TWO_BYTES -> u16(a, at) + TWO_BYTES_FROM;
      case FOUR_BYTES -> ((long) u16(a, at) << 16 | u16(a, at + 2)) + FOUR_BYTES_FROM;
      default -> nibble;
    };
  }

  private static int u16(byte[] a, int at) {
    return (a[at] & 0xFF) << 8 | a[at + 1] & 0xFF;
  }

  private static Frame body(
      Code code, byte[] a, int tokenAt, int tokenLength, int end, int whole, StreamLimits limits) {
    byte[] own = Arrays.copyOfRange(a, tokenAt, end); // the stream's buffer is used again
    Bytes token = tokenLength == 0 ? Bytes.EMPTY : Bytes.wrap(own, 0, tokenLength);
    OptionsCodec.Read read = OptionsCodec.read(own, tokenLength, own.length, limits.optionsMax());
    if (read.isBroken()) {
      return new Frame.Broken(false, read.broken());
    }
    int payloadAt = read.payloadAt();
    Bytes payload =
        payloadAt == own.length ? Bytes.EMPTY : Bytes.wrap(own, payloadAt, own.length - payloadAt);
    return new Frame.Whole(new StreamMessage(code, token, read.options(), payload), whole);
  }

  /// How many bytes a message takes.
  public static int size(Framing framing, int tokenLength, int bodyLength) {
    return 2 + (framing == Framing.LENGTH ? extraBytes(bodyLength) : 0) + extraBytes(tokenLength) + tokenLength
        + bodyLength;
  }

  private static int extraBytes(int value) {
    return value < ONE_BYTE ? 0 : value < TWO_BYTES_FROM ? 1 : value < FOUR_BYTES_FROM ? 2 : 4;
  }

  /// Options and payload, for [#encode(Framing, Code, Bytes, byte[])].
  public static byte[] body(Options options, Bytes payload) {
    byte[] body = new byte[OptionsCodec.size(options, payload.length())];
    OptionsCodec.write(options, payload, body, 0);
    return body;
  }

  public static byte[] encode(Framing framing, StreamMessage m) {
    return encode(framing, m.code(), m.token(), body(m.options(), m.payload()));
  }

  /// @param body see [#body(Options, Bytes)]
  public static byte[] encode(Framing framing, Code code, Bytes token, byte[] body) {
    int length = framing == Framing.LENGTH ? body.length : 0;
    byte[] to = new byte[size(framing, token.length(), body.length)];
    to[0] = (byte) (nibble(length) << 4 | nibble(token.length()));
    int at = writeExtra(length, to, 1);
    to[at++] = (byte) code.value();
    at = writeExtra(token.length(), to, at);
    token.copyTo(to, at);
    System.arraycopy(body, 0, to, at + token.length(), body.length);
    return to;
  }

  private static int nibble(int value) {
    return value < ONE_BYTE ? value
        : value < TWO_BYTES_FROM ? ONE_BYTE
        : value < FOUR_BYTES_FROM ? TWO_BYTES : FOUR_BYTES;
  }

  private static int writeExtra(int value, byte[] to, int from) {
    switch (nibble(value)) {
      case ONE_BYTE -> to[from] = (byte) (value - ONE_BYTE);
      case TWO_BYTES -> putU16(to, from, value - TWO_BYTES_FROM);
      case FOUR_BYTES -> {
        putU16(to, from, value - FOUR_BYTES_FROM >>> 16);
        putU16(to, from + 2, value - FOUR_BYTES_FROM);
      }
      default -> {}
    }
    return from + extraBytes(value);
  }

  private static void putU16(byte[] to, int at, int value) {
    to[at] = (byte) (value >>> 8);
    to[at + 1] = (byte) value;
  }
}

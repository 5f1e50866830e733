package io.trivet.coap.message;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.Options;
import io.trivet.coap.OptionsCodec;

/// The wire format of RFC 7252, section 3, with the longer tokens of RFC 8974.
public final class DatagramCodec {
  private static final int VERSION = 1;
  private static final int HEADER = 4;
  private static final int TOKEN_ONE_BYTE = 13;
  private static final int TOKEN_TWO_BYTES = 14;
  private static final int TOKEN_TWO_BYTES_FROM = 269;

  private DatagramCodec() {}

  /// Reads `a[0, length)`. A message keeps the array, so it must be the caller's to give away.
  ///
  /// @param optionsMax more are a format error
  /// @param tokenMax longer ones are a format error
  public static Decoded decode(byte[] a, int length, int optionsMax, int tokenMax) {
    if (length < HEADER) {
      return new Decoded.Ignored("a datagram of " + length + " bytes");
    }
    if ((a[0] & 0xFF) >> 6 != VERSION) {
      return new Decoded.Ignored("CoAP version " + ((a[0] & 0xFF) >> 6));
    }
    Type type = Type.of(a[0] >> 4);
    Code code = Code.of(a[1]);
    int messageId = (a[2] & 0xFF) << 8 | a[3] & 0xFF;
    int nibble = a[0] & 0xF;
    if (code == Code.EMPTY) {
      return nibble == 0 && length == HEADER
          ? CoapMessage.empty(type, messageId)
          : new Decoded.FormatError(type, messageId, "an empty message with a token, options or payload");
    }
    int tokenAt = HEADER + (nibble == TOKEN_ONE_BYTE ? 1 : nibble == TOKEN_TWO_BYTES ? 2 : 0);
    if (nibble > TOKEN_TWO_BYTES || nibble > 8 && nibble < TOKEN_ONE_BYTE || tokenAt > length) {
      return new Decoded.FormatError(type, messageId, "token length " + nibble);
    }
    int tokenLength = switch (nibble) {
      case TOKEN_ONE_BYTE -> TOKEN_ONE_BYTE + (a[HEADER] & 0xFF);
      case TOKEN_TWO_BYTES -> TOKEN_TWO_BYTES_FROM + ((a[HEADER] & 0xFF) << 8 | a[HEADER + 1] & 0xFF);
      default -> nibble;
    };
    if (tokenLength > tokenMax || tokenLength > length - tokenAt) {
      return new Decoded.FormatError(type, messageId, "a token of " + tokenLength + " bytes");
    }
    int optionsAt = tokenAt + tokenLength;
    OptionsCodec.Read read = OptionsCodec.read(a, optionsAt, length, optionsMax);
    if (read.isBroken()) {
      return new Decoded.FormatError(type, messageId, read.broken());
    }
    return new CoapMessage(type, code, messageId, Bytes.wrap(a, tokenAt, tokenLength), read.options(),
        Bytes.wrap(a, read.payloadAt(), length - read.payloadAt()));
  }

  /// How many bytes it takes.
  public static int size(Bytes token, Options options, Bytes payload) {
    return HEADER + tokenExtra(token.length()) + token.length() + OptionsCodec.size(options, payload.length());
  }

  private static int tokenExtra(int length) {
    return length < TOKEN_ONE_BYTE ? 0 : length < TOKEN_TWO_BYTES_FROM ? 1 : 2;
  }

  public static byte[] encode(CoapMessage m) {
    return encode(m.type(), m.code(), m.messageId(), m.token(), m.options(), m.payload());
  }

  public static byte[] encode(Type type, Code code, int messageId, Bytes token, Options options, Bytes payload) {
    byte[] a = new byte[size(token, options, payload)];
    int at = header(a, type, code, messageId, token);
    OptionsCodec.write(options, payload, a, at);
    return a;
  }

  /// The same where options and payload are encoded already.
  static byte[] encode(Type type, Code code, int messageId, Bytes token, byte[] tail) {
    byte[] a = new byte[HEADER + tokenExtra(token.length()) + token.length() + tail.length];
    int at = header(a, type, code, messageId, token);
    System.arraycopy(tail, 0, a, at, tail.length);
    return a;
  }

  private static int header(byte[] a, Type type, Code code, int messageId, Bytes token) {
    int n = token.length();
    int nibble = n < TOKEN_ONE_BYTE ? n : n < TOKEN_TWO_BYTES_FROM ? TOKEN_ONE_BYTE : TOKEN_TWO_BYTES;
    a[0] = (byte) (VERSION << 6 | type.bits() << 4 | nibble);
    a[1] = (byte) code.value();
    a[2] = (byte) (messageId >> 8);
    a[3] = (byte) messageId;
    int at = HEADER;
    if (nibble == TOKEN_ONE_BYTE) {
      a[at++] = (byte) (n - TOKEN_ONE_BYTE);
    } else if (nibble == TOKEN_TWO_BYTES) {
      a[at++] = (byte) (n - TOKEN_TWO_BYTES_FROM >> 8);
      a[at++] = (byte) (n - TOKEN_TWO_BYTES_FROM);
    }
    token.copyTo(a, at);
    return at + n;
  }
}

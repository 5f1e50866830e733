package io.trivet.cli.coap;

import io.trivet.base.Bytes;
import io.trivet.base.Utf8;
import io.trivet.coap.Code;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.coap.message.CoapMessage;
import io.trivet.coap.message.DatagramCodec;
import io.trivet.coap.message.Decoded;
import java.util.HexFormat;
import java.util.function.Consumer;

/// What goes to and fro, a line each.
public final class Trace {
  public static final Trace NONE = new Trace(_ -> {});

  private static final int PAYLOAD_SHOWN = 60;

  private final Consumer<String> lines;

  /// @param lines told each line; must take them from any thread
  public Trace(Consumer<String> lines) {
    this.lines = lines;
  }

  void sent(Object to, byte[] datagram) {
    if (this != NONE) {
      lines.accept("--> " + datagram(datagram, datagram.length) + " to " + to);
    }
  }

  void received(Object from, byte[] datagram, int length) {
    if (this != NONE) {
      lines.accept("<-- " + datagram(datagram, length) + " from " + from);
    }
  }

  void sent(Request r) {
    if (this != NONE) {
      lines.accept("--> " + rest(r.method(), r.options(), r.payload()));
    }
  }

  void received(Response r) {
    if (this != NONE) {
      lines.accept("<-- " + rest(r.code(), r.options(), r.payload()));
    }
  }

  private static String datagram(byte[] a, int length) {
    return switch (DatagramCodec.decode(a.clone(), length, 1_000, 65_804)) {
      case CoapMessage m when m.isEmpty() -> m.type() + " " + id(m.messageId());
      case CoapMessage m -> m.type() + " " + id(m.messageId()) + " token "
          + (m.token().isEmpty() ? "-" : HexFormat.of().formatHex(m.token().toArray())) + " "
          + rest(m.code(), m.options(), m.payload());
      case Decoded.FormatError(_, int messageId, String what) -> "broken " + id(messageId) + ": " + what;
      case Decoded.Ignored(String what) -> "no CoAP: " + what;
    };
  }

  private static String id(int messageId) {
    return "[" + String.format("%04x", messageId) + "]";
  }

  private static String rest(Code code, Options options, Bytes payload) {
    return code + (options.count() == 0 ? "" : " {" + printable(options.toString()) + "}")
        + (payload.isEmpty() ? "" : " " + payload(payload));
  }

  private static String payload(Bytes b) {
    int from = b.backingOffset();
    String text = Utf8.decode(b.backingArray(), from, from + b.length());
    if (text == null) {
      return b.toString();
    }
    String shown = text.length() > PAYLOAD_SHOWN ? text.substring(0, PAYLOAD_SHOWN) + "…" : text;
    return b.length() + " B \"" + printable(shown) + "\"";
  }

  /// What a peer chose moves no cursor.
  private static String printable(String text) {
    StringBuilder out = new StringBuilder();
    text.chars().forEach(c -> {
      if (Character.isISOControl(c) || c >= 0x202A && c <= 0x202E || c >= 0x2066 && c <= 0x2069) {
        out.append(String.format("\\u%04x", c));
      } else {
        out.append((char) c);
      }
    });
    return out.toString();
  }
}

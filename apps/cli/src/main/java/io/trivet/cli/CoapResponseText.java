package io.trivet.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.base.Bytes;
import io.trivet.base.Utf8;
import io.trivet.coap.Code;
import io.trivet.coap.ContentFormat;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Response;
import io.trivet.server.admin.Json;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/// A response on standard output.
final class CoapResponseText {
  private CoapResponseText() {}

  /// The payload byte for byte; nothing is added, so that a file made of it is what the resource is.
  static void raw(Response r, PrintWriter out) {
    Bytes b = r.payload();
    String text = text(b);
    if (text != null) {
      out.print(text);
      out.flush();
      return;
    }
    // What is no text cannot go through a writer; both lead to the same place.
    out.flush();
    System.out.write(b.backingArray(), b.backingOffset(), b.length());
    System.out.flush();
  }

  private static @org.jspecify.annotations.Nullable String text(Bytes b) {
    return Utf8.decode(b.backingArray(), b.backingOffset(), b.backingOffset() + b.length());
  }

  /// One object: `code`, `name`, `options` and `payload` or, where it is no UTF-8, `payloadBase64`.
  static ObjectNode json(Response r) {
    ObjectNode o = Json.object();
    String[] code = r.code().toString().split(" ", 2);
    o.put("code", code[0]);
    if (code.length > 1) {
      o.put("name", code[1]);
    }
    options(r.options(), o.putArray("options"));
    String text = text(r.payload());
    if (text == null) {
      o.put("payloadBase64", Base64.getEncoder().encodeToString(r.payload().toArray()));
    } else {
      o.put("payload", text);
    }
    return o;
  }

  private static void options(Options options, ArrayNode to) {
    for (int i = 0; i < options.count(); i++) {
      int number = options.number(i);
      OptionNumber known = OptionNumber.of(number);
      ObjectNode o = Json.object().put("number", number);
      if (known != null) {
        o.put("name", CoapRequestOptions.name(number));
      }
      switch (known == null ? OptionNumber.Format.OPAQUE : known.format()) {
        case UINT -> o.put("value", options.uint(i));
        case STRING -> o.put("value", options.text(i));
        case EMPTY -> o.put("value", "");
        case OPAQUE -> o.put("value", HexFormat.of().formatHex(options.value(i).toArray()));
      }
      to.add(o);
    }
  }

  /// A notification as a line: when it came, what it says.
  static String line(Response r, Instant at) {
    return at + " " + (r.code() == Code.CONTENT ? "" : r.code() + " ") + MessageText.payload(r.payload());
  }

  /// An error in words: its code and what the server says of it.
  static String error(Response r) {
    boolean diagnostic = r.options().contentFormat() <= ContentFormat.TEXT_PLAIN && !r.payload().isEmpty();
    Optional<Long> later = Optional.of(r.options().uint(OptionNumber.MAX_AGE, -1)).filter(s -> s >= 0);
    return "the server answered " + r.code() + (diagnostic ? ": " + MessageText.payload(r.payload()) : "")
        + later.map(s -> " (again in " + s + " s)").orElse("");
  }
}

package io.trivet.coap.edhoc;

import io.trivet.base.Bytes;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import io.trivet.base.cbor.CborReader;
import io.trivet.base.cbor.CborWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Why an exchange ended, as an error message tells it (RFC 9528, section 6).
public sealed interface EdhocError {
  int TEXT_CHARS_MAX = 200;

  /// Code 1. What it says is kept general on purpose: whoever probes learns nothing from it.
  record Unspecified(String text) implements EdhocError {}

  /// Code 2: none of what was offered is there, or something else was preferred by both.
  ///
  /// @param suites those of the responder; at least one
  record WrongSuite(List<Long> suites) implements EdhocError {
    public WrongSuite {
      suites = List.copyOf(suites);
    }
  }

  /// Code 3: nobody is known by that credential.
  record UnknownCredential() implements EdhocError {}

  default Bytes encoded() {
    CborWriter out = new CborWriter();
    return switch (this) {
      case Unspecified(String text) -> out.integer(1).text(text).bytes();
      case WrongSuite(List<Long> suites) -> {
        out.integer(2);
        if (suites.size() > 1) {
          out.array(suites.size());
        }
        suites.forEach(out::integer);
        yield out.bytes();
      }
      case UnknownCredential() -> out.integer(3).item(Cbor.Simple.TRUE).bytes();
    };
  }

  /// Empty where it is no error message.
  static Optional<EdhocError> decode(Bytes message) {
    CborReader in = new CborReader(message, CborLimits.STRICT);
    if (!(in.next() instanceof CborReader.Read.Item(Cbor.Int(long code)))
        || !(in.next() instanceof CborReader.Read.Item(Cbor info)) || !(in.next() instanceof CborReader.Read.End)) {
      return Optional.empty();
    }
    if (code == 1 && info instanceof Cbor.TextString(String text)) {
      return Optional.of(new Unspecified(text.substring(0, Math.min(TEXT_CHARS_MAX, text.length()))));
    }
    if (code == 2) {
      List<Cbor> items = info instanceof Cbor.Array(List<Cbor> several) ? several : List.of(info);
      List<Long> suites = new ArrayList<>();
      for (Cbor c : items) {
        if (c instanceof Cbor.Int(long suite)) {
          suites.add(suite);
        }
      }
      return suites.isEmpty() || suites.size() < items.size() ? Optional.empty() : Optional.of(new WrongSuite(suites));
    }
    return code == 3 ? Optional.of(new UnknownCredential()) : Optional.empty();
  }
}

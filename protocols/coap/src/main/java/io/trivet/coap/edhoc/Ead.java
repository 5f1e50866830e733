package io.trivet.coap.edhoc;

import io.trivet.base.Bytes;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborReader;
import io.trivet.base.cbor.CborWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// External authorization data (RFC 9528, section 3.8): none is known here, so that what is critical ends the exchange, and
/// what is not is passed over.
final class Ead {
  static final int ITEMS_MAX = 16;

  private Ead() {}

  /// Reads items to the end of the message.
  ///
  /// @return what is wrong, or empty
  static Optional<String> read(CborReader in) {
    List<String> critical = new ArrayList<>();
    boolean mayHaveValue = false;
    for (int i = 0; i <= 2 * ITEMS_MAX; i++) {
      switch (in.next()) {
        case CborReader.Read.End _ -> {
          return critical.stream().findFirst();
        }
        case CborReader.Read.Broken(String what) -> {
          return Optional.of(what);
        }
        case CborReader.Read.Item(Cbor.Int(long label)) -> {
          mayHaveValue = true;
          if (label < 0) {
            critical.add("critical external data " + label + " is not known");
          }
        }
        case CborReader.Read.Item(Cbor other) -> {
          if (!mayHaveValue || !(other instanceof Cbor.ByteString)) {
            return Optional.of("external data that is neither label nor value");
          }
          mayHaveValue = false;
        }
      }
    }
    return Optional.of("more external data than " + ITEMS_MAX + " items");
  }

  /// Of one item, for those who send some.
  static Bytes item(long label, Bytes value) {
    return new CborWriter().integer(label).bytes(value).bytes();
  }
}

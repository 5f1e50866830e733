package io.trivet.coap.block;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import io.trivet.base.cbor.CborReader;
import io.trivet.base.cbor.CborWriter;
import java.util.ArrayList;
import java.util.List;

/// `application/missing-blocks+cbor-seq`: the numbers of blocks that have not come, ascending (RFC 9177, section 5).
public final class MissingBlocks {
  private static final int NUMBERS_MAX = 1_024;
  private static final int NUMBER_MAX = (1 << 20) - 1;
  private static final CborLimits LIMITS = new CborLimits(1, NUMBERS_MAX, false);

  private MissingBlocks() {}

  /// As many of the first ones as fit.
  static Bytes write(List<Integer> numbers, int bytesMax) {
    CborWriter out = new CborWriter();
    Bytes fits = Bytes.EMPTY;
    for (int n : numbers) {
      Bytes longer = out.integer(n).bytes();
      if (longer.length() > bytesMax) {
        return fits;
      }
      fits = longer;
    }
    return fits;
  }

  /// Numbers that come twice count once, as the section asks.
  public static Parsed<List<Integer>> read(Bytes payload) {
    List<Integer> found = new ArrayList<>();
    CborReader in = new CborReader(payload, LIMITS);
    while (true) {
      switch (in.next()) {
        case CborReader.Read.End _ -> {
          return Parsed.valid(found);
        }
        case CborReader.Read.Item(Cbor.Int(long n)) when n >= 0 && n <= NUMBER_MAX -> {
          if (!found.contains((int) n)) {
            found.add((int) n);
          }
        }
        case CborReader.Read.Item _ -> {
          return Parsed.invalid("RFC 9177, section 5", "what is no block's number");
        }
        case CborReader.Read.Broken(String what) -> {
          return Parsed.invalid("RFC 9177, section 5", what);
        }
      }
    }
  }
}

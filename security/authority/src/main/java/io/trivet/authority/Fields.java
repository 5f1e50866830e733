package io.trivet.authority;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import io.trivet.base.cbor.CborReader;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The members of one of this room's files: a CBOR map with small numbers for keys, of which 1 holds the version of the
/// format. A member that is missing, of another type, out of its bounds or unknown refuses the file.
final class Fields {
  /// What is wrong with a file, on its way to the [Parsed.Invalid] that says so.
  static final class Misfit extends Exception {
    private static final long serialVersionUID = 1;

    Misfit(String what) {
      super(what, null, false, false);
    }
  }

  @FunctionalInterface
  interface Shape<T> {
    T of(Fields fields) throws Misfit;
  }

  private final Cbor.Map map;
  private final Set<Cbor> taken = new HashSet<>();

  private Fields(Cbor.Map map) {
    this.map = map;
  }

  /// @param what names the format in a refusal
  static <T> Parsed<T> read(Bytes encoded, CborLimits limits, String what, long version, Shape<T> shape) {
    Cbor read = switch (CborReader.only(encoded, limits)) {
      case CborReader.Read.Item(Cbor item) -> item;
      case CborReader.Read.Broken(String why) -> Cbor.of(why);
      case CborReader.Read.End _ -> Cbor.of("no item");
    };
    if (!(read instanceof Cbor.Map map)) {
      return Parsed.invalid(what, "no " + what
          + (read instanceof Cbor.TextString(String why) ? ": " + why : ": a map is wanted"));
    }
    try {
      Fields fields = new Fields(map);
      long found = fields.number(1, 0, Long.MAX_VALUE);
      if (found != version) {
        return Parsed.invalid(what, what + " of version " + found + ": this program reads version " + version);
      }
      T value = shape.of(fields);
      fields.end();
      return Parsed.valid(value);
    } catch (Misfit | IllegalArgumentException e) {
      return Parsed.invalid(what, "no " + what + ": " + e.getMessage());
    }
  }

  private void end() throws Misfit {
    for (Cbor.Pair p : map.pairs()) {
      if (!taken.contains(p.key())) {
        throw new Misfit("an unknown member");
      }
    }
  }

  Cbor at(long key) throws Misfit {
    taken.add(Cbor.of(key));
    return map.at(key).orElseThrow(() -> new Misfit("member " + key + " is missing"));
  }

  boolean has(long key) {
    return map.at(key).isPresent();
  }

  long number(long key, long least, long most) throws Misfit {
    return number(at(key), "member " + key, least, most);
  }

  static long number(Cbor item, String where, long least, long most) throws Misfit {
    if (item instanceof Cbor.Int(long n) && n >= least && n <= most) {
      return n;
    }
    throw new Misfit(where + ": a number from " + least + " to " + most + " is wanted");
  }

  Bytes bytes(long key, int least, int most) throws Misfit {
    return bytes(at(key), "member " + key, least, most);
  }

  static Bytes bytes(Cbor item, String where, int least, int most) throws Misfit {
    if (item instanceof Cbor.ByteString(Bytes b) && b.length() >= least && b.length() <= most) {
      return b.compact();
    }
    throw new Misfit(where + ": " + least + " to " + most + " bytes are wanted");
  }

  String text(long key, int charsMax) throws Misfit {
    return text(at(key), "member " + key, charsMax);
  }

  static String text(Cbor item, String where, int charsMax) throws Misfit {
    if (item instanceof Cbor.TextString(String s) && s.length() <= charsMax) {
      return s;
    }
    throw new Misfit(where + ": a text of at most " + charsMax + " characters is wanted");
  }

  static List<Cbor> array(Cbor item, String where, int least, int most) throws Misfit {
    if (item instanceof Cbor.Array(List<Cbor> items) && items.size() >= least && items.size() <= most) {
      return items;
    }
    throw new Misfit(where + ": a list of " + least + " to " + most + " is wanted");
  }
}

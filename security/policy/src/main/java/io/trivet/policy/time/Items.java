package io.trivet.policy.time;

import io.trivet.base.Bytes;
import io.trivet.base.cbor.Cbor;
import java.util.List;

/// Reads the items of a snapshot, whoever wrote it.
public final class Items {
  private final List<Cbor> items;
  private int at;

  /// What does not fit, carried up from inside.
  public static final class Misfit extends Exception {
    private static final long serialVersionUID = 1;

    /// @param what in words
    public Misfit(String what) {
      super(what, null, false, false);
    }
  }

  private Items(List<Cbor> items) {
    this.items = items;
  }

  /// @param size how many items the array must have
  public static Items of(Cbor item, int size) throws Misfit {
    List<Cbor> all = array(item);
    if (all.size() != size) {
      throw new Misfit("an array of " + all.size() + " where one of " + size + " is wanted");
    }
    return new Items(all);
  }

  public static List<Cbor> array(Cbor item) throws Misfit {
    if (item instanceof Cbor.Array(List<Cbor> items)) {
      return items;
    }
    throw new Misfit("no array");
  }

  public Cbor next() {
    return items.get(at++);
  }

  public long number(long least, long most) throws Misfit {
    if (next() instanceof Cbor.Int(long n) && n >= least && n <= most) {
      return n;
    }
    throw new Misfit("no number from " + least + " to " + most);
  }

  public double fraction(double least, double most) throws Misfit {
    if (next() instanceof Cbor.Floating(double d) && d >= least && d <= most) {
      return d;
    }
    throw new Misfit("no number from " + least + " to " + most);
  }

  public String text(int charsMax) throws Misfit {
    if (next() instanceof Cbor.TextString(String s) && s.length() <= charsMax) {
      return s;
    }
    throw new Misfit("no text of at most " + charsMax + " characters");
  }

  public Bytes bytes(int least, int most) throws Misfit {
    if (next() instanceof Cbor.ByteString(Bytes b) && b.length() >= least && b.length() <= most) {
      return b;
    }
    throw new Misfit("no string of " + least + " to " + most + " bytes");
  }

  public boolean flag() throws Misfit {
    Cbor c = next();
    if (c.equals(Cbor.Simple.TRUE) || c.equals(Cbor.Simple.FALSE)) {
      return c.equals(Cbor.Simple.TRUE);
    }
    throw new Misfit("neither true nor false");
  }
}

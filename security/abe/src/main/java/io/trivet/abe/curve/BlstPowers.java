package io.trivet.abe.curve;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An element of the target group and, once it was raised to a power, a table of its powers.
///
/// In this group the p-th power is the x-th, where x = -z is the curve's parameter, and costs next to nothing
/// (Frobenius). So an exponent of 255 bits is written in base z with four digits of 64 bits, and one table of
/// 64 bits serves all four: 52 multiplications and no squaring.
final class BlstPowers implements Gt {
  private static final long Z = 0xd201000000010000L;
  private static final int WINDOWS = Windows.count(64);

  private final long[] element;
  /// Made when first asked for: most who hold a key never encapsulate. 120 KiB.
  private volatile @Nullable Windows table;

  BlstPowers(long[] element) {
    this.element = element;
  }

  long[] power(Scalar secret) {
    Windows windows = table();
    long[] inBaseZ = secret.digits(Z);
    long[] one = BlstCalls.one();
    long[] product = one.clone();
    long[] entry = new long[BlstCurve.FP12];
    long[] inverse = new long[BlstCurve.FP12];
    for (int d = 0; d < inBaseZ.length; d++) {
      int[] digits = Windows.digits(new long[] {inBaseZ[d]});
      long[] part = one.clone();
      for (int w = 0; w < WINDOWS; w++) {
        windows.select(w, digits[w], one, entry);
        invertWhere(Windows.sign(digits[w]), entry, inverse);
        BlstCalls.mul12(part, part, entry);
      }
      if (d > 0) {
        BlstCalls.frobenius12(part, part.clone(), d);
        if ((d & 1) == 1) {
          BlstCalls.conjugate12(part); // z to an odd power is x to that power, negated
        }
      }
      BlstCalls.mul12(product, product, part);
      Arrays.fill(part, 0);
      Windows.wipe(digits);
    }
    for (long[] secretPart : new long[][] {inBaseZ, entry, inverse}) {
      Arrays.fill(secretPart, 0);
    }
    return product;
  }

  private Windows table() {
    Windows made = table;
    if (made == null) {
      made = tableOf(element);
      table = made; // whoever else makes it meanwhile makes the same
    }
    return made;
  }

  /// The inverse in this group is the conjugate.
  private static void invertWhere(int condition, long[] entry, long[] scratch) {
    System.arraycopy(entry, 0, scratch, 0, entry.length);
    BlstCalls.conjugate12(scratch);
    long mask = -(long) condition;
    for (int i = 0; i < entry.length; i++) {
      entry[i] = entry[i] & ~mask | scratch[i] & mask;
    }
  }

  private static Windows tableOf(long[] element) {
    long[] entries = new long[WINDOWS * Windows.PER_WINDOW * BlstCurve.FP12];
    long[] shifted = element.clone();
    int at = 0;
    for (int w = 0; w < WINDOWS; w++) {
      long[] multiple = BlstCalls.one();
      for (int j = 1; j <= Windows.PER_WINDOW; j++) {
        BlstCalls.mul12(multiple, multiple, shifted);
        System.arraycopy(multiple, 0, entries, at, BlstCurve.FP12);
        at += BlstCurve.FP12;
      }
      BlstCalls.square12(shifted, multiple);
    }
    return new Windows(entries, BlstCurve.FP12);
  }
}

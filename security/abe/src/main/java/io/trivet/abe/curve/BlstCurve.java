package io.trivet.abe.curve;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// blst through foreign functions. Elements are arrays on the heap in blst's own layout (coordinates in
/// Montgomery's form, points in Jacobian coordinates), so they live as long as they are referred to and can
/// be overwritten.
///
/// Nothing branches on a secret scalar or reads memory at a place that depends on one: blst's multiplications
/// are made so, and so is [Windows]. Whether a sum meets the neutral point or a doubling is handled by blst
/// without a branch.
@SuppressWarnings("restricted") // blst says how long what it points to is
final class BlstCurve implements Curve {
  static final int FP = 6;
  static final int AFFINE_1 = 2 * FP;
  static final int POINT_1 = 3 * FP;
  static final int AFFINE_2 = 4 * FP;
  static final int POINT_2 = 6 * FP;
  static final int FP12 = 12 * FP;

  private static final long SCALAR_BITS = 255;
  private static final byte[] DOMAIN = HASH_DOMAIN.getBytes(StandardCharsets.US_ASCII);

  record Point1(long[] xyz) implements G1 {
    @Override
    public void wipe() {
      Arrays.fill(xyz, 0);
    }
  }

  record Point2(long[] xyz) implements G2 {
    @Override
    public void wipe() {
      Arrays.fill(xyz, 0);
    }
  }

  private final BlstTables.Base1 generator;
  private final BlstTables.Base1 secondBase;
  private final BlstTables.Base2 generator2;
  private final BlstPowers generatorT;

  BlstCurve() {
    Point1 g1 = new Point1(copied(BlstCalls.generator1(), POINT_1));
    Point2 g2 = new Point2(copied(BlstCalls.generator2(), POINT_2));
    this.generator = BlstTables.of(g1);
    this.secondBase = BlstTables.of(hash(new byte[] {SECOND_BASE}));
    this.generator2 = BlstTables.of(g2);
    this.generatorT = new BlstPowers(product(List.of(g1), List.of(g2)));
  }

  private static long[] copied(MemorySegment element, int longs) {
    long[] out = new long[longs];
    MemorySegment.ofArray(out).copyFrom(element.reinterpret(8L * longs));
    return out;
  }

  @Override
  public String name() {
    return "blst";
  }

  @Override
  public Point1 hash(byte[] input) {
    long[] out = new long[POINT_1];
    BlstCalls.hashToG1(out, input, DOMAIN);
    return new Point1(out);
  }

  @Override
  public G1 timesGenerator(Scalar secret) {
    return new Point1(generator.times(secret));
  }

  @Override
  public G1 timesSecondBase(Scalar secret) {
    return new Point1(secondBase.times(secret));
  }

  @Override
  public G1 times(G1 point, Scalar secret) {
    byte[] scalar = littleEndian(secret);
    long[] out = new long[POINT_1];
    BlstCalls.mult1(out, xyz(point), scalar, SCALAR_BITS);
    Arrays.fill(scalar, (byte) 0);
    return new Point1(out);
  }

  @Override
  public G1 plus(G1 a, G1 b) {
    long[] out = new long[POINT_1];
    BlstCalls.add1(out, xyz(a), xyz(b));
    return new Point1(out);
  }

  @Override
  public G1 negated(G1 point) {
    long[] out = xyz(point).clone();
    BlstCalls.negate1(out);
    return new Point1(out);
  }

  @Override
  public byte[] compressed(G1 point) {
    return BlstCalls.compress1(xyz(point));
  }

  @Override
  public @Nullable G1 g1(byte[] from, int at) {
    long[] affine = new long[AFFINE_1];
    if (!BlstCalls.read1(affine, Arrays.copyOfRange(from, at, at + G1.BYTES))) {
      return null;
    }
    return new Point1(BlstCalls.fromAffine1(affine));
  }

  @Override
  public G2 timesGenerator2(Scalar secret) {
    return new Point2(generator2.times(secret));
  }

  @Override
  public byte[] compressed(G2 point) {
    return BlstCalls.compress2(((Point2) point).xyz);
  }

  @Override
  public @Nullable G2 g2(byte[] from, int at) {
    long[] affine = new long[AFFINE_2];
    if (!BlstCalls.read2(affine, Arrays.copyOfRange(from, at, at + G2.BYTES))) {
      return null;
    }
    long[] xyz = Arrays.copyOf(affine, POINT_2);
    System.arraycopy(BlstCalls.one(), 0, xyz, AFFINE_2, FP);
    return new Point2(xyz);
  }

  @Override
  public byte[] pairings(List<G1> firsts, List<G2> seconds) {
    long[] product = product(firsts, seconds);
    byte[] out = BlstCalls.bytes12(product);
    Arrays.fill(product, 0);
    return out;
  }

  /// The pairing takes more than a millisecond, so it runs on memory of its own that a collector does not
  /// wait for.
  private static long[] product(List<? extends G1> firsts, List<? extends G2> seconds) {
    int n = firsts.size();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment all = arena.allocate((AFFINE_1 + AFFINE_2) * 8L * n + 2 * 8L * n + 2 * 8L * FP12, 8);
      MemorySegment ps = all.asSlice(0, 8L * AFFINE_1 * n);
      MemorySegment qs = all.asSlice(ps.byteSize(), 8L * AFFINE_2 * n);
      MemorySegment pAddresses = all.asSlice(ps.byteSize() + qs.byteSize(), 8L * n);
      MemorySegment qAddresses = all.asSlice(ps.byteSize() + qs.byteSize() + 8L * n, 8L * n);
      MemorySegment looped = all.asSlice(all.byteSize() - 16L * FP12, 8L * FP12);
      MemorySegment product = all.asSlice(all.byteSize() - 8L * FP12, 8L * FP12);
      for (int i = 0; i < n; i++) {
        MemorySegment p = ps.asSlice(8L * AFFINE_1 * i, 8L * AFFINE_1);
        MemorySegment q = qs.asSlice(8L * AFFINE_2 * i, 8L * AFFINE_2);
        BlstCalls.toAffine1(p, xyz(firsts.get(i)));
        BlstCalls.toAffine2(q, ((Point2) seconds.get(i)).xyz);
        pAddresses.setAtIndex(ADDRESS, i, p);
        qAddresses.setAtIndex(ADDRESS, i, q);
      }
      BlstCalls.pair(product, looped, pAddresses, qAddresses, n);
      long[] out = copied(product, FP12);
      all.fill((byte) 0);
      return out;
    }
  }

  @Override
  public Gt generatorT() {
    return generatorT;
  }

  @Override
  public @Nullable Gt gt(byte[] from, int at) {
    long[] element = new long[FP12];
    byte[] encoded = Arrays.copyOfRange(from, at, at + Gt.BYTES);
    return BlstCalls.read12(element, encoded) ? new BlstPowers(element) : null;
  }

  @Override
  public byte[] power(Gt base, Scalar secret) {
    long[] power = ((BlstPowers) base).power(secret);
    byte[] out = BlstCalls.bytes12(power);
    Arrays.fill(power, 0);
    return out;
  }

  private static long[] xyz(G1 point) {
    return ((Point1) point).xyz;
  }

  private static byte[] littleEndian(Scalar scalar) {
    byte[] out = new byte[Scalar.BYTES];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) (scalar.limb(i >> 3) >>> 8 * (i & 7));
    }
    return out;
  }
}

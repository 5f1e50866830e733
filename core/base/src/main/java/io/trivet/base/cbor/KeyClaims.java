package io.trivet.base.cbor;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A public key with a name, as a set of CWT claims without a signature (RFC 8747, section 3; RFC 9528, section 3.5.2):
/// `{2: subject, 8: {1: COSE_Key}}`. Whoever holds it has got it by a way that is trusted.
///
/// @param subject whom the issuer of the claims says it belongs to
/// @param kid names the key where both ends know it; 1 to 16 bytes
/// @param curve with the key's type
/// @param x 32 bytes
/// @param y present on P-256: 32 bytes, or one byte that tells its sign
public record KeyClaims(Optional<String> subject, Optional<Bytes> kid, Curve curve, Bytes x, Optional<Bytes> y) {
  public static final int BYTES_MAX = 512;
  public static final int KID_BYTES_MAX = 16;
  private static final int COORDINATE_BYTES = 32;

  private static final long SUBJECT = 2;
  private static final long CONFIRMATION = 8;
  private static final long COSE_KEY = 1;
  private static final long KEY_TYPE = 1;
  private static final long KEY_ID = 2;
  private static final long CURVE = -1;
  private static final long X = -2;
  private static final long Y = -3;

  /// The curves, by their numbers in the registry of COSE (RFC 9053, section 7.1).
  public enum Curve {
    P256(1, 2),
    X25519(4, 1),
    ED25519(6, 1);

    private final int number;
    private final int keyType;

    Curve(int number, int keyType) {
      this.number = number;
      this.keyType = keyType;
    }

    private static Optional<Curve> of(Cbor type, Cbor number) {
      for (Curve c : values()) {
        if (type.equals(Cbor.of(c.keyType)) && number.equals(Cbor.of(c.number))) {
          return Optional.of(c);
        }
      }
      return Optional.empty();
    }
  }

  public KeyClaims {
    if (x.length() != COORDINATE_BYTES || y.isPresent() != (curve == Curve.P256)
        || y.isPresent() && y.get().length() != COORDINATE_BYTES && y.get().length() != 1) {
      throw new IllegalArgumentException("a key on " + curve + ": its coordinates have 32 bytes each");
    }
    if (kid.isPresent() && (kid.get().isEmpty() || kid.get().length() > KID_BYTES_MAX)) {
      throw new IllegalArgumentException("a kid of " + kid.get().length() + " bytes: give 1 to " + KID_BYTES_MAX);
    }
  }

  /// Reads them from anybody; what else the claims say is let be, since it is part of what is signed over.
  public static Parsed<KeyClaims> read(Bytes encoded) {
    if (encoded.length() > BYTES_MAX) {
      return bad(encoded.length() + " bytes, at most " + BYTES_MAX + " are read");
    }
    return switch (CborReader.only(encoded, CborLimits.STRICT)) {
      case CborReader.Read.Item(Cbor.Map claims) -> of(claims);
      case CborReader.Read.Broken(String what) -> bad(what);
      case CborReader.Read.Item _, CborReader.Read.End _ -> bad("a map is wanted");
    };
  }

  private static Parsed<KeyClaims> of(Cbor.Map claims) {
    Cbor nothing = Cbor.Simple.UNDEFINED;
    if (!(claims.at(CONFIRMATION).orElse(nothing) instanceof Cbor.Map confirmation)
        || !(confirmation.at(COSE_KEY).orElse(nothing) instanceof Cbor.Map key)) {
      return bad("no COSE_Key at 8, 1");
    }
    Optional<Curve> curve = Curve.of(key.at(KEY_TYPE).orElse(nothing), key.at(CURVE).orElse(nothing));
    if (curve.isEmpty()) {
      return bad("the key is on none of P-256, X25519 and Ed25519");
    }
    if (!(key.at(X).orElse(nothing) instanceof Cbor.ByteString(Bytes x))) {
      return bad("the key has no x");
    }
    Optional<Bytes> y = switch (key.at(Y).orElse(nothing)) {
      case Cbor.ByteString(Bytes whole) when whole.length() == COORDINATE_BYTES -> Optional.of(whole);
      case Cbor.Simple sign when sign.equals(Cbor.Simple.TRUE) -> Optional.of(Bytes.hex("01"));
      case Cbor.Simple sign when sign.equals(Cbor.Simple.FALSE) -> Optional.of(Bytes.hex("00"));
      default -> Optional.empty();
    };
    Optional<Bytes> kid = key.at(KEY_ID).orElse(nothing) instanceof Cbor.ByteString(Bytes id) ? Optional.of(id) : Optional.empty();
    Optional<String> subject =
        claims.at(SUBJECT).orElse(nothing) instanceof Cbor.TextString(String s) ? Optional.of(s) : Optional.empty();
    try {
      return Parsed.valid(new KeyClaims(subject, kid, curve.get(), x, y));
    } catch (IllegalArgumentException e) {
      return bad(String.valueOf(e.getMessage()));
    }
  }

  private static Parsed<KeyClaims> bad(String what) {
    return Parsed.invalid("key claims", what);
  }

  public Cbor.Map toCbor() {
    List<Cbor.Pair> key = new ArrayList<>();
    key.add(new Cbor.Pair(Cbor.of(KEY_TYPE), Cbor.of(curve.keyType)));
    kid.ifPresent(k -> key.add(new Cbor.Pair(Cbor.of(KEY_ID), Cbor.of(k))));
    key.add(new Cbor.Pair(Cbor.of(CURVE), Cbor.of(curve.number)));
    key.add(new Cbor.Pair(Cbor.of(X), Cbor.of(x)));
    y.ifPresent(b -> key.add(new Cbor.Pair(Cbor.of(Y), b.length() == 1 ? Cbor.of(b.at(0) == 1) : Cbor.of(b))));
    List<Cbor.Pair> claims = new ArrayList<>();
    subject.ifPresent(s -> claims.add(new Cbor.Pair(Cbor.of(SUBJECT), Cbor.of(s))));
    claims.add(new Cbor.Pair(Cbor.of(CONFIRMATION), Cbor.map(Cbor.of(COSE_KEY), new Cbor.Map(key))));
    return new Cbor.Map(claims);
  }

  /// For agreement: x. For signatures: x of Ed25519; on P-256 the point, in 33 or 65 bytes (SEC 1, section 2.3.3).
  public Bytes point() {
    if (y.isEmpty()) {
      return x;
    }
    Bytes given = y.get();
    byte[] point = new byte[1 + COORDINATE_BYTES + (given.length() == 1 ? 0 : COORDINATE_BYTES)];
    point[0] = (byte) (given.length() == 1 ? 2 + given.at(0) : 4);
    x.copyTo(point, 1);
    if (given.length() > 1) {
      given.copyTo(point, 1 + COORDINATE_BYTES);
    }
    return Bytes.wrap(point);
  }
}

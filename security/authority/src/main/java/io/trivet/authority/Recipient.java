package io.trivet.authority;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.KeyClaims;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/// The public key that a device's keys are sealed to.
///
/// @param publicKey as HPKE writes it (RFC 9180, section 4.1): 32 bytes on X25519, an uncompressed point on P-256
public record Recipient(Suite suite, Bytes publicKey) {
  public static final int FILE_BYTES_MAX = 4_096;
  private static final String BEGIN = "-----BEGIN PUBLIC KEY-----";
  private static final String END = "-----END PUBLIC KEY-----";

  /// Whether it is a point of its curve is checked when it is read from a stranger, and again by each use.
  ///
  /// @throws IllegalArgumentException where it has another length
  public Recipient {
    publicKey = publicKey.compact();
    if (publicKey.length() != suite.publicBytes()) {
      throw new IllegalArgumentException("a key on " + suite + " has " + suite.publicBytes() + " bytes, this one "
          + publicKey.length());
    }
  }

  /// What was in a public key's file: the claims that `authority device-key` writes, or PEM in which others write theirs.
  ///
  /// @param subject whom the file says the key belongs to
  public record Named(Optional<String> subject, Recipient recipient) {}

  public static Parsed<Named> read(byte[] file) {
    if (file.length > FILE_BYTES_MAX) {
      return bad(file.length + " bytes, at most " + FILE_BYTES_MAX + " are read");
    }
    String text = new String(file, StandardCharsets.ISO_8859_1);
    int from = text.indexOf(BEGIN);
    int to = from < 0 ? -1 : text.indexOf(END, from + BEGIN.length());
    return to >= 0 ? pem(text.substring(from + BEGIN.length(), to)) : claims(file);
  }

  private static Parsed<Named> bad(String what) {
    return Parsed.invalid("device's public key", "no device's public key: " + what);
  }

  private static Parsed<Named> claims(byte[] file) {
    return switch (KeyClaims.read(Bytes.wrap(file))) {
      case Parsed.Invalid<KeyClaims>(_, String what) -> bad(what);
      case Parsed.Valid<KeyClaims>(KeyClaims c) -> {
        for (Suite s : Suite.values()) {
          if (s.curve() == c.curve()) {
            yield of(c.subject(), s, c.point());
          }
        }
        yield bad("a key on " + c.curve() + " is for signatures; give one on X25519 or P-256");
      }
    };
  }

  private static Parsed<Named> pem(String base64) {
    AsymmetricKeyParameter key;
    try {
      key = PublicKeyFactory.createKey(Base64.getMimeDecoder().decode(base64));
    } catch (IOException | RuntimeException e) {
      return bad("what the PEM holds cannot be read"); // a decoder of others' code: whatever it throws, it is no key
    }
    return switch (key) {
      case X25519PublicKeyParameters x -> of(Optional.empty(), Suite.X25519, Bytes.wrap(x.getEncoded()));
      case ECPublicKeyParameters p when p.getParameters().getCurve().getFieldSize() == 256 ->
          of(Optional.empty(), Suite.P256, Bytes.wrap(p.getQ().getEncoded(false)));
      default -> bad("give a key on X25519 or P-256");
    };
  }

  private static Parsed<Named> of(Optional<String> subject, Suite suite, Bytes key) {
    try {
      Recipient r = new Recipient(suite, uncompressed(suite, key));
      HpkeSeal.proved(suite, r.publicKey());
      return Parsed.valid(new Named(subject, r));
    } catch (IllegalArgumentException e) {
      return bad(String.valueOf(e.getMessage()));
    }
  }

  /// Claims may tell of a point's y only its sign.
  private static Bytes uncompressed(Suite suite, Bytes point) {
    if (suite != Suite.P256 || point.length() != 33) {
      return point;
    }
    return Bytes.wrap(CustomNamedCurves.getByName("P-256").getCurve().decodePoint(point.toArray()).getEncoded(false));
  }

  /// As `authority device-key` writes it.
  public Bytes claims(String device) {
    boolean point = suite == Suite.P256;
    Bytes x = point ? publicKey.slice(1, 32) : publicKey;
    return new KeyClaims(Optional.of(device), Optional.empty(), suite.curve(), x,
        point ? Optional.of(publicKey.slice(33, 32)) : Optional.empty()).toCbor().encoded();
  }

  Cbor toCbor() {
    return Cbor.array(Cbor.of(suite.number()), Cbor.of(publicKey));
  }
}

package io.trivet.authority;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.Randomness;
import io.trivet.base.SecretBytes;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import java.util.Arrays;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContext;
import org.bouncycastle.crypto.params.HKDFParameters;

/// A device's key pair, with which it opens what the authority sealed for it. Close it to wipe the private half.
///
/// As a file: `{1: 1, 2: KEM, 3: private key, 4: public key}`.
public final class DeviceKey implements AutoCloseable {
  public static final int FILE_BYTES_MAX = 512;
  private static final String WHAT = "device key";
  private static final long VERSION = 1;
  private static final int SEED_BYTES = 32;

  private final Recipient recipient;
  private final SecretBytes secret;

  private DeviceKey(Recipient recipient, SecretBytes secret) {
    this.recipient = recipient;
    this.secret = secret;
  }

  public static DeviceKey generate(Suite suite, Randomness randomness) {
    byte[] seed = new byte[SEED_BYTES];
    randomness.fill(seed);
    try {
      return seeded(suite, seed);
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  /// From a private key that the device has already, so that it need keep no second one; one way, so that neither key
  /// tells the other, and no key serves two protocols.
  ///
  /// @param privateKey any encoding that is always the same, such as PKCS#8
  public static DeviceKey derive(Suite suite, SecretBytes privateKey) {
    byte[] seed = privateKey.expose(p -> {
      HKDFBytesGenerator hkdf = new HKDFBytesGenerator(new SHA256Digest());
      hkdf.init(new HKDFParameters(p, null, Bytes.utf8("Trivet device key for the authority, 1").toArray()));
      byte[] out = new byte[SEED_BYTES];
      hkdf.generateBytes(out, 0, out.length);
      return out;
    });
    try {
      return seeded(suite, seed);
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  /// DeriveKeyPair of RFC 9180, section 7.1.3.
  private static DeviceKey seeded(Suite suite, byte[] seed) {
    HPKE hpke = suite.hpke();
    AsymmetricCipherKeyPair pair = hpke.deriveKeyPair(seed);
    byte[] secret = hpke.serializePrivateKey(pair.getPrivate());
    try {
      return new DeviceKey(new Recipient(suite, Bytes.wrap(hpke.serializePublicKey(pair.getPublic()))),
          SecretBytes.copyOf(secret));
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  public Recipient recipient() {
    return recipient;
  }

  HPKEContext receiver(Bytes encapsulated, Bytes info) {
    HPKE hpke = recipient.suite().hpke();
    AsymmetricCipherKeyPair pair =
        secret.expose(s -> hpke.deserializePrivateKey(s, recipient.publicKey().toArray()));
    return hpke.setupBaseR(encapsulated.toArray(), pair, info.toArray());
  }

  /// For a file that only its owner reads.
  public SecretBytes encoded() {
    byte[] file = secret.expose(s -> Cbor.map(
        Cbor.of(1), Cbor.of(VERSION),
        Cbor.of(2), Cbor.of(recipient.suite().number()),
        Cbor.of(3), Cbor.of(Bytes.wrap(s)),
        Cbor.of(4), Cbor.of(recipient.publicKey())).encoded().toArray());
    return SecretBytes.copyOf(file);
  }

  /// @return invalid where it is no such file, or its halves do not belong together
  public static Parsed<DeviceKey> read(byte[] file) {
    if (file.length > FILE_BYTES_MAX) {
      return Parsed.invalid(WHAT, "no " + WHAT + ": " + file.length + " bytes, at most " + FILE_BYTES_MAX + " are read");
    }
    return Fields.read(Bytes.wrap(file), CborLimits.STRICT, WHAT, VERSION, f -> {
      Suite suite = Suite.of(f.number(2, 0, 0xFFFF));
      Bytes secret = f.bytes(3, 32, 32);
      Bytes given = f.bytes(4, suite.publicBytes(), suite.publicBytes());
      byte[] copy = secret.toArray();
      try {
        HPKE hpke = suite.hpke();
        Bytes own = Bytes.wrap(hpke.serializePublicKey(hpke.deserializePrivateKey(copy, null).getPublic()));
        if (!own.equals(given)) {
          throw new Fields.Misfit("its two halves do not belong together");
        }
        return new DeviceKey(new Recipient(suite, given), SecretBytes.copyOf(copy));
      } finally {
        Arrays.fill(copy, (byte) 0);
        Arrays.fill(secret.backingArray(), (byte) 0); // a copy of Fields' own
      }
    });
  }

  @Override
  public void close() {
    secret.close();
  }
}

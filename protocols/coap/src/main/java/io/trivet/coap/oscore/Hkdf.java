package io.trivet.coap.oscore;

import io.trivet.base.Bytes;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/// Key derivation with SHA-256 (RFC 5869).
public final class Hkdf {
  private Hkdf() {}

  /// A pseudorandom key of 32 bytes.
  public static Bytes extract(Bytes salt, Bytes secret) {
    return Bytes.wrap(new HKDFBytesGenerator(new SHA256Digest()).extractPRK(salt.toArray(), secret.toArray()));
  }

  public static Bytes expand(Bytes pseudorandomKey, Bytes info, int bytes) {
    HKDFBytesGenerator hkdf = new HKDFBytesGenerator(new SHA256Digest());
    hkdf.init(HKDFParameters.skipExtractParameters(pseudorandomKey.toArray(), info.toArray()));
    byte[] out = new byte[bytes];
    hkdf.generateBytes(out, 0, bytes);
    return Bytes.wrap(out);
  }

  /// HMAC with SHA-256, cut to `bytes`.
  static Bytes mac(Bytes key, Bytes text, int bytes) {
    HMac mac = new HMac(new SHA256Digest());
    mac.init(new KeyParameter(key.toArray()));
    mac.update(text.backingArray(), text.backingOffset(), text.length());
    byte[] out = new byte[mac.getMacSize()];
    mac.doFinal(out, 0);
    return Bytes.wrap(out, 0, bytes);
  }
}

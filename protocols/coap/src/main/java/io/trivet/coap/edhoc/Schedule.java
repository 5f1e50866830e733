package io.trivet.coap.edhoc;

import io.trivet.base.Bytes;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborWriter;
import io.trivet.coap.oscore.Hkdf;
import java.security.MessageDigest;
import java.util.Optional;

/// The key schedule and what is computed with it (RFC 9528, sections 4 and 5): both ends the same.
final class Schedule {
  private static final int KEYSTREAM_2 = 0;
  private static final int SALT_3E2M = 1;
  private static final int MAC_2 = 2;
  private static final int K_3 = 3;
  private static final int IV_3 = 4;
  private static final int SALT_4E3M = 5;
  private static final int MAC_3 = 6;
  private static final int K_4 = 8;
  private static final int IV_4 = 9;

  private Schedule() {}

  /// EDHOC_KDF of section 4.1.2.
  static Bytes kdf(Bytes key, long label, Bytes context, int bytes) {
    return Hkdf.expand(key, new CborWriter().integer(label).bytes(context).integer(bytes).bytes(), bytes);
  }

  static Bytes th2(Bytes gY, Bytes message1) {
    return Hash.sha256(new CborWriter().bytes(gY).bytes(Hash.sha256(message1)).bytes());
  }

  /// TH_3 of TH_2, PLAINTEXT_2 and CRED_R; TH_4 alike.
  static Bytes following(Bytes hash, Bytes plaintext, Bytes credential) {
    return Hash.sha256(Hash.joined(Cbor.of(hash).encoded(), plaintext, credential));
  }

  static Bytes prk2e(Bytes th2, Bytes gXy) {
    return Hkdf.extract(th2, gXy);
  }

  static Bytes prk3e2m(Bytes prk2e, Bytes th2, Bytes gRx) {
    return Hkdf.extract(kdf(prk2e, SALT_3E2M, th2, Hash.BYTES), gRx);
  }

  static Bytes prk4e3m(Bytes prk3e2m, Bytes th3, Bytes gIy) {
    return Hkdf.extract(kdf(prk3e2m, SALT_4E3M, th3, Hash.BYTES), gIy);
  }

  /// Encrypts and decrypts PLAINTEXT_2: nothing proves it whole but the MAC inside.
  static Bytes crypt2(Bytes prk2e, Bytes th2, Bytes text) {
    byte[] stream = kdf(prk2e, KEYSTREAM_2, th2, text.length()).toArray();
    for (int i = 0; i < stream.length; i++) {
      stream[i] ^= text.at(i);
    }
    return Bytes.wrap(stream);
  }

  /// Which message proves who.
  enum Proof {
    OF_RESPONDER(MAC_2),
    OF_INITIATOR(MAC_3);

    private final int label;

    Proof(int label) {
      this.label = label;
    }
  }

  /// What a proof covers.
  ///
  /// @param cR of message 2 C_R encoded; of message 3 empty
  /// @param ead encoded
  record Covered(Bytes cR, Bytes idCred, Bytes hash, Bytes cred, Bytes ead) {
    Bytes context() {
      return Hash.joined(cR, idCred, Cbor.of(hash).encoded(), cred, ead);
    }

    /// Section 5.3.2: the structure Sig_structure of COSE.
    Bytes signed(Bytes mac) {
      Bytes external = Hash.joined(Cbor.of(hash).encoded(), cred, ead);
      return new CborWriter().array(4).text("Signature1").bytes(idCred).bytes(external).bytes(mac).bytes();
    }
  }

  /// Signature_or_MAC_2 or _3.
  static Bytes proof(Proof of, Suite suite, Method method, Bytes prk, Covered covered, Identity self) {
    Bytes mac = mac(of, suite, method, prk, covered);
    return method.isSigned() ? suite.curve().sign(self.privateKey(), covered.signed(mac)) : mac;
  }

  static boolean proves(Proof of, Suite suite, Method method, Bytes prk, Covered covered, Bytes publicKey, Bytes given) {
    Bytes mac = mac(of, suite, method, prk, covered);
    return method.isSigned() ? suite.curve().verify(publicKey, covered.signed(mac), given)
        : MessageDigest.isEqual(mac.toArray(), given.toArray());
  }

  private static Bytes mac(Proof of, Suite suite, Method method, Bytes prk, Covered covered) {
    return kdf(prk, of.label, covered.context(), method.isSigned() ? Hash.BYTES : suite.macBytes());
  }

  static Bytes seal3(Suite suite, Bytes prk3e2m, Bytes th3, Bytes plaintext) {
    return suite.aead().seal(kdf(prk3e2m, K_3, th3, suite.aead().keyBytes()),
        kdf(prk3e2m, IV_3, th3, suite.aead().nonceBytes()), aad(th3), plaintext);
  }

  static Optional<Bytes> open3(Suite suite, Bytes prk3e2m, Bytes th3, Bytes ciphertext) {
    return suite.aead().open(kdf(prk3e2m, K_3, th3, suite.aead().keyBytes()),
        kdf(prk3e2m, IV_3, th3, suite.aead().nonceBytes()), aad(th3), ciphertext);
  }

  static Bytes seal4(Suite suite, Bytes prk4e3m, Bytes th4, Bytes plaintext) {
    return suite.aead().seal(kdf(prk4e3m, K_4, th4, suite.aead().keyBytes()),
        kdf(prk4e3m, IV_4, th4, suite.aead().nonceBytes()), aad(th4), plaintext);
  }

  static Optional<Bytes> open4(Suite suite, Bytes prk4e3m, Bytes th4, Bytes ciphertext) {
    return suite.aead().open(kdf(prk4e3m, K_4, th4, suite.aead().keyBytes()),
        kdf(prk4e3m, IV_4, th4, suite.aead().nonceBytes()), aad(th4), ciphertext);
  }

  private static Bytes aad(Bytes hash) {
    return new CborWriter().array(3).text("Encrypt0").bytes(Bytes.EMPTY).bytes(hash).bytes();
  }
}

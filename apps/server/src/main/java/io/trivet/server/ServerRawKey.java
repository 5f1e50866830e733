package io.trivet.server;

import io.trivet.base.Bytes;
import io.trivet.identity.OwnerOnly;
import io.trivet.identity.certificates.Pem;
import io.trivet.identity.certificates.RawKeys;
import io.trivet.net.dtls.DtlsKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Optional;

/// The key that the server proves itself with to devices that pin raw public keys: that of its certificate, since a DTLS
/// listener has one; where that is none that DTLS can use, such as one of RSA, a pair of its own. `server-rpk.pem` is what
/// devices are given.
final class ServerRawKey {
  private static final String SECRET = "server-rpk.key";
  private static final String OPEN = "server-rpk.pem";
  /// The public half of [#SECRET], which stays while the certificate's key is in [#OPEN].
  private static final String OWN = "server-rpk.own.pem";

  private ServerRawKey() {}

  /// @param chain the server's certificate
  /// @return nothing where the certificate's key serves
  static Optional<DtlsKeys.RawKey> openOrCreate(DataDirectory data, Path chain) throws IOException {
    PublicKey certified = Pem.certificates(chain).getFirst().getPublicKey();
    if (!certified.getAlgorithm().equals("RSA")) {
      String pem = RawKeys.pem(certified);
      keepOwn(data);
      show(data, pem);
      return Optional.empty();
    }
    return Optional.of(own(data));
  }

  /// Servers before kept the public half of the pair of its own in [#OPEN] only.
  private static void keepOwn(DataDirectory data) throws IOException {
    if (Files.exists(data.file(SECRET)) && !Files.exists(data.file(OWN)) && Files.exists(data.file(OPEN))) {
      OwnerOnly.write(data.file(OWN), Files.readAllBytes(data.file(OPEN)));
    }
  }

  /// Writes what devices are given, where it is another than before.
  private static void show(DataDirectory data, String pem) throws IOException {
    Path open = data.file(OPEN);
    if (!Files.exists(open) || !Files.readString(open).equals(pem)) {
      OwnerOnly.write(open, pem.getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static DtlsKeys.RawKey own(DataDirectory data) throws IOException {
    Path secret = data.file(SECRET);
    if (!Files.exists(secret)) {
      KeyPair pair = RawKeys.generate();
      // The secret half last: where it is, the other is too.
      OwnerOnly.write(data.file(OWN), RawKeys.pem(pair.getPublic()).getBytes(StandardCharsets.US_ASCII));
      OwnerOnly.write(secret, Pem.of(pair.getPrivate()).getBytes(StandardCharsets.US_ASCII));
      show(data, RawKeys.pem(pair.getPublic()));
      return new DtlsKeys.RawKey(pair.getPrivate(), pair.getPublic());
    }
    String exposure = OwnerOnly.exposure(secret);
    if (!exposure.isEmpty()) {
      throw new IOException(exposure);
    }
    keepOwn(data);
    Path open = data.file(OWN);
    try {
      PrivateKey own = Pem.privateKey(secret);
      PublicKey half = KeyFactory.getInstance("EC")
          .generatePublic(new X509EncodedKeySpec(RawKeys.parse(Files.readString(open)).toArray()));
      if (!isPair(own, half)) {
        throw new GeneralSecurityException("the public key is another's");
      }
      show(data, RawKeys.pem(half));
      return new DtlsKeys.RawKey(own, half);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(secret + " and " + open + " are no pair on P-256: " + e.getMessage()
          + "; remove both for new ones, which devices then have to pin", e);
    }
  }

  /// Whether what one signs the other verifies.
  private static boolean isPair(PrivateKey secret, PublicKey open) throws GeneralSecurityException {
    byte[] probe = "a pair".getBytes(StandardCharsets.US_ASCII);
    Signature signing = Signature.getInstance("SHA256withECDSA");
    signing.initSign(secret);
    signing.update(probe);
    byte[] signature = signing.sign();
    Signature verifying = Signature.getInstance("SHA256withECDSA");
    verifying.initVerify(open);
    verifying.update(probe);
    return verifying.verify(signature);
  }
}

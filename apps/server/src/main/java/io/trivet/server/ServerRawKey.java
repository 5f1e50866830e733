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
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Optional;

/// The key that the server proves itself with to devices that pin raw public keys: that of its certificate, since a DTLS
/// listener has one; where that is none that DTLS can use, such as one of RSA, a pair of its own. `server-rpk.pem` is what
/// devices are given.
final class ServerRawKey {
  private static final String SECRET = "server-rpk.key";
  private static final String OPEN = "server-rpk.pem";

  private ServerRawKey() {}

  /// @param chain the server's certificate
  /// @return nothing where the certificate's key serves
  static Optional<DtlsKeys.RawKey> openOrCreate(DataDirectory data, Path chain) throws IOException {
    PublicKey certified = Pem.certificates(chain).getFirst().getPublicKey();
    if (!certified.getAlgorithm().equals("RSA")) {
      String pem = RawKeys.pem(certified);
      if (!Files.exists(data.file(OPEN)) || !Files.readString(data.file(OPEN)).equals(pem)) {
        OwnerOnly.write(data.file(OPEN), pem.getBytes(StandardCharsets.US_ASCII));
      }
      return Optional.empty();
    }
    return Optional.of(own(data));
  }

  private static DtlsKeys.RawKey own(DataDirectory data) throws IOException {
    Path secret = data.file(SECRET);
    Path open = data.file(OPEN);
    if (!Files.exists(secret)) {
      KeyPair pair = RawKeys.generate();
      OwnerOnly.write(open, RawKeys.pem(pair.getPublic()).getBytes(StandardCharsets.US_ASCII));
      OwnerOnly.write(secret, Pem.of(pair.getPrivate()).getBytes(StandardCharsets.US_ASCII));
      return new DtlsKeys.RawKey(pair.getPrivate(), pair.getPublic());
    }
    String exposure = OwnerOnly.exposure(secret);
    if (!exposure.isEmpty()) {
      throw new IOException(exposure);
    }
    try {
      KeyFactory ec = KeyFactory.getInstance("EC");
      Bytes der = RawKeys.parse(Files.readString(open));
      return new DtlsKeys.RawKey(Pem.privateKey(secret),
          ec.generatePublic(new X509EncodedKeySpec(der.toArray())));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(secret + " and " + open + " are no pair on P-256: " + e.getMessage()
          + "; remove both for new ones, which devices then have to pin", e);
    }
  }
}

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
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/// The pair that the server proves itself with to devices that pin raw public keys: made at the first start, kept beside
/// the certificate. `server-rpk.pem` is what devices are given.
final class ServerRawKey {
  private static final String SECRET = "server-rpk.key";
  private static final String OPEN = "server-rpk.pem";

  private ServerRawKey() {}

  static DtlsKeys.RawKey openOrCreate(DataDirectory data) throws IOException {
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
      return new DtlsKeys.RawKey(ec.generatePrivate(new PKCS8EncodedKeySpec(secretOf(Files.readString(secret)))),
          ec.generatePublic(new X509EncodedKeySpec(der.toArray())));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(secret + " and " + open + " are no pair on P-256: " + e.getMessage()
          + "; remove both for new ones, which devices then have to pin", e);
    }
  }

  private static byte[] secretOf(String pem) {
    return Base64.getDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", ""));
  }
}

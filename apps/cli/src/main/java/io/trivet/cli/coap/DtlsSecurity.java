package io.trivet.cli.coap;

import io.trivet.base.Bytes;
import io.trivet.cli.client.ClientFailure;
import io.trivet.cli.client.Protection;
import io.trivet.identity.certificates.Pem;
import io.trivet.identity.certificates.RawKeys;
import io.trivet.net.dtls.DtlsCredential;
import io.trivet.net.dtls.DtlsKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Optional;

/// What a DTLS client proves itself with: a pre-shared key, a raw public key or a certificate, in this order.
final class DtlsSecurity {
  private DtlsSecurity() {}

  static DtlsCredential credential(CoapClient.Security s, String host) throws IOException {
    Protection p = s.protection();
    if (p.pskIdentity().isPresent() && p.psk().isPresent()) {
      return new DtlsCredential.PreSharedKey(p.pskIdentity().get(), p.psk().get());
    }
    if (s.rawKeys().isPresent()) {
      return rawKey(s.rawKeys().get());
    }
    Optional<DtlsCredential.Chain> own = Optional.empty();
    if (p.certificate().isPresent() && p.key().isPresent()) {
      own = Optional.of(new DtlsCredential.Chain(
          Pem.privateKey(p.key().get()), Pem.certificates(p.certificate().get())));
    }
    return new DtlsCredential.Certificate(own, p.trust(), Optional.of(host));
  }

  private static DtlsCredential rawKey(RawKeyFiles files) throws IOException {
    PrivateKey secret = Pem.privateKey(files.own());
    String name = files.own().getFileName().toString();
    Path open = files.own().resolveSibling(name.replaceFirst("\\.key$", "") + ".pub");
    Bytes server = RawKeys.parse(Files.readString(files.server()));
    try {
      PublicKey half = KeyFactory.getInstance(secret.getAlgorithm())
          .generatePublic(new X509EncodedKeySpec(RawKeys.parse(Files.readString(open)).toArray()));
      return new DtlsCredential.RawKey(new DtlsKeys.RawKey(secret, half), server::equals);
    } catch (GeneralSecurityException e) {
      throw new ClientFailure(open + ": no public half of " + files.own() + ": " + e.getMessage(), e);
    }
  }
}

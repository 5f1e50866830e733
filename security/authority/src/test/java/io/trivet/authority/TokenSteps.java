package io.trivet.authority;

import io.trivet.abe.Kind;
import io.trivet.base.SecretBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AuthProvider;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.InstantSource;
import java.util.Base64;

/// What [TokenKeyTest] does in a process that knows its token; prints what came of each step, one a line.
final class TokenSteps {
  private TokenSteps() {}

  /// @param args the slot, the key's label, the directory, then steps: `init`, `open:PIN`, `open-with-label:LABEL`,
  ///     `import:KEY:CERTIFICATE`
  public static void main(String[] args) throws Exception {
    long slot = Long.parseLong(args[0]);
    String label = args[1];
    Path dir = Path.of(args[2]);
    for (int i = 3; i < args.length; i++) {
      String[] step = args[i].split(":", -1);
      String said;
      try {
        said = switch (step[0]) {
          case "init" -> init(slot, label, dir, step[1]);
          case "open" -> open(dir, step[1]);
          case "import" -> imported(slot, label, Path.of(step[1]), Path.of(step[2]));
          default -> throw new AssertionError(args[i]);
        };
      } catch (AuthorityException e) {
        said = "refused: " + e.getMessage();
      }
      System.out.println(said);
    }
  }

  private static String init(long slot, String label, Path dir, String pin) throws IOException {
    try (SecretBytes secret = SecretBytes.utf8(pin)) {
      Parameters p = Authority.init(dir, Kind.CIPHERTEXT_POLICY,
          new Guard.Token(SoftHsm.LIBRARY.toString(), slot, label, secret), House.RANDOM::nextBytes,
          InstantSource.system());
      return "made " + (p.name().length() == 32);
    }
  }

  private static String open(Path dir, String pin) throws IOException {
    try (SecretBytes secret = SecretBytes.utf8(pin);
        Authority a = Authority.open(dir, new Opener.Pin(secret), House.RANDOM::nextBytes, InstantSource.system())) {
      return "opened epoch " + a.epoch() + " " + Shelf.open(dir).wantsPin();
    }
  }

  /// An RSA key with its certificate, as a token's own tool would put it there.
  private static String imported(long slot, String label, Path key, Path certificate)
      throws GeneralSecurityException, IOException {
    Provider p = Security.getProvider("SunPKCS11").configure("""
        --name = Import
        library = %s
        slot = %d
        attributes(*, CKO_PRIVATE_KEY, *) = {
          CKA_SENSITIVE = true
          CKA_DECRYPT = true
        }
        """.formatted(SoftHsm.LIBRARY, slot));
    KeyStore store = KeyStore.getInstance("PKCS11", p);
    store.load(null, SoftHsm.PIN.toCharArray());
    String pem = Files.readString(key).replaceAll("-----[A-Z ]+-----|\\s", "");
    Certificate c = CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(certificate)));
    store.setKeyEntry(label, KeyFactory.getInstance("RSA")
        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem))), null, new Certificate[] {c});
    ((AuthProvider) p).logout();
    return "imported";
  }
}

package io.trivet.net.dtls;

import io.trivet.net.transport.PemMaterial;
import io.trivet.net.transport.TlsMaterial;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.eclipse.californium.scandium.dtls.CertificateIdentityResult;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.SignatureAndHashAlgorithm;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite.CertificateKeyAlgorithm;
import org.eclipse.californium.scandium.dtls.cipher.XECDHECryptography.SupportedGroup;
import org.eclipse.californium.scandium.dtls.x509.CertificateConfigurationHelper;
import org.eclipse.californium.scandium.dtls.x509.CertificateProvider;
import org.eclipse.californium.scandium.dtls.x509.ConfigurationHelperSetup;
import org.eclipse.californium.scandium.dtls.x509.SingleCertificateProvider;
import org.eclipse.californium.scandium.util.ServerNames;

/// The certificate that listeners show, which may be renewed while they are open: handshakes that begin later show the
/// newer one, associations stay. Any number of threads may use it.
public final class CertificateRenewal {
  private volatile Identity latest;

  private record Identity(PrivateKey key, List<X509Certificate> chain) {
    PublicKey open() {
      return chain.getFirst().getPublicKey();
    }

    SingleCertificateProvider shownAs(List<CertificateType> types) {
      return new SingleCertificateProvider(key, chain.toArray(X509Certificate[]::new), types);
    }
  }

  /// @param first what is shown until there is another
  public CertificateRenewal(TlsMaterial first) {
    this.latest = read(first);
  }

  private static Identity read(TlsMaterial m) {
    return new Identity(PemMaterial.privateKey(m.keyPem()), List.of(PemMaterial.certificates(m.chainPem())));
  }

  /// Shows another from now on. What was negotiable when the listeners opened stays so: hence a key of the same kind.
  ///
  /// @return whether it is shown; false where its key is of another kind or on another curve, and all stays as it was
  public boolean show(TlsMaterial fresh) {
    PublicKey open = PemMaterial.certificates(fresh.chainPem())[0].getPublicKey();
    if (!kind(open).equals(kind(latest.open()))) {
      return false;
    }
    latest = read(fresh);
    return true;
  }

  private static String kind(PublicKey key) {
    return key.getAlgorithm() + (key instanceof ECPublicKey ec ? ec.getParams().getCurve().hashCode() : "");
  }

  CertificateProvider shownAs(List<CertificateType> types) {
    return new Latest(types);
  }

  /// Scandium's port: asks once for each handshake.
  private final class Latest implements CertificateProvider, ConfigurationHelperSetup {
    private final List<CertificateType> types;

    Latest(List<CertificateType> types) {
      this.types = List.copyOf(types);
    }

    private SingleCertificateProvider now() {
      return latest.shownAs(types);
    }

    @Override
    public void setupConfigurationHelper(CertificateConfigurationHelper helper) {
      now().setupConfigurationHelper(helper);
    }

    @Override
    public List<CertificateKeyAlgorithm> getSupportedCertificateKeyAlgorithms() {
      return now().getSupportedCertificateKeyAlgorithms();
    }

    @Override
    public List<CertificateType> getSupportedCertificateTypes() {
      return types;
    }

    @Override
    public CertificateIdentityResult requestCertificateIdentity(
        ConnectionId cid, boolean client, List<X500Principal> issuers, ServerNames serverNames,
        List<CertificateKeyAlgorithm> algorithms, List<SignatureAndHashAlgorithm> signatures,
        List<SupportedGroup> curves) {
      return now().requestCertificateIdentity(cid, client, issuers, serverNames, algorithms, signatures, curves);
    }

    @Override
    public void setResultHandler(HandshakeResultHandler resultHandler) {
      // Answered at once.
    }
  }
}

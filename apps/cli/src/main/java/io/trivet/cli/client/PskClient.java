package io.trivet.cli.client;

import java.io.IOException;
import java.util.Vector;
import org.bouncycastle.tls.AbstractTlsClient;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.BasicTlsPSKExternal;
import org.bouncycastle.tls.BasicTlsPSKIdentity;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsPSK;
import org.bouncycastle.tls.TlsPSKIdentity;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCrypto;

/// TLS with a pre-shared key in place of certificates: an external key in 1.3 (RFC 8446, section 2.2), ECDHE-PSK and
/// plain PSK with AES-GCM and AES-CCM in 1.2 (RFC 4279, 5487, 6655, 8442). The JDK has none of it.
final class PskClient extends AbstractTlsClient {
  private static final int[] SUITES = {
    CipherSuite.TLS_AES_128_GCM_SHA256,
    CipherSuite.TLS_CHACHA20_POLY1305_SHA256,
    CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256,
    CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_PSK_WITH_AES_128_CCM
  };

  private final byte[] identity;
  private final byte[] key;

  PskClient(TlsCrypto crypto, byte[] identity, byte[] key) {
    super(crypto);
    this.identity = identity;
    this.key = key;
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return ProtocolVersion.TLSv13.downTo(ProtocolVersion.TLSv12);
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return TlsUtils.getSupportedCipherSuites(getCrypto(), SUITES);
  }

  @Override
  public Vector<TlsPSK> getExternalPSKs() {
    Vector<TlsPSK> all = new Vector<>();
    all.add(new BasicTlsPSKExternal(identity, getCrypto().createSecret(key), PRFAlgorithm.tls13_hkdf_sha256));
    return all;
  }

  @Override
  public TlsPSKIdentity getPSKIdentity() {
    return new BasicTlsPSKIdentity(identity, key);
  }

  /// Never a certificate: whoever shows one does not know the key.
  @Override
  public TlsAuthentication getAuthentication() throws IOException {
    throw new TlsFatalAlert(AlertDescription.unexpected_message);
  }
}

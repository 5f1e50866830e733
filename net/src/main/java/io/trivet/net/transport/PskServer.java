package io.trivet.net.transport;

import io.trivet.base.SecretBytes;
import io.trivet.base.Utf8;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Vector;
import org.bouncycastle.tls.AbstractTlsServer;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.BasicTlsPSKExternal;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.PRFAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.PskIdentity;
import org.bouncycastle.tls.PskKeyExchangeMode;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.TlsPSKIdentityManager;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.bouncycastle.tls.crypto.TlsSecret;
import org.jspecify.annotations.Nullable;

/// What one connection with a pre-shared key may negotiate: TLS 1.3 with an external key and a fresh Diffie-Hellman
/// exchange (RFC 8446, section 4.2.9, psk_dhe_ke), TLS 1.2 with ECDHE or the key alone (RFC 5489, 4279, 8442), AEAD
/// suites only, in our order.
///
/// An identity nobody knows is answered with unknown_psk_identity once the client has shown its whole flight, the
/// same work for both sides up to there.
final class PskServer extends AbstractTlsServer {
  /// Longer than any identity of the registry.
  private static final int IDENTITY_BYTES_MAX = 256;

  /// Names offered at once in TLS 1.3 that are looked up; one client holds one key.
  private static final int IDENTITIES_MAX = 4;

  private static final int HANDSHAKE_BYTES_MAX = 16_384;

  /// In TLS 1.3 those with SHA-256 alone, for a key is bound to one hash and ours to that (RFC 8446, 4.2.11).
  private static final Map<Integer, String> NAMES = Map.ofEntries(
      Map.entry(CipherSuite.TLS_AES_128_GCM_SHA256, "TLS_AES_128_GCM_SHA256"),
      Map.entry(CipherSuite.TLS_CHACHA20_POLY1305_SHA256, "TLS_CHACHA20_POLY1305_SHA256"),
      Map.entry(CipherSuite.TLS_AES_128_CCM_SHA256, "TLS_AES_128_CCM_SHA256"),
      Map.entry(CipherSuite.TLS_AES_128_CCM_8_SHA256, "TLS_AES_128_CCM_8_SHA256"),
      Map.entry(CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256, "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256"),
      Map.entry(CipherSuite.TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384, "TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384"),
      Map.entry(CipherSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256,
          "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256"),
      Map.entry(CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256, "TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256"),
      Map.entry(CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256, "TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256"),
      Map.entry(CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256, "TLS_PSK_WITH_AES_128_GCM_SHA256"),
      Map.entry(CipherSuite.TLS_PSK_WITH_AES_256_GCM_SHA384, "TLS_PSK_WITH_AES_256_GCM_SHA384"),
      Map.entry(CipherSuite.TLS_PSK_WITH_CHACHA20_POLY1305_SHA256, "TLS_PSK_WITH_CHACHA20_POLY1305_SHA256"),
      Map.entry(CipherSuite.TLS_PSK_WITH_AES_128_CCM, "TLS_PSK_WITH_AES_128_CCM"),
      Map.entry(CipherSuite.TLS_PSK_WITH_AES_256_CCM, "TLS_PSK_WITH_AES_256_CCM"),
      Map.entry(CipherSuite.TLS_PSK_WITH_AES_128_CCM_8, "TLS_PSK_WITH_AES_128_CCM_8"),
      Map.entry(CipherSuite.TLS_PSK_WITH_AES_256_CCM_8, "TLS_PSK_WITH_AES_256_CCM_8"));

  private static final int[] SUITES = {
    CipherSuite.TLS_AES_128_GCM_SHA256,
    CipherSuite.TLS_CHACHA20_POLY1305_SHA256,
    CipherSuite.TLS_AES_128_CCM_SHA256,
    CipherSuite.TLS_AES_128_CCM_8_SHA256,
    CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384,
    CipherSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256,
    CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256,
    CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_PSK_WITH_AES_256_GCM_SHA384,
    CipherSuite.TLS_PSK_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite.TLS_PSK_WITH_AES_128_CCM,
    CipherSuite.TLS_PSK_WITH_AES_256_CCM,
    CipherSuite.TLS_PSK_WITH_AES_128_CCM_8,
    CipherSuite.TLS_PSK_WITH_AES_256_CCM_8
  };

  private static final int[] GROUPS = {NamedGroup.x25519, NamedGroup.secp256r1, NamedGroup.secp384r1};

  private final PskLookup lookup;
  private String identity = "";
  private boolean complete;
  private short alert = -1;

  PskServer(TlsCrypto crypto, PskLookup lookup) {
    super(crypto);
    this.lookup = lookup;
  }

  boolean isComplete() {
    return complete;
  }

  /// The identity whose key both sides hold, once complete.
  String identity() {
    return identity;
  }

  String protection() {
    return context.getServerVersion().toString().replace("TLS 1.", "TLSv1.") + " "
        + NAMES.getOrDefault(selectedCipherSuite, Integer.toHexString(selectedCipherSuite));
  }

  /// Why the handshake failed, from the fatal alert that was sent.
  SetupFailure failure() {
    return switch (alert) {
      case AlertDescription.unknown_psk_identity -> SetupFailure.PSK_IDENTITY;
      case AlertDescription.decrypt_error, AlertDescription.bad_record_mac -> SetupFailure.PSK_KEY;
      default -> SetupFailure.TLS;
    };
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
  public int[] getSupportedGroups() {
    return GROUPS.clone();
  }

  @Override
  protected boolean preferLocalCipherSuites() {
    return true;
  }

  @Override
  public short[] getPskKeyExchangeModes() {
    return new short[] {PskKeyExchangeMode.psk_dhe_ke};
  }

  @Override
  public int getMaxHandshakeMessageSize() {
    return HANDSHAKE_BYTES_MAX;
  }

  /// Asked for in TLS 1.2, where none is needed, and in TLS 1.3 when no identity of the client was known.
  @Override
  public @Nullable TlsCredentials getCredentials() throws IOException {
    if (TlsUtils.isTLSv13(context.getServerVersion())) {
      throw new TlsFatalAlert(AlertDescription.unknown_psk_identity);
    }
    return null;
  }

  @SuppressWarnings("rawtypes") // as the library declares it
  @Override
  public @Nullable TlsPSKExternal getExternalPSK(Vector identities) {
    for (int i = 0; i < Math.min(identities.size(), IDENTITIES_MAX); i++) {
      byte[] name = ((PskIdentity) identities.get(i)).getIdentity();
      byte[] key = key(name);
      if (key != null) {
        TlsSecret secret = getCrypto().createSecret(key); // keeps a copy, and overwrites it in the end
        Arrays.fill(key, (byte) 0);
        return new BasicTlsPSKExternal(name, secret, PRFAlgorithm.tls13_hkdf_sha256);
      }
    }
    return null;
  }

  @Override
  public TlsPSKIdentityManager getPSKIdentityManager() {
    return new TlsPSKIdentityManager() {
      @Override
      public byte @Nullable [] getHint() {
        return null;
      }

      @Override
      public byte @Nullable [] getPSK(byte[] name) {
        return key(name); // null becomes unknown_psk_identity
      }
    };
  }

  private byte @Nullable [] key(byte[] name) {
    String text = name.length > IDENTITY_BYTES_MAX ? null : Utf8.decode(name, 0, name.length);
    Optional<SecretBytes> found = text == null ? Optional.empty() : lookup.key(text);
    if (text == null || found.isEmpty()) {
      return null;
    }
    identity = text;
    try (SecretBytes key = found.get()) {
      return key.expose(byte[]::clone); // the library overwrites it when the handshake ends
    }
  }

  @Override
  public void notifyAlertRaised(
      short level, short description, @Nullable String message, @Nullable Throwable cause) {
    if (level == AlertLevel.fatal) {
      alert = description;
    }
  }

  @Override
  public void notifyHandshakeComplete() throws IOException {
    super.notifyHandshakeComplete();
    complete = true;
  }
}

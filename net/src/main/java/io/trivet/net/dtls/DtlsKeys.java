package io.trivet.net.dtls;

import io.trivet.net.transport.PskLookup;
import io.trivet.net.transport.TlsMaterial;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Optional;

/// What a DTLS listener proves itself with, and whom it trusts. Of each mode that its settings name, there must be the
/// part it needs.
///
/// @param preSharedKeys for [DtlsMode#PRE_SHARED_KEY]
/// @param rawKeyTrust for [DtlsMode#RAW_PUBLIC_KEY]
/// @param rawKey the server's own pair for that mode; where empty, the key of `material`'s certificate serves
/// @param material for [DtlsMode#CERTIFICATE]; its key must be on P-256, P-384 or Ed25519. Its `clientTrust` runs off the
///     event loops. A stapled response is not sent: Scandium knows no such extension
/// @param renewal what renews `material`'s certificate while listeners are open; where empty, it stays
public record DtlsKeys(
    Optional<PskLookup> preSharedKeys,
    Optional<RawKeyTrust> rawKeyTrust,
    Optional<RawKey> rawKey,
    Optional<TlsMaterial> material,
    Optional<CertificateRenewal> renewal) {
  public static final DtlsKeys NONE =
      new DtlsKeys(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /// A pair on P-256, P-384 or Ed25519.
  public record RawKey(PrivateKey secret, PublicKey open) {}

  public DtlsKeys withPreSharedKeys(PskLookup lookup) {
    return new DtlsKeys(Optional.of(lookup), rawKeyTrust, rawKey, material, renewal);
  }

  public DtlsKeys withRawKeys(RawKeyTrust trust, RawKey own) {
    return new DtlsKeys(preSharedKeys, Optional.of(trust), Optional.of(own), material, renewal);
  }

  public DtlsKeys withRawKeys(RawKeyTrust trust) {
    return new DtlsKeys(preSharedKeys, Optional.of(trust), rawKey, material, renewal);
  }

  public DtlsKeys withCertificates(TlsMaterial changed) {
    return new DtlsKeys(preSharedKeys, rawKeyTrust, rawKey, Optional.of(changed), renewal);
  }

  /// With a certificate that may be renewed.
  ///
  /// @param first the one that `latest` was made with: its trust is the listener's
  public DtlsKeys withCertificates(TlsMaterial first, CertificateRenewal latest) {
    return new DtlsKeys(preSharedKeys, rawKeyTrust, rawKey, Optional.of(first), Optional.of(latest));
  }
}

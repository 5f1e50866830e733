package io.trivet.net.transport;

import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import javax.net.ssl.X509TrustManager;

/// What a TLS listener proves itself with, and whom it trusts.
///
/// @param chainPem the server's certificate and those above it, in PEM, the server's first
/// @param keyPem its private key, PKCS #8 in PEM without a passphrase; stays the caller's to close, and must stay
///     open while listeners may be opened with this material
/// @param clientTrust judges client certificates, revocation included; runs off the event loops in a handshake, and
///     on the loop when a session is resumed
/// @param ocspResponse DER to staple (RFC 6066, section 8); empty for none
public record TlsMaterial(Bytes chainPem, SecretBytes keyPem, X509TrustManager clientTrust, Bytes ocspResponse) {}

package io.trivet.broker;

import io.trivet.base.Bytes;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// What the transport has proved of the peer before its first packet.
public sealed interface TransportIdentity {
  /// Nothing: the peer shows its credential in the protocol, or none.
  record None() implements TransportIdentity {}

  /// A chain whose first certificate is the peer's; its path was validated, its key proved by the handshake.
  record Certificate(List<X509Certificate> chain) implements TransportIdentity {
    public Certificate {
      chain = List.copyOf(chain);
      if (chain.isEmpty()) {
        throw new IllegalArgumentException("an empty chain");
      }
    }
  }

  /// A pre-shared key, named by its identity (RFC 4279, section 5.1), whose possession the handshake proved.
  record PreSharedKey(String identity) implements TransportIdentity {}

  /// A raw public key (RFC 7250), by its SubjectPublicKeyInfo in DER, whose private half the handshake proved; it was
  /// pinned when the handshake ended.
  record RawPublicKey(Bytes subjectPublicKeyInfo) implements TransportIdentity {}

  /// An OSCORE security context (RFC 8613), by the peer's sender id and, where it has one, its ID context, whose keys
  /// protected what came.
  record ObjectSecurity(Bytes senderId, Optional<Bytes> idContext) implements TransportIdentity {}

  TransportIdentity NONE = new None();
}

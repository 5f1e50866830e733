package io.trivet.net.dtls;

import io.trivet.base.Bytes;

/// Port: says which raw public keys (RFC 7250) belong to somebody. Called in handshakes, off the event loops.
@FunctionalInterface
public interface RawKeyTrust {
  RawKeyTrust NOBODY = _ -> false;

  /// @param subjectPublicKeyInfo DER (RFC 5280, section 4.1.2.7)
  boolean trusts(Bytes subjectPublicKeyInfo);
}

package io.trivet.coap.edhoc;

import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.KeyClaims;
import java.util.Optional;

/// Port: whom we trust. Finds what an ID_CRED_x names, or checks what it carries.
@FunctionalInterface
public interface Credentials {
  /// Called before the peer has proved anything: answers from memory, at once.
  ///
  /// @param id `{4: kid}`, `{34: [algorithm, hash]}`, `{33: certificate}`, `{14: claims}` or whatever a peer sends
  /// @param key the sort of key that the method and suite want: one of another sort is not found
  /// @return the credential and who it belongs to; empty where nobody is known or trusted by it
  Optional<Trusted> find(Cbor.Map id, KeyClaims.Curve key);

  /// @param device whose it is
  record Trusted(Credential credential, String device) {}
}

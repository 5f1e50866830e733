package io.trivet.net.transport;

import io.trivet.base.SecretBytes;
import java.util.Optional;

/// Port: finds the key that belongs to a TLS-PSK identity. Called on an event loop, so it answers from memory.
@FunctionalInterface
public interface PskLookup {
  /// A copy of the key, which the caller closes; empty where the identity is unknown or blocked.
  Optional<SecretBytes> key(String identity);
}

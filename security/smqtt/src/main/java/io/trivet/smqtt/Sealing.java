package io.trivet.smqtt;

import java.util.List;
import java.util.Optional;

/// What came of sealing a message.
public sealed interface Sealing {
  /// @param header to be published first; the same comes again with each message until [Sealer#published] is told
  record Sealed(Optional<Publication> header, Publication message) implements Sealing {
    /// In the order to publish.
    public List<Publication> inOrder() {
      return header.map(h -> List.of(h, message)).orElse(List.of(message));
    }
  }

  record Refused(Refusal reason, String what) implements Sealing {}
}

package io.trivet.coap.oscore;

import io.trivet.base.Bytes;
import java.util.List;

/// Port: who may stand behind a kid.
@FunctionalInterface
public interface ContextLookup {
  /// Called on the loops for every protected request: answers from memory, at once.
  ///
  /// @param kid our recipient id of the association, chosen by whoever sent the request
  /// @return as a rule one; several where ids are not unique, none where nobody has it
  List<OscoreAssociation> find(Bytes kid);
}

package io.trivet.coap.directory;

import io.trivet.broker.Principal;

/// Port: who may do what in the directory. Whether a registration is one's own is asked beside, by the directory itself.
@FunctionalInterface
public interface DirectoryPolicy {
  enum Action {
    REGISTER,
    UPDATE,
    REMOVE,
    LOOK_UP
  }

  /// A device registers itself, under its own name; only devices with a credential look up (RFC 9176, sections 7 and 8).
  DirectoryPolicy OWN_NAME = (who, action, endpoint) ->
      !who.isAnonymous() && (action == Action.LOOK_UP || who.device().equals(endpoint));

  /// As [#OWN_NAME], but anybody looks up.
  DirectoryPolicy OPEN_LOOKUP = (who, action, endpoint) ->
      action == Action.LOOK_UP || OWN_NAME.may(who, action, endpoint);

  /// @param endpoint the name it is about; for lookups the empty text
  boolean may(Principal who, Action action, String endpoint);
}

package io.trivet.coap.oscore;

import java.util.function.Consumer;

/// Port: keeps how far a context's sender sequence numbers may have been used, so that none is used twice whatever
/// happens to the process (RFC 8613, appendix B.1.1; a number used twice with one key opens both messages).
///
/// Numbers are reserved ahead in steps: a restart skips what was reserved and not used, and reuses nothing.
public interface SequenceStore {
  /// The first number that no reservation covers: what was last given to [#reserve] as `upTo`, or 0. Asked once, when the
  /// context is set up.
  ///
  /// @param contextId names the keys, not only the device: other keys, another id
  long unreserved(String contextId);

  /// Makes sure that after a restart [#unreserved] is at least `upTo`. May return before that is so.
  ///
  /// @param upTo grows with every call for a context; one call for a context is under way at most
  /// @param done told once, on any thread, also before this returns: true when the reservation will survive a crash of
  ///     process and machine, false when it could not be made; then nothing was reserved, and it is asked again when the
  ///     next number is wanted
  void reserve(String contextId, long upTo, Consumer<Boolean> done);

  /// The context is no more, nor ever will be.
  void forget(String contextId);
}

package io.trivet.coap.oscore;

import java.util.function.Consumer;

/// For keys that die with the process, as EDHOC makes them: nothing need outlast it.
public final class MemorySequenceStore implements SequenceStore {
  @Override
  public long unreserved(String contextId) {
    return 0;
  }

  @Override
  public void reserve(String contextId, long upTo, Consumer<Boolean> done) {
    done.accept(true);
  }

  @Override
  public void forget(String contextId) {
    // Nothing is kept.
  }
}

package io.trivet.net.transport;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// A listener could not be opened; the message says which, why, and what to do.
public final class ListenException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  public ListenException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

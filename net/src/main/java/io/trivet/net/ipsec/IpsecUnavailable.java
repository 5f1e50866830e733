package io.trivet.net.ipsec;

import java.io.IOException;
import java.io.Serial;

/// Nothing here shows that ESP protects a listener; the message says what was tried, why it failed and what to do.
public final class IpsecUnavailable extends IOException {
  @Serial private static final long serialVersionUID = 1;

  public IpsecUnavailable(String message) {
    super(message);
  }
}

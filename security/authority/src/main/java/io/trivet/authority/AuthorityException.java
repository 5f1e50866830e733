package io.trivet.authority;

import java.io.IOException;

/// What keeps the authority from working, in words for its owner: a wrong passphrase, a corrupted file, a full disk, a
/// token that is not there. Nothing was changed.
public final class AuthorityException extends IOException {
  private static final long serialVersionUID = 1;

  public AuthorityException(String message) {
    super(message);
  }

  public AuthorityException(String message, Throwable cause) {
    super(message, cause);
  }
}

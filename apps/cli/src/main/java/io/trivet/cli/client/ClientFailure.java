package io.trivet.cli.client;

import java.io.IOException;

/// The server, or the way to it, did not do what was asked; the message is for people.
public final class ClientFailure extends IOException {
  private static final long serialVersionUID = 1;

  public ClientFailure(String message) {
    super(message);
  }

  public ClientFailure(String message, Throwable cause) {
    super(message, cause);
  }
}

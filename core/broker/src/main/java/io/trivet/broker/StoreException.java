package io.trivet.broker;

/// The store cannot be opened or read: the message names what is wrong, where, and what to do.
public final class StoreException extends RuntimeException {
  public StoreException(String message) {
    super(message);
  }

  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}

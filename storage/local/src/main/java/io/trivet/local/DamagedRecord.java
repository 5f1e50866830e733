package io.trivet.local;

import java.io.IOException;

/// A record is not what was written: names family and key.
final class DamagedRecord extends IOException {
  private static final long serialVersionUID = 1L;

  DamagedRecord(String message) {
    super(message);
  }
}

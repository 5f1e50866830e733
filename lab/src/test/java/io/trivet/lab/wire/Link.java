package io.trivet.lab.wire;

/// One network connection to a server under test, as the client's end sees it.
public interface Link {
  void write(byte[] bytes);

  /// What the server has written since the last call; never blocks.
  byte[] read();

  /// Lets the server do what it has to do now; in real time, waits a little for more to read.
  ///
  /// @param patient whether something is expected, which in real time is worth a longer wait
  void settle(boolean patient);

  /// Whether the server has closed the connection and all it wrote before was read.
  boolean isClosed();

  /// Closes without a word, as when the network fails.
  void cut();
}

package io.trivet.cli.client;

import java.io.IOException;
import java.time.Duration;

/// A connection to a server that carries bytes both ways. One thread reads, one at a time writes.
interface Link extends AutoCloseable {
  /// Waits for bytes and puts them at `buf[at]`.
  ///
  /// @return how many, at least one; -1 at the end
  /// @throws java.net.SocketTimeoutException where none came in the time that [#patience] set
  int read(byte[] buf, int at, int room) throws IOException;

  void write(byte[] a, int from, int to) throws IOException;

  /// How long a read waits; zero for ever.
  void patience(Duration time) throws IOException;

  @Override
  void close();
}

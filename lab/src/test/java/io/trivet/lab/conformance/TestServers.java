package io.trivet.lab.conformance;

import io.trivet.lab.wire.Link;
import io.trivet.lab.wire.TestServer;
import java.time.Duration;

final class TestServers {
  private TestServers() {}

  static TestServer inMemory() {
    return new TestServer() {
      @Override
      public Link open() {
        throw new AssertionError("no server yet");
      }

      @Override
      public void advance(Duration duration) {}

      @Override
      public void close() {}
    };
  }
}

package io.trivet.lab.wire;

import java.time.Duration;

/// A server under test. Its residents, the same in every test:
///
/// - clients without a user name are let in; `alice` is, with the password `secret`; everybody else is refused
/// - the client identifier `forbidden` is refused to all
/// - the authentication method `LAB` asks for `open`, answers `say` to it, and lets in who then says `sesame`; the
///   method `LAB-ONE` lets in at once; any other is unknown
/// - topics and filters below `denied/` may not be published or subscribed to, messages below `undeliverable/` not be
///   delivered; all else is allowed
public interface TestServer extends AutoCloseable {
  /// A new network connection.
  Link open();

  /// Lets time pass, doing what falls due on the way.
  void advance(Duration duration);

  /// A connection that has sent nothing yet.
  default TestClient client(Version version) {
    return new TestClient(open(), version);
  }

  @Override
  void close();
}

package io.trivet.authority.service;

import java.security.cert.X509Certificate;

/// Says which device a client certificate belongs to. Asked at every request, so that one revoked or blocked meanwhile is
/// refused on a connection that is open, or was resumed.
@FunctionalInterface
public interface Callers {
  sealed interface Caller {
    record Device(String name) implements Caller {}

    /// @param why for the service's own log; the client is not told
    record Stranger(String why) implements Caller {}
  }

  /// @param chain the client's certificate first
  Caller of(X509Certificate[] chain);
}

package io.trivet.server;

import io.trivet.base.SecretBytes;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What a server that has started has to say for itself.
///
/// @param warnings each a sentence that names a risk
/// @param adminPassword at the first start only; shown once and kept nowhere
/// @param authority the certificate that clients trust; absent where the operator brought a certificate
public record Report(
    Path data,
    List<Listening> listening,
    List<String> warnings,
    Optional<SecretBytes> adminPassword,
    Optional<Path> authority) {
  public Report {
    listening = List.copyOf(listening);
    warnings = List.copyOf(warnings);
  }

  /// @param kind `mqtts`, `wss`, `psk`, `plaintext` or `websocket`
  /// @param protection in words
  public record Listening(String kind, InetSocketAddress address, String protection) {
    /// As a person writes it: `*:8883`, `127.0.0.1:8883`, `[::1]:8883`.
    public String place() {
      return ListenAddress.print(address);
    }

    /// What a client on this host connects to.
    public String host() {
      return address.getAddress().isAnyLocalAddress() ? "localhost" : address.getAddress().getHostAddress();
    }
  }
}

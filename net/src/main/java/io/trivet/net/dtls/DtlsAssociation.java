package io.trivet.net.dtls;

import io.trivet.base.Bytes;
import io.trivet.broker.Peer;
import io.trivet.broker.TransportIdentity;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.security.cert.X509Certificate;
import java.util.List;
import org.eclipse.californium.elements.auth.PreSharedKeyIdentity;
import org.eclipse.californium.elements.auth.RawPublicKeyIdentity;
import org.eclipse.californium.elements.auth.X509CertPath;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.DTLSSession;
import org.jspecify.annotations.Nullable;

/// An [Association] over one of Scandium's connections, where it hangs as the filter's data.
final class DtlsAssociation implements Association {
  final Connection connection;
  private final Peer peer;
  private InetSocketAddress address;
  private boolean proven = true;
  private @Nullable Object attachment;
  long lastUsedNanos;
  boolean ended;

  DtlsAssociation(Connection connection, InetSocketAddress address, String listener, long nowNanos) {
    this.connection = connection;
    this.address = address;
    this.lastUsedNanos = nowNanos;
    DTLSSession session = connection.getEstablishedSession();
    this.peer = new Peer(address, listener, true, "DTLSv1.2 " + session.getCipherSuite().name(),
        identity(session.getPeerIdentity()));
  }

  private static TransportIdentity identity(@Nullable Principal principal) {
    return switch (principal) {
      case null -> TransportIdentity.NONE;
      case PreSharedKeyIdentity k -> new TransportIdentity.PreSharedKey(k.getIdentity());
      case RawPublicKeyIdentity k -> new TransportIdentity.RawPublicKey(Bytes.copyOf(k.getKey().getEncoded()));
      case X509CertPath p -> new TransportIdentity.Certificate(chain(p));
      default -> throw new AssertionError("an identity of " + principal.getClass());
    };
  }

  private static List<X509Certificate> chain(X509CertPath path) {
    return path.getPath().getCertificates().stream().map(X509Certificate.class::cast).toList();
  }

  /// An authentic record, newer than all before, came from there.
  void movedTo(InetSocketAddress now) {
    if (!now.equals(address)) {
      address = now;
      proven = false;
    }
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public Peer peer() {
    return peer;
  }

  @Override
  public boolean isProven() {
    return proven;
  }

  @Override
  public void proved() {
    proven = true;
  }

  @Override
  public @Nullable Object attachment() {
    return attachment;
  }

  @Override
  public void attach(@Nullable Object changed) {
    attachment = changed;
  }

  @Override
  public String toString() {
    return peer.listener() + " " + address;
  }
}

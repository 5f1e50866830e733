package io.trivet.cli.client;

import io.trivet.base.SecretBytes;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/// Opens the way to a server, and says in words why there is none.
final class Links {
  private Links() {}

  static Link open(Endpoint to, Protection protection, Duration patience) throws IOException {
    try {
      return switch (to.transport()) {
        case TCP -> tcp(to, patience);
        case TLS -> tls(to, protection, patience);
        case PSK -> psk(to, protection, patience);
        case WEBSOCKET -> WebSocketLink.open(URI.create(to.toString()), Optional.empty(), patience);
        case SECURE_WEBSOCKET ->
            WebSocketLink.open(URI.create(to.toString()), Optional.of(protection.context()), patience);
      };
    } catch (IOException e) {
      throw explained(to, e);
    }
  }

  private static Socket socket(Endpoint to, Duration patience) throws IOException {
    Socket s = new Socket();
    try {
      int millis = Math.toIntExact(patience.toMillis());
      s.connect(new InetSocketAddress(to.host(), to.port()), millis);
      s.setTcpNoDelay(true);
      s.setSoTimeout(millis);
      return s;
    } catch (IOException e) {
      s.close();
      throw e;
    }
  }

  private static Link tcp(Endpoint to, Duration patience) throws IOException {
    Socket s = socket(to, patience);
    return new StreamLink(s, s.getInputStream(), s.getOutputStream());
  }

  private static Link tls(Endpoint to, Protection protection, Duration patience) throws IOException {
    var factory = protection.context().getSocketFactory();
    Socket plain = socket(to, patience);
    try {
      SSLSocket s = (SSLSocket) factory.createSocket(plain, to.host(), to.port(), true);
      SSLParameters p = s.getSSLParameters();
      p.setEndpointIdentificationAlgorithm("HTTPS"); // the certificate must name the host (RFC 6125)
      p.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
      s.setSSLParameters(p);
      s.startHandshake();
      return new StreamLink(s, s.getInputStream(), s.getOutputStream());
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  private static Link psk(Endpoint to, Protection protection, Duration patience) throws IOException {
    SecretBytes key = protection.psk().orElseThrow(
        () -> new ClientFailure(to + ": give the pre-shared key with --psk-identity and --psk-file"));
    byte[] identity = protection.pskIdentity().orElse("").getBytes(StandardCharsets.UTF_8);
    Socket s = socket(to, patience);
    try {
      TlsClientProtocol tls = new TlsClientProtocol(s.getInputStream(), s.getOutputStream());
      tls.connect(new PskClient(new BcTlsCrypto(new SecureRandom()), identity, key.expose(byte[]::clone)));
      return new StreamLink(s, tls.getInputStream(), tls.getOutputStream());
    } catch (IOException e) {
      s.close();
      throw e;
    }
  }

  private static IOException explained(Endpoint to, IOException e) {
    return switch (e) {
      case ClientFailure f -> f;
      case UnknownHostException u -> new ClientFailure(to.host() + ": no such host", u);
      case ConnectException c -> new ClientFailure(to + ": nobody listens there, or a firewall is between", c);
      case NoRouteToHostException n -> new ClientFailure(to + ": no way to that address", n);
      case SocketTimeoutException t -> new ClientFailure(to + ": no answer in time", t);
      case java.net.http.HttpTimeoutException t -> new ClientFailure(to + ": no answer in time", t);
      case TlsFatalAlertReceived a -> new ClientFailure(to + ": the server refused the key: "
          + AlertDescription.getText(a.getAlertDescription()), a);
      case SSLHandshakeException h -> new ClientFailure(to + ": " + handshake(String.valueOf(h.getMessage())), h);
      case SSLException s -> new ClientFailure(to + ": no TLS there: " + s.getMessage(), s);
      default -> new ClientFailure(to + ": " + e.getMessage(), e);
    };
  }

  private static String handshake(String message) {
    if (message.contains("PKIX") || message.contains("unable to find valid certification path")) {
      return "the server's certificate is of an authority that is not trusted here:"
          + " give the authority's certificate with --cafile";
    }
    if (message.contains("No subject alternative") || message.contains("No name matching")) {
      return "the server's certificate is not for this name: " + message;
    }
    return message.contains("certificate_required") || message.contains("bad_certificate")
        ? "the server wants another client certificate: give yours with --cert and --key (" + message + ")"
        : "TLS failed: " + message;
  }
}

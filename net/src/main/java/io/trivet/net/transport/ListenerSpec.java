package io.trivet.net.transport;

import io.trivet.net.ipsec.IpsecProof;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Where to listen, and what a connection goes through there before it reaches the protocol.
///
/// @param name what logs and [io.trivet.broker.Peer#listener()] call it, such as `mqtts`
/// @param address resolved; port 0 lets the system choose
/// @param protocol what is spoken behind the transport
/// @param proxyProtocol present where every connection begins with a load balancer's header
/// @param mutualTls for [Kind#TLS] and [Kind#WSS]
/// @param webSocket for [Kind#WS] and [Kind#WSS]
/// @param handshakeTimeout from accept until ready, all stages together; 100 ms to 10 min
/// @param ipsec present where only what ESP protected may come in
public record ListenerSpec(
    String name,
    InetSocketAddress address,
    Kind kind,
    Protocol protocol,
    Optional<ProxyProtocol> proxyProtocol,
    MutualTls mutualTls,
    WebSocketOptions webSocket,
    SocketOptions socket,
    Duration handshakeTimeout,
    Optional<IpsecProof> ipsec) {
  private static final Duration TIMEOUT_MIN = Duration.ofMillis(100);
  private static final Duration TIMEOUT_MAX = Duration.ofMinutes(10);

  public enum Kind {
    PLAIN,
    TLS,
    PSK,
    WS,
    WSS;

    public boolean isSecured() {
      return this == TLS || this == PSK || this == WSS;
    }

    boolean hasCertificate() {
      return this == TLS || this == WSS;
    }

    boolean isWebSocket() {
      return this == WS || this == WSS;
    }
  }

  /// What the handshakes of TLS and WebSocket say is spoken behind them.
  public enum Protocol {
    /// MQTT 5.0, section 6.
    MQTT("MQTT", "mqtt", "/mqtt"),
    /// RFC 8323, sections 4.1 and 8.2: each message fills a WebSocket message.
    COAP("CoAP", "coap", "/.well-known/coap");

    private final String title;
    private final String alpn;
    private final String path;

    Protocol(String title, String alpn, String path) {
      this.title = title;
      this.alpn = alpn;
      this.path = path;
    }

    String title() {
      return title;
    }

    String alpn() {
      return alpn;
    }

    List<String> subprotocols() {
      return this == MQTT ? List.of(alpn, "mqttv3.1") : List.of(alpn);
    }
  }

  /// Whether clients are asked for a certificate. One that is shown is always checked.
  public enum MutualTls {
    NONE,
    OPTIONAL,
    REQUIRED
  }

  /// @param trusted the load balancers; anybody else who calls is refused
  public record ProxyProtocol(List<Cidr> trusted) {
    public ProxyProtocol {
      trusted = List.copyOf(trusted);
    }
  }

  /// @param path the only one served
  /// @param origins such as `https://shop.example`; a page of the same host and port is always let in, other pages
  ///     only from here, clients that are no browsers (they send no `Origin`) always
  /// @param frameBytesMax the longest frame taken; a frame is held whole, so this bounds memory. 128 B to 256 MiB
  public record WebSocketOptions(String path, List<String> origins, int frameBytesMax) {
    public static final WebSocketOptions DEFAULT = new WebSocketOptions("/mqtt", List.of(), 1 << 20);

    public WebSocketOptions {
      origins = List.copyOf(origins);
      if (!path.startsWith("/")) {
        throw new IllegalArgumentException("websocket-path = " + path + ": begin it with /");
      }
      if (frameBytesMax < 128 || frameBytesMax > 256 << 20) {
        throw new IllegalArgumentException(
            "websocket-frame-bytes-max = " + frameBytesMax + ": give a value from 128 to " + (256 << 20));
      }
    }
  }

  /// @param backlog connections the system holds until they are accepted, at least 1
  /// @param receiveBufferBytes 0 leaves it to the system
  /// @param sendBufferBytes 0 leaves it to the system
  public record SocketOptions(int backlog, int receiveBufferBytes, int sendBufferBytes) {
    public static final SocketOptions DEFAULT = new SocketOptions(4_096, 0, 0);

    public SocketOptions {
      if (backlog < 1 || receiveBufferBytes < 0 || sendBufferBytes < 0) {
        throw new IllegalArgumentException("a backlog from 1, and buffers from 0, are needed");
      }
    }
  }

  public ListenerSpec {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException(
          name + ": the host " + address.getHostString() + " is not known; give an address of this machine");
    }
    if (handshakeTimeout.compareTo(TIMEOUT_MIN) < 0 || handshakeTimeout.compareTo(TIMEOUT_MAX) > 0) {
      throw new IllegalArgumentException(
          "handshake-timeout = " + handshakeTimeout.toMillis() + " ms: give a value from 100 ms to 10 min");
    }
  }

  /// The safe defaults: no load balancer, no client certificates asked for, ten seconds to become ready.
  public static ListenerSpec of(String name, InetSocketAddress address, Kind kind) {
    return new ListenerSpec(name, address, kind, Protocol.MQTT, Optional.empty(), MutualTls.NONE,
        WebSocketOptions.DEFAULT, SocketOptions.DEFAULT, Duration.ofSeconds(10), Optional.empty());
  }

  /// The same for that protocol, at the path that its specification gives for WebSocket.
  public ListenerSpec speaking(Protocol other) {
    WebSocketOptions at = new WebSocketOptions(other.path, webSocket.origins(), webSocket.frameBytesMax());
    return new ListenerSpec(name, address, kind, other, proxyProtocol, mutualTls, at, socket, handshakeTimeout, ipsec);
  }

  public ListenerSpec behindProxy(List<Cidr> trusted) {
    return new ListenerSpec(name, address, kind, protocol, Optional.of(new ProxyProtocol(trusted)), mutualTls, webSocket,
        socket, handshakeTimeout, ipsec);
  }

  public ListenerSpec withMutualTls(MutualTls mode) {
    return new ListenerSpec(name, address, kind, protocol, proxyProtocol, mode, webSocket, socket, handshakeTimeout, ipsec);
  }

  public ListenerSpec withWebSocket(WebSocketOptions options) {
    return new ListenerSpec(name, address, kind, protocol, proxyProtocol, mutualTls, options, socket, handshakeTimeout, ipsec);
  }

  public ListenerSpec withSocket(SocketOptions options) {
    return new ListenerSpec(name, address, kind, protocol, proxyProtocol, mutualTls, webSocket, options, handshakeTimeout, ipsec);
  }

  public ListenerSpec withHandshakeTimeout(Duration timeout) {
    return new ListenerSpec(name, address, kind, protocol, proxyProtocol, mutualTls, webSocket, socket, timeout, ipsec);
  }

  public ListenerSpec behindIpsec(IpsecProof proof) {
    return new ListenerSpec(name, address, kind, protocol, proxyProtocol, mutualTls, webSocket, socket, handshakeTimeout,
        Optional.of(proof));
  }
}

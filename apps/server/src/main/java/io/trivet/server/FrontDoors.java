package io.trivet.server;

import io.netty.channel.IoEventLoopGroup;
import io.trivet.base.Parsed;
import io.trivet.identity.Registry;
import io.trivet.net.host.CoapStreams;
import io.trivet.net.ipsec.IpsecProof;
import io.trivet.net.transport.Admission;
import io.trivet.net.transport.AdmissionLimits;
import io.trivet.net.transport.Cidr;
import io.trivet.net.transport.ConnectionOpener;
import io.trivet.net.transport.ListenerSpec;
import io.trivet.net.transport.Listeners;
import io.trivet.net.transport.PskLookup;
import io.trivet.net.transport.TlsMaterial;
import io.trivet.net.transport.TransportCounters;
import io.trivet.net.transport.TransportPorts;
import io.trivet.server.config.Config;
import io.trivet.server.config.ConfigException;
import io.trivet.server.config.Option;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The listeners that the configuration asks for.
final class FrontDoors implements AutoCloseable {
  private static final int ADDRESSES_KEPT = 65_536;

  private enum Door {
    MQTTS(Option.LISTEN_MQTTS, "mqtts", ListenerSpec.Kind.TLS, "TLS 1.3 and 1.2, X25519MLKEM768 preferred"),
    WSS(Option.LISTEN_WSS, "wss", ListenerSpec.Kind.WSS, "secure WebSocket: TLS 1.3 and 1.2, X25519MLKEM768 preferred"),
    PSK(Option.LISTEN_PSK, "psk", ListenerSpec.Kind.PSK, "TLS 1.3 and 1.2 with pre-shared keys"),
    COAPS_TCP(Option.LISTEN_COAPS_TCP, "coaps+tcp", ListenerSpec.Kind.TLS, "TLS 1.3 and 1.2, X25519MLKEM768 preferred"),
    COAPS_TCP_PSK(Option.LISTEN_COAPS_TCP_PSK, "coaps+tcp-psk", ListenerSpec.Kind.PSK,
        "TLS 1.3 and 1.2 with pre-shared keys"),
    COAPS_WS(Option.LISTEN_COAPS_WS, "coaps+ws", ListenerSpec.Kind.WSS, "secure WebSocket: TLS 1.3 and 1.2"),
    COAP_TCP(Option.INSECURE_COAP_TCP, "coap+tcp", ListenerSpec.Kind.PLAIN, "NONE"),
    COAP_WS(Option.INSECURE_COAP_WS, "coap+ws", ListenerSpec.Kind.WS, "NONE"),
    PLAINTEXT(Option.INSECURE_PLAINTEXT, "plaintext", ListenerSpec.Kind.PLAIN, "NONE"),
    WEBSOCKET(Option.INSECURE_WEBSOCKET, "websocket", ListenerSpec.Kind.WS, "NONE");

    private final Option option;
    private final String title;
    private final ListenerSpec.Kind kind;
    private final String protection;

    Door(Option option, String title, ListenerSpec.Kind kind, String protection) {
      this.option = option;
      this.title = title;
      this.kind = kind;
      this.protection = protection;
    }

    boolean speaksCoap() {
      return title.startsWith("coap");
    }
  }

  private final Listeners listeners;
  private final TransportCounters counters;
  private final List<Report.Listening> listening = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private final CoapStreams coap;

  private FrontDoors(Listeners listeners, TransportCounters counters, CoapStreams coap) {
    this.listeners = listeners;
    this.counters = counters;
    this.coap = coap;
  }

  static FrontDoors open(
      Config config, IoEventLoopGroup group, ConnectionOpener opener, CoapStreams coap, TlsMaterial material,
      Registry registry)
      throws IOException {
    TransportCounters counters = new TransportCounters();
    TransportPorts ports = new TransportPorts(opener, new Admission(admission(config), Ports.CLOCK, Ports.RANDOMNESS.nextLong()), counters,
        new SetupLog(), Ports.RANDOMNESS);
    PskLookup psk = registry::preSharedKey;
    FrontDoors doors =
        new FrontDoors(new Listeners(group, ports, Optional.of(material), Optional.of(psk)), counters, coap);
    try {
      for (Door d : Door.values()) {
        for (String address : config.texts(d.option)) {
          doors.open(config, d, address);
        }
      }
    } catch (IOException | RuntimeException e) {
      doors.close();
      throw e;
    }
    if (doors.listening.isEmpty() && !hasCoap(config)) {
      doors.close();
      throw new ConfigException("listeners: nothing listens; give listeners.mqtts an address such as *:8883");
    }
    return doors;
  }

  private static boolean hasCoap(Config config) {
    return Stream.of(Option.LISTEN_COAPS, Option.LISTEN_COAPS_TCP, Option.LISTEN_COAPS_TCP_PSK, Option.LISTEN_COAPS_WS, Option.INSECURE_COAP,
        Option.INSECURE_COAP_TCP, Option.INSECURE_COAP_WS).anyMatch(o -> !config.texts(o).isEmpty());
  }

  private void open(Config config, Door d, String address) throws IOException {
    ListenerSpec spec = ListenerSpec.of(d.title, ListenAddress.parse(d.option, address), d.kind)
        .withHandshakeTimeout(config.duration(Option.TLS_HANDSHAKE_DEADLINE))
        .withMutualTls(ListenerSpec.MutualTls.valueOf(
            config.text(Option.TLS_CLIENT_CERTIFICATES).toUpperCase(Locale.ROOT)))
        .withWebSocket(new ListenerSpec.WebSocketOptions(config.text(Option.WEBSOCKET_PATH),
            config.texts(Option.WEBSOCKET_ORIGINS), Math.max(1 << 20, config.count(Option.PACKET_BYTES_MAX))));
    if (!config.texts(Option.PROXY_TRUSTED).isEmpty()) {
      spec = spec.behindProxy(config.texts(Option.PROXY_TRUSTED).stream().map(FrontDoors::cidr).toList());
    }
    boolean esp = !d.kind.isSecured() && config.flag(Option.TCP_REQUIRE_IPSEC);
    if (esp) {
      spec = spec.behindIpsec(IpsecProof.standard());
    }
    Listeners.Bound bound = !d.speaksCoap() ? listeners.open(spec)
        : listeners.open(spec.speaking(ListenerSpec.Protocol.COAP),
            d.kind == ListenerSpec.Kind.WS || d.kind == ListenerSpec.Kind.WSS ? coap.overWebSocket() : coap.overTcp());
    warnings.addAll(bound.warnings());
    listening.add(new Report.Listening(d.title, bound.address(), esp ? "IPsec: only what ESP protected" : d.protection));
    if (!d.kind.isSecured() && !esp) {
      warnings.add(d.option.path() + ": " + ListenAddress.print(bound.address())
          + " is in the clear: everybody on the path reads and alters all messages and passwords");
    }
  }

  private static Cidr cidr(String text) {
    return switch (Cidr.parse(text)) {
      case Parsed.Valid<Cidr>(Cidr block) -> block;
      case Parsed.Invalid<Cidr>(String _, String what) ->
          throw new ConfigException("proxy.trusted = " + text + ": " + what);
    };
  }

  private static AdmissionLimits admission(Config c) {
    return new AdmissionLimits(c.count(Option.CONNECTIONS_MAX), c.count(Option.CONNECTIONS_PER_ADDRESS),
        c.count(Option.ACCEPT_RATE), c.count(Option.ACCEPT_BURST), c.count(Option.TLS_HANDSHAKES_MAX), ADDRESSES_KEPT);
  }

  void reload(TlsMaterial fresh) throws IOException {
    listeners.reload(fresh);
  }

  List<Report.Listening> listening() {
    return listening;
  }

  List<String> warnings() {
    return warnings;
  }

  /// By name, for the metrics.
  Map<String, Long> counts() {
    return counters.byName();
  }

  @Override
  public void close() {
    listeners.close();
  }
}

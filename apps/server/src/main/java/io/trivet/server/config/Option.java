package io.trivet.server.config;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Every option of the server, declared here and nowhere else: the commented `trivet.yaml`, `docs/options.md`, the
/// checks and their messages are made from this table.
@SuppressWarnings("ImmutableEnumChecker") // the lists are of List.of
public enum Option {
  LISTEN_MQTTS("listeners.mqtts", Kind.TEXTS, "*:8883", "MQTT over TLS: addresses as host:port, [ipv6]:port or *:port."),
  LISTEN_WSS("listeners.wss", Kind.TEXTS, "", "MQTT over secure WebSocket: addresses."),
  LISTEN_PSK("listeners.psk", Kind.TEXTS, "", "MQTT over TLS with pre-shared keys, for devices that cannot do "
      + "certificates: addresses."),
  LISTEN_COAPS("listeners.coaps", Kind.TEXTS, "", "CoAP over DTLS 1.2: UDP addresses. Pre-shared keys, raw public keys "
      + "and certificates, as dtls.modes says."),
  LISTEN_COAPS_TCP("listeners.coaps-tcp", Kind.TEXTS, "", "CoAP over TLS (RFC 8323): addresses."),
  LISTEN_COAPS_TCP_PSK("listeners.coaps-tcp-psk", Kind.TEXTS, "", "CoAP over TLS with pre-shared keys: addresses."),
  LISTEN_COAPS_WS("listeners.coaps-ws", Kind.TEXTS, "", "CoAP over secure WebSocket: addresses."),

  INSECURE_PLAINTEXT("insecure.plaintext", Kind.TEXTS, "", "MQTT in the clear: everybody on the path reads and alters "
      + "everything, passwords included. Addresses."),
  INSECURE_WEBSOCKET("insecure.websocket", Kind.TEXTS, "", "WebSocket in the clear, with the same risk. Addresses."),
  INSECURE_COAP("insecure.coap", Kind.TEXTS, "", "CoAP in the clear (NoSec): everybody on the path reads and alters "
      + "everything, and sender addresses can be invented. Read-only, unless insecure.coap-writes is set or the messages "
      + "are protected by OSCORE. UDP addresses."),
  COAP_REQUIRE_IPSEC("insecure.coap-require-ipsec", Kind.FLAG, "false", "The listeners of insecure.coap take only what the "
      + "kernel's policy proves ESP protected, and do not open where that cannot be proved: see docs/ipsec.md. Whoever has "
      + "such an association may do what rules with `anonymous: true` allow, writing included."),
  TCP_REQUIRE_IPSEC("insecure.tcp-require-ipsec", Kind.FLAG, "false", "The listeners of insecure.plaintext, "
      + "insecure.websocket, insecure.coap-tcp and insecure.coap-ws take only connections that the kernel's policy proves ESP "
      + "protected, and do not open where that cannot be proved: see docs/ipsec.md."),
  INSECURE_COAP_TCP("insecure.coap-tcp", Kind.TEXTS, "", "CoAP over TCP in the clear, with the same risk. Addresses."),
  INSECURE_COAP_WS("insecure.coap-ws", Kind.TEXTS, "", "CoAP over WebSocket in the clear, with the same risk. Addresses."),
  INSECURE_COAP_WRITES("insecure.coap-writes", Kind.FLAG, "false", "Lets peers without any security publish and clear by "
      + "CoAP, as far as rules with `anonymous: true` allow: whoever can send a datagram can then forge any such message."),
  INSECURE_ANONYMOUS("insecure.anonymous", Kind.FLAG, "false", "Lets peers in without any credential. They may do what "
      + "rules with `anonymous: true` allow."),

  TLS_CERTIFICATE("tls.certificate", Kind.PATH, "", "Certificate chain in PEM; empty: one of the built-in authority."),
  TLS_KEY("tls.key", Kind.PATH, "", "Its private key, unencrypted PKCS#8 in PEM."),
  TLS_CLIENT_CERTIFICATES("tls.client-certificates", choice("none", "optional", "required"), "optional",
      "Whether clients are asked for a certificate, and whether they must have one."),
  TLS_CLIENT_AUTHORITIES("tls.client-authorities", Kind.TEXTS, "", "PEM files with outside authorities whose client "
      + "certificates are taken, beside the built-in one; devices are mapped by `device add --outside-cert`."),
  TLS_REVOCATION_LISTS("tls.revocation-lists", Kind.TEXTS, "", "Revocation lists (PEM or DER) of those authorities."),
  TLS_ACCEPT_STALE("tls.accept-stale-revocation-lists", Kind.FLAG, "false", "Whether a list past its next update is "
      + "still used, rather than refusing every certificate of its issuer."),
  TLS_OCSP_RESPONSE("tls.ocsp-response", Kind.PATH, "", "DER file with the OCSP response to staple to `tls.certificate`; "
      + "for the built-in authority's certificate one is made."),
  TLS_HANDSHAKE_DEADLINE("tls.handshake-deadline", Kind.DURATION, "10s", "500ms", "5m",
      "How long a handshake of TLS, WebSocket or the PROXY protocol may take."),
  TLS_HANDSHAKES_MAX("tls.handshakes-max", Kind.COUNT, "1000", "1", "1000000", "Handshakes under way at a time; further "
      + "connections are closed. Metric: handshakes_refused."),

  WEBSOCKET_PATH("websocket.path", Kind.TEXT, "/mqtt", "The path of WebSocket requests."),
  WEBSOCKET_ORIGINS("websocket.origins", Kind.TEXTS, "", "Origins of web pages that may connect, such as "
      + "https://console.example; empty: only clients that are no browser, which send none."),

  PROXY_TRUSTED("proxy.trusted", Kind.TEXTS, "", "Load balancers, as addresses or CIDR blocks, whose connections begin "
      + "with a PROXY protocol v2 header; it is required of them and believed from nobody else."),

  RULES("rules", Kind.PATH, "rules.yaml", "Who may publish, subscribe and retain where."),
  CLIENT_ID("identity.client-id", choice("same", "prefix", "any"), "same", "Which client identifiers a new device may "
      + "use: its own id; that and what begins with it and - . : or _; any."),
  PASSWORD_CHECKS_MAX("identity.password-checks-max", Kind.COUNT, "256", "1", "100000", "Password checks waiting at a "
      + "time; beyond, a CONNECT is answered Server Busy."),

  PACKET_BYTES_MAX("mqtt.packet-bytes-max", Kind.SIZE, "1MiB", "128", "268435460", "The largest packet taken. Hit: "
      + "Packet Too Large (0x95), limit_packet_size."),
  CONNECT_BYTES_MAX("mqtt.connect-bytes-max", Kind.SIZE, "64KiB", "128", "268435460", "The largest CONNECT taken, which "
      + "nobody has vouched for yet. Hit: the connection closes, limit_packet_size."),
  TOPIC_BYTES_MAX("mqtt.topic-bytes-max", Kind.SIZE, "1KiB", "16", "65535", "The longest topic name or filter. Hit: "
      + "Topic Name Invalid (0x90) or Topic Filter Invalid (0x8F)."),
  TOPIC_LEVELS_MAX("mqtt.topic-levels-max", Kind.COUNT, "32", "1", "65536", "The deepest topic name or filter. Hit: as "
      + "for mqtt.topic-bytes-max."),
  USER_PROPERTIES_MAX("mqtt.user-properties-max", Kind.COUNT, "64", "0", "10000", "User properties in one packet. Hit: "
      + "Quota Exceeded (0x97)."),
  FILTERS_MAX("mqtt.filters-per-packet-max", Kind.COUNT, "256", "1", "65536", "Topic filters in one SUBSCRIBE or "
      + "UNSUBSCRIBE. Hit: Quota Exceeded (0x97)."),
  CONNECT_DEADLINE("mqtt.connect-deadline", Kind.DURATION, "10s", "500ms", "10m", "How long a connection may take until "
      + "it has a session. Hit: it closes, limit_connect_deadline."),
  KEEP_ALIVE_MAX("mqtt.keep-alive-max", Kind.DURATION, "1h", "5s", "65535s", "The longest keep alive granted; clients "
      + "that ask for more, or none, get this. Hit: Keep Alive Timeout (0x8D), keep_alive_timeouts."),
  RECEIVE_MAXIMUM("mqtt.receive-maximum", Kind.COUNT, "1000", "1", "65535", "QoS 1 and 2 messages a client may have "
      + "unacknowledged. Hit: Receive Maximum Exceeded (0x93) for 5.0, reads pause for others."),
  TOPIC_ALIAS_MAXIMUM("mqtt.topic-alias-maximum", Kind.COUNT, "32", "0", "65535", "Topic aliases a client may set. Hit: "
      + "Topic Alias Invalid (0x94)."),
  TOPIC_ALIASES_OUT("mqtt.topic-aliases-out", Kind.COUNT, "32", "0", "65535", "Topic aliases the server sets towards a "
      + "client that takes them."),

  DTLS_MODES("dtls.modes", Kind.TEXTS, "psk rpk certificate", "How devices may prove themselves over DTLS: by a pre-shared "
      + "key, a raw public key, a certificate."),
  DTLS_ASSOCIATIONS_MAX("dtls.associations-max", Kind.COUNT, "100000", "1", "10000000", "Associations each loop keeps. Hit: "
      + "the one unused longest ends, if it was unused for ten minutes; otherwise the newcomer is refused."),
  DTLS_HANDSHAKES_MAX("dtls.handshakes-max", Kind.COUNT, "500", "1", "1000000", "Handshakes under way on each loop, counted "
      + "once their cookie has come back; one address may hold a quarter. Hit: no answer, refused_handshakes_max."),
  DTLS_IDLE_MAX("dtls.idle-max", Kind.DURATION, "24h", "10m", "365d", "An association unused for so long ends."),

  COAP_BODY_BYTES_MAX("coap.body-bytes-max", Kind.SIZE, "1MiB", "16", "67108864", "The largest body taken in blocks. Hit: "
      + "4.13 Request Entity Too Large, with the limit in Size1."),
  COAP_BLOCK_BYTES("coap.block-bytes", Kind.COUNT, "1024", "16", "1024", "The largest block sent and asked for: a power of "
      + "two."),
  COAP_PEERS_MAX("coap.peers-max", Kind.COUNT, "100000", "16", "10000000", "Addresses each loop remembers. Hit: the one that "
      + "was silent longest is forgotten; where all are busy, datagrams of new ones are dropped: coap_limit_peers."),
  COAP_EXCHANGES_PER_PEER("coap.exchanges-per-peer", Kind.COUNT, "64", "1", "65536", "Requests of one peer remembered, to "
      + "know their duplicates. Hit: its oldest is forgotten."),
  COAP_EXCHANGES_MAX("coap.exchanges-max", Kind.COUNT, "200000", "16", "100000000", "The same for all peers of a loop "
      + "together. Hit: the oldest of all is forgotten."),
  COAP_EXCHANGE_BYTES_MAX("coap.exchange-bytes-max", Kind.SIZE, "64MiB", "64KiB", "1099511627776", "What is kept of their "
      + "responses. Hit: as for coap.exchanges-max."),
  COAP_REQUESTS_PER_PEER("coap.requests-per-peer", Kind.COUNT, "64", "1", "65536", "Requests of one peer that wait for "
      + "their responses. Hit: 5.03 Service Unavailable, coap_limit_under_way."),
  COAP_REQUESTS_PER_SECOND("coap.requests-per-second", Kind.COUNT, "1000", "1", "100000000", "Requests of one peer a second, "
      + "in datagrams; twice as many may come at once after a pause. Hit: 4.29 Too Many Requests, coap_limit_rate."),
  COAP_REQUESTS_TOTAL("coap.requests-total-per-second", Kind.COUNT, "1000000", "1", "100000000", "The same for all peers of a "
      + "loop together. Hit: as for coap.requests-per-second."),
  COAP_OUTGOING_PER_PEER("coap.outgoing-per-peer", Kind.COUNT, "64", "1", "65536", "Confirmable messages that wait until one "
      + "peer acknowledges those before. Hit: dropped, coap_dropped_outgoing."),
  COAP_OBSERVATIONS_MAX("coap.observations-max", Kind.COUNT, "100000", "0", "10000000", "Observations each loop keeps. Hit: "
      + "the value is answered without Observe."),
  COAP_OBSERVATIONS_PER_PEER("coap.observations-per-peer-max", Kind.COUNT, "100", "0", "1000000", "Observations of one "
      + "peer. Hit: as for coap.observations-max."),
  COAP_CONFIRMABLE_EVERY("coap.confirmable-every", Kind.COUNT, "32", "1", "1000000", "After so many notifications one is "
      + "confirmable, so that an observer that is gone is found out."),
  COAP_ACK_TIMEOUT("coap.ack-timeout", Kind.DURATION, "2s", "100ms", "1m", "How long an acknowledgement is waited for before "
      + "a message is sent again, the first time; then twice as long each time, four times."),
  COAP_TOPICS_MAX("coap.topics-max", Kind.COUNT, "10000", "0", "1000000", "Topics that can be configured through the topic "
      + "collection `/pubsub`; those without a configuration do not count. Hit: 5.03 Service Unavailable."),
  COAP_PLUGTEST("coap.plugtest", Kind.FLAG, "false", "Serves the resources of ETSI's CoAP plugtests (/test, /large, /obs and "
      + "the others) to anybody, for trying clients; what is put there is bounded and not kept."),
  COAP_GROUPS("coap.groups", Kind.TEXTS, "", "Multicast addresses at which the insecure CoAP listeners answer discovery "
      + "as well, such as 224.0.1.187 and ff02::fd."),
  COAP_LEISURE("coap.leisure", Kind.DURATION, "5s", "0s", "1m", "Within which a request to a group is answered."),

  SEALED_TOPICS("smqtt.sealed-topics", Kind.TEXTS, "", "Topic filters on which only messages sealed end to end are taken: "
      + "see docs/smqtt.md. Others are refused: Payload Format Invalid (0x99) or 4.00 Bad Request, publish_unfit."),
  SEALED_AUTHORITIES("smqtt.authorities", Kind.TEXTS, "", "Files that `trivet authority export --public` writes: whose key "
      + "headers are taken, of their epoch and later ones."),
  SEALED_SENDERS("smqtt.senders", Kind.PATH, "", "Who may send them: a file of public keys and names."),
  SEALED_HEADERS_MAX("smqtt.headers-max", Kind.COUNT, "10000", "16", "1000000", "Key headers known at a time, about 1 KiB "
      + "each; 16 of one sender, of which a newer pushes out the oldest. Hit: further ones are refused, smqtt_refused."),

  CONNECTIONS_MAX("limits.connections-max", Kind.COUNT, "100000", "1", "10000000", "Connections in all. Hit: closed at "
      + "once, refused_connections_max."),
  CONNECTIONS_PER_ADDRESS("limits.connections-per-address-max", Kind.COUNT, "1000", "1", "10000000", "Connections of one "
      + "IPv4 address or IPv6 /64. Hit: closed at once, refused_per_address_max."),
  ACCEPT_RATE("limits.accepts-per-second", Kind.COUNT, "100", "1", "1000000", "New connections a second from one IPv4 "
      + "address or IPv6 /64. Hit: closed at once, refused_accept_rate."),
  ACCEPT_BURST("limits.accept-burst", Kind.COUNT, "500", "1", "1000000", "How many may come at once after a pause."),
  SESSIONS_MAX("limits.sessions-max", Kind.COUNT, "100000", "1", "10000000", "Sessions, connected or kept. Hit: Quota "
      + "Exceeded (0x97) or Server Unavailable (3), limit_sessions."),
  SUBSCRIPTIONS_MAX("limits.subscriptions-per-session-max", Kind.COUNT, "1000", "1", "1000000", "Filters one session may "
      + "hold. Hit: Quota Exceeded (0x97) in SUBACK, limit_subscriptions."),
  INFLIGHT_MAX("limits.inflight-max", Kind.COUNT, "1000", "1", "65535", "QoS 1 and 2 messages unacknowledged towards one "
      + "client; more wait in its queue."),
  QUEUE_MESSAGES_MAX("limits.queue-messages-max", Kind.COUNT, "10000", "1", "100000000", "Messages waiting for one "
      + "session. Hit: limits.when-full, dropped_queue_full."),
  QUEUE_BYTES_MAX("limits.queue-bytes-max", Kind.SIZE, "16MiB", "1024", "1099511627776", "Their size. Hit: as for "
      + "limits.queue-messages-max."),
  QUEUE_BYTES_TOTAL_MAX("limits.queue-bytes-total-max", Kind.SIZE, "256MiB", "1MiB", "1099511627776", "The size of what "
      + "waits in memory for all sessions together. Hit: sessions that are kept read the rest from the store, others as for "
      + "limits.queue-messages-max."),
  STORED_MESSAGES_MAX("limits.stored-messages-max", Kind.COUNT, "100000000", "1", "1000000000000", "Messages waiting in "
      + "the store for all sessions together. Hit: as for limits.queue-messages-max."),
  STORED_BYTES_MAX("limits.stored-bytes-max", Kind.SIZE, "64GiB", "1MiB", "1099511627776", "Their size. Hit: as for "
      + "limits.queue-messages-max."),
  OUTPUT_BYTES_MAX("limits.output-bytes-max", Kind.SIZE, "4MiB", "16384", "1073741824", "Bytes a client has not taken "
      + "yet. Beyond, QoS 0 for it is dropped: dropped_slow."),
  OUTPUT_BYTES_TOTAL_MAX("limits.output-bytes-total-max", Kind.SIZE, "256MiB", "1MiB", "1099511627776", "Bytes that all "
      + "clients together have not taken yet. Beyond, those that are behind get nothing more until they have caught up: "
      + "dropped_slow for QoS 0."),
  RETAINED_MAX("limits.retained-max", Kind.COUNT, "100000", "0", "100000000", "Retained messages. Hit: Quota Exceeded "
      + "(0x97), limit_retained."),
  RETAINED_BYTES_MAX("limits.retained-bytes-max", Kind.SIZE, "256MiB", "0", "1099511627776", "Their size in memory. Hit: "
      + "as for limits.retained-max."),
  SESSION_EXPIRY_MAX("limits.session-expiry-max", Kind.DURATION, "7d", "0s", "36500d", "The longest session expiry "
      + "granted; CONNACK tells clients that ask for more."),
  WHEN_FULL("limits.when-full", choice("drop-oldest", "drop-newest", "refuse"), "drop-oldest", "What happens when a "
      + "session's queue is full: its oldest message goes; the new one is not taken for this session; the publisher is told "
      + "Quota Exceeded (0x97) and nobody gets the message. A session that ends with its connection refuses nothing: it "
      + "drops the newest."),

  DURABILITY("store.durability", choice("fsync", "os", "memory"), "fsync", "What an acknowledgement promises. fsync: the "
      + "message is on the disk, and outlives the loss of power. os: the operating system has it; it outlives the end of "
      + "the server, but a loss of power takes the last seconds with it. memory: sessions and messages last until the "
      + "server stops. Takes effect at the next start."),
  STORE_FREE_BYTES("store.free-bytes-min", Kind.SIZE, "256MiB", "0", "1099511627776", "What is left free on the disk. Hit: "
      + "nothing more is stored and publishers are told Quota Exceeded (0x97), until there is room again."),
  STORE_PATIENCE("store.patience", Kind.DURATION, "5s", "100ms", "10m", "How long publishers wait for a disk that is slow "
      + "or fails. Hit: they are told that the message was not stored; the server tries again until it works."),

  LOOPS("server.loops", Kind.COUNT, "0", "0", "1024", "Event loops; 0 for one a core. Takes effect at the next start."),
  STATISTICS_INTERVAL("server.statistics-interval", Kind.DURATION, "10s", "1s", "1d", "How often the statistics under "
      + "$SYS/trivet/ are published."),
  LOG_LEVEL("log.level", choice("error", "warn", "info", "debug"), "info", "How much is logged.");

  private final String path;
  private final Kind kind;
  private final String byDefault;
  private final @Nullable String least;
  private final @Nullable String most;
  private final List<String> words;
  private final String help;

  private record Choice(List<String> words) {}

  private static Choice choice(String... words) {
    return new Choice(List.of(words));
  }

  Option(String path, Kind kind, String byDefault, String help) {
    this(path, kind, byDefault, null, null, List.of(), help);
  }

  Option(String path, Kind kind, String byDefault, String least, String most, String help) {
    this(path, kind, byDefault, least, most, List.of(), help);
  }

  Option(String path, Choice choice, String byDefault, String help) {
    this(path, Kind.CHOICE, byDefault, null, null, choice.words(), help);
  }

  Option(
      String path,
      Kind kind,
      String byDefault,
      @Nullable String least,
      @Nullable String most,
      List<String> words,
      String help) {
    this.path = path;
    this.kind = kind;
    this.byDefault = byDefault;
    this.least = least;
    this.most = most;
    this.words = words;
    this.help = help;
  }

  /// As in the file: `mqtt.packet-bytes-max` is `packet-bytes-max` below `mqtt`.
  public String path() {
    return path;
  }

  public Kind kind() {
    return kind;
  }

  /// As a person would write it; a list's elements with blanks between.
  public String byDefault() {
    return byDefault;
  }

  public Optional<String> least() {
    return Optional.ofNullable(least);
  }

  public Optional<String> most() {
    return Optional.ofNullable(most);
  }

  public List<String> words() {
    return words;
  }

  public String help() {
    return help;
  }

  /// Whether a change takes effect by `trivet reload`; listeners and loops are made at the start.
  public boolean reloads() {
    return switch (this) {
      case LISTEN_MQTTS, LISTEN_WSS, LISTEN_PSK, DTLS_MODES, DTLS_ASSOCIATIONS_MAX, DTLS_HANDSHAKES_MAX, DTLS_IDLE_MAX, LISTEN_COAPS, LISTEN_COAPS_TCP, LISTEN_COAPS_TCP_PSK, LISTEN_COAPS_WS, INSECURE_PLAINTEXT,
          INSECURE_WEBSOCKET, INSECURE_COAP, COAP_REQUIRE_IPSEC, TCP_REQUIRE_IPSEC, INSECURE_COAP_TCP, INSECURE_COAP_WS, INSECURE_COAP_WRITES,
          COAP_BODY_BYTES_MAX, COAP_BLOCK_BYTES, COAP_PEERS_MAX, COAP_EXCHANGES_PER_PEER, COAP_EXCHANGES_MAX,
          COAP_EXCHANGE_BYTES_MAX, COAP_REQUESTS_PER_PEER, COAP_REQUESTS_PER_SECOND, COAP_REQUESTS_TOTAL, COAP_OUTGOING_PER_PEER,
          COAP_OBSERVATIONS_MAX,
          COAP_OBSERVATIONS_PER_PEER, COAP_CONFIRMABLE_EVERY, COAP_ACK_TIMEOUT, COAP_TOPICS_MAX, COAP_PLUGTEST, COAP_GROUPS, COAP_LEISURE,
          TLS_CLIENT_CERTIFICATES,
          TLS_HANDSHAKE_DEADLINE, TLS_HANDSHAKES_MAX, WEBSOCKET_PATH, WEBSOCKET_ORIGINS, PROXY_TRUSTED,
          PASSWORD_CHECKS_MAX, CLIENT_ID, CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS, ACCEPT_RATE, ACCEPT_BURST,
          RETAINED_MAX, RETAINED_BYTES_MAX, DURABILITY, LOOPS, STATISTICS_INTERVAL, LOG_LEVEL -> false;
      default -> true;
    };
  }
}

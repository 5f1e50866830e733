package io.trivet.broker;

import java.net.InetSocketAddress;

/// The other end of a connection as the network room saw it.
///
/// @param address the client's own address, also behind a load balancer that speaks the PROXY protocol
/// @param listener the name of the listener it came in by, such as `mqtts`
/// @param secured whether nobody between can read or alter what is sent
/// @param protection in words, such as `TLSv1.3 TLS_AES_128_GCM_SHA256 X25519MLKEM768`; empty where unprotected
public record Peer(
    InetSocketAddress address,
    String listener,
    boolean secured,
    String protection,
    TransportIdentity identity) {}

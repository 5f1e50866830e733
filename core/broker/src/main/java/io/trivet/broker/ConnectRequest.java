package io.trivet.broker;

import java.util.Optional;

/// A client that has proved who it is and wants its session.
///
/// @param clean whether an existing session is to be discarded first
/// @param expirySeconds how long the session outlives the connection, 0 to 4,294,967,295; already cut to the limit
/// @param receiveMaximum how many QoS 1 and 2 messages the client takes at a time, 1 to 65,535
public record ConnectRequest(
    ClientId clientId,
    Peer peer,
    Principal principal,
    boolean clean,
    long expirySeconds,
    int receiveMaximum,
    Optional<Will> will,
    Client client) {}

/// CoAP over TCP, TLS and WebSocket (RFC 8323): frames, signals, and the machine at each end of a connection.
@org.jspecify.annotations.NullMarked
package io.trivet.coap.stream;

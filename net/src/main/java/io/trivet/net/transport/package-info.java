/// From a socket to a handler of bytes: admission, PROXY protocol, TLS, TLS-PSK and WebSocket.
@NullMarked
package io.trivet.net.transport;

import org.jspecify.annotations.NullMarked;

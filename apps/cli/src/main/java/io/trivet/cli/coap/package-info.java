/// A CoAP client: what a URI means, the ways to a server, and the layers between a command and the messages.
@org.jspecify.annotations.NullMarked
package io.trivet.cli.coap;

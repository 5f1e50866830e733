/// The calling side of CoAP over streams, for the command line and for tests.
@org.jspecify.annotations.NullMarked
package io.trivet.net.coap;

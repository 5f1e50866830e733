/// CoAP wired: settings, the stack of layers and resources, the listeners.
@org.jspecify.annotations.NullMarked
package io.trivet.server.coap;

/// CoAP over datagrams: the wire format and the message layer (RFC 7252, sections 3 and 4).
@org.jspecify.annotations.NullMarked
package io.trivet.coap.message;

/// CoAP as values and seams: requests and responses with their options, the handlers that serve them, the requesters
/// that send them. What carries them over datagrams or streams stands in the packages beside.
@org.jspecify.annotations.NullMarked
package io.trivet.coap;

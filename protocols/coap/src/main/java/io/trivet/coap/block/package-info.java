/// Bodies larger than a message, in blocks (RFC 7959, RFC 9175).
@org.jspecify.annotations.NullMarked
package io.trivet.coap.block;

/// OSCORE: requests and responses protected end to end, whatever carries them (RFC 8613).
@org.jspecify.annotations.NullMarked
package io.trivet.coap.oscore;

/// EDHOC: keys agreed in three messages, small enough for radio (RFC 9528).
@org.jspecify.annotations.NullMarked
package io.trivet.coap.edhoc;

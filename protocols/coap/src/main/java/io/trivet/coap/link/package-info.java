/// Web links as devices describe themselves by them: the CoRE link format (RFC 6690).
@org.jspecify.annotations.NullMarked
package io.trivet.coap.link;

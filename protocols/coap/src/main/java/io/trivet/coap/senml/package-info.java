/// Measurements as SenML (RFC 8428), in JSON and in CBOR, and how parts of them are selected and changed (RFC 8790).
@org.jspecify.annotations.NullMarked
package io.trivet.coap.senml;

/// CBOR values, read within limits and written in the one deterministic form (RFC 8949).
@org.jspecify.annotations.NullMarked
package io.trivet.base.cbor;

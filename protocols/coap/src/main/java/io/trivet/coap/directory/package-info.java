/// The directory where devices tell of their resources, and others find them (RFC 9176).
@org.jspecify.annotations.NullMarked
package io.trivet.coap.directory;

/// The resources of a server: which path leads to which, and what all of them have in common.
@org.jspecify.annotations.NullMarked
package io.trivet.coap.resource;

@org.jspecify.annotations.NullMarked
package io.trivet.coap.block;

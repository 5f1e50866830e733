@org.jspecify.annotations.NullMarked
package io.trivet.base.cbor;

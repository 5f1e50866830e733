@org.jspecify.annotations.NullMarked
package io.trivet.abe.curve;

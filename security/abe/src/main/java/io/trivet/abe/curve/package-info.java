/// The pairing groups of BLS12-381 with just the operations attribute-based encryption needs, behind one port
/// with two implementations that give the same bytes.
@org.jspecify.annotations.NullMarked
package io.trivet.abe.curve;

/// SMQTT: messages sealed by their publisher for whoever holds the attributes, opaque to every broker between.
/// The formats and rules are written down in `docs/smqtt.md`. [Smqtt] is where an application begins; [Sealer] and
/// [Opener] are its two halves, [EnvelopeCheck] is the broker's look from outside.
@org.jspecify.annotations.NullMarked
package io.trivet.smqtt;

/// Sealing and opening messages end to end.
@org.jspecify.annotations.NullMarked
package io.trivet.smqtt;

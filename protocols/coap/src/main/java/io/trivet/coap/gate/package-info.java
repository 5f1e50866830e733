/// What stands before everything else: who floods, and who asks in another's name.
@org.jspecify.annotations.NullMarked
package io.trivet.coap.gate;

/// CoAP with counterparts that we did not write.
@org.jspecify.annotations.NullMarked
package io.trivet.lab.coap;

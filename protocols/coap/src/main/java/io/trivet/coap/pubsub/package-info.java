/// Where CoAP meets the broker: topics as resources.
@org.jspecify.annotations.NullMarked
package io.trivet.coap.pubsub;

/// CoAP: codec, message layer, block-wise transfer, observe, groups, object security, resources. Pure, like the broker room.
module io.trivet.coap {
  requires transitive io.trivet.broker;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.dataformat.cbor;
  requires org.bouncycastle.provider;
  requires static transitive org.jspecify;

  exports io.trivet.coap.block;
  exports io.trivet.coap.directory;
  exports io.trivet.coap.edhoc;
  exports io.trivet.coap.gate;
  exports io.trivet.coap.link;
  exports io.trivet.coap.message;
  exports io.trivet.coap.oscore;
  exports io.trivet.coap.plugtest;
  exports io.trivet.coap.pubsub;
  exports io.trivet.coap.resource;
  exports io.trivet.coap.senml;
  exports io.trivet.coap.stream;
  exports io.trivet.coap;
}

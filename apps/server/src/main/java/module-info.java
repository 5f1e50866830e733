/// The composition root: configuration, first start, wiring, reload, administration.
module io.trivet.server {
  requires transitive com.fasterxml.jackson.databind;
  requires transitive io.trivet.identity;
  requires transitive io.trivet.net;
  requires io.trivet.abe;
  requires io.trivet.smqtt;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.dataformat.yaml;
  requires io.netty.common;
  requires transitive io.trivet.coap;
  requires transitive io.trivet.local;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports io.trivet.server;
  exports io.trivet.server.admin;
  exports io.trivet.server.config;
}

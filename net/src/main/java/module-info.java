/// The network: Netty transports and the host that runs the broker on event loops. Nothing else knows a socket.
module io.trivet.net {
  requires transitive io.trivet.mqtt;
  requires transitive io.trivet.coap;
  requires transitive io.netty.transport;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires io.netty.buffer;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.transport.classes.epoll;
  requires io.netty.transport.unix.common;
  requires io.netty.tcnative.classes.openssl;
  requires org.bouncycastle.provider;
  requires org.bouncycastle.tls;
  requires org.jctools.core;
  requires org.slf4j;
  requires element.connector;
  requires scandium;
  requires static transitive org.jspecify;

  exports io.trivet.net.coap;
  exports io.trivet.net.dtls;
  exports io.trivet.net.host;
  exports io.trivet.net.ipsec;
  exports io.trivet.net.transport;
}

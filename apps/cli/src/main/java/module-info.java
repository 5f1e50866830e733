/// The command line: commands only, everything else is behind them in other rooms.
module io.trivet.cli {
  requires ch.qos.logback.classic;
  requires ch.qos.logback.core;
  requires info.picocli;
  requires io.trivet.abe;
  requires io.trivet.authority;
  requires io.trivet.coap;
  requires io.trivet.mqtt;
  requires io.trivet.server;
  requires io.trivet.smqtt;
  requires java.net.http;
  requires org.bouncycastle.provider;
  requires org.bouncycastle.tls;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports io.trivet.cli to info.picocli;
  opens io.trivet.cli to info.picocli;
  opens io.trivet.cli.authority to info.picocli;
  opens io.trivet.cli.smqtt to info.picocli;
  provides ch.qos.logback.classic.spi.Configurator with
      io.trivet.cli.LogSetup;
}

package io.trivet.lab.coap;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;

/// A server on Californium with one observable resource, to measure beside Trivet: `CaliforniumServer PORT DTLS-PORT`.
/// The pre-shared key is `trivet` with the sixteen bytes `0123456789abcdef`.
public final class CaliforniumServer {
  private CaliforniumServer() {}

  /// Keeps what was put last.
  private static final class Test extends CoapResource {
    private final AtomicReference<byte[]> value =
        new AtomicReference<>("hello123".getBytes(StandardCharsets.UTF_8));

    Test() {
      super("test");
      setObservable(true);
      setObserveType(CoAP.Type.NON);
    }

    @Override
    public void handleGET(CoapExchange e) {
      e.respond(CoAP.ResponseCode.CONTENT, value.get(), 0);
    }

    @Override
    public void handlePUT(CoapExchange e) {
      value.set(e.getRequestPayload());
      e.respond(CoAP.ResponseCode.CHANGED);
      changed();
    }
  }

  /// @param ports of CoAP and of CoAP over DTLS, both on the loopback address
  public static void main(String... ports) {
    CoapConfig.register();
    UdpConfig.register();
    DtlsConfig.register();
    Configuration c = new Configuration();
    c.set(CoapConfig.MAX_ACTIVE_PEERS, 200_000);
    c.set(UdpConfig.UDP_RECEIVE_BUFFER_SIZE, 4 << 20);
    c.set(UdpConfig.UDP_SEND_BUFFER_SIZE, 4 << 20);
    c.set(DtlsConfig.DTLS_MAX_CONNECTIONS, 50_000);
    CoapServer server = new CoapServer(c);
    server.addEndpoint(CoapEndpoint.builder().setConfiguration(c)
        .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(ports[0]))).build());
    DtlsConnectorConfig.Builder dtls = DtlsConnectorConfig.builder(c);
    dtls.setAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(ports[1])));
    dtls.setAdvancedPskStore(
        new AdvancedSinglePskStore("trivet", "0123456789abcdef".getBytes(StandardCharsets.US_ASCII)));
    server.addEndpoint(
        CoapEndpoint.builder().setConfiguration(c).setConnector(new DTLSConnector(dtls.build())).build());
    server.add(new Test());
    server.start();
    System.out.println("ready");
  }
}

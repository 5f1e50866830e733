package io.trivet.lab.conformance;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.lab.clients.LabServer;
import io.trivet.lab.wire.In;
import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.SocketLink;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import io.trivet.lab.wire.WebSocketLink;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Transports, in real time on a whole server: chapter 6, and what the versions ask of any transport.
abstract class TransportContract {
  private static final LabServer SERVER = new LabServer();

  private final Version version = requireNonNull(getClass().getAnnotation(Of.class), "@Of").value();

  @BeforeAll
  static void start() {
    SERVER.start();
    SERVER.password("web", "socket to them", "operators");
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private static URI uri() {
    return URI.create("wss://localhost:" + SERVER.port("wss") + "/mqtt");
  }

  private static WebSocketLink webSocket() {
    return new WebSocketLink(uri(), SERVER.trusting(), "mqtt");
  }

  private static Out.Connect connect(String clientId) {
    return Out.connect(clientId).user("web").password("socket to them");
  }

  private Out publish(String topic, int size) {
    return Out.publish(topic).payload(size);
  }

  @Test
  @Statement(v311 = "MQTT-6.0.0-4", v5 = "MQTT-6.0.0-4")
  void selectsTheSubprotocolOfMqtt() {
    assertThat(webSocket().subprotocol()).isEqualTo("mqtt");
    assertThat(new WebSocketLink(uri(), SERVER.trusting(), "other", "mqtt").subprotocol()).isEqualTo("mqtt");
  }

  @Test
  @Statement(v311 = "MQTT-6.0.0-1", v5 = "MQTT-6.0.0-1")
  void closesOnATextFrame() {
    WebSocketLink link = webSocket();
    TestClient c = new TestClient(link, version).connected(connect("web-text"));
    link.writeText("C0 00");
    c.drain();
    link.settle(true);
    assertThat(link.isClosed()).isTrue();
  }

  @Test
  @Statement(v311 = {"MQTT-6.0.0-1", "MQTT-6.0.0-2"}, v5 = {"MQTT-6.0.0-1", "MQTT-6.0.0-2"})
  void readsPacketsAcrossTheBordersOfFrames() {
    WebSocketLink link = webSocket();
    TestClient c = new TestClient(link, version);
    for (byte b : connect("web-split").bytes(version)) {
      c.sendBytes(new byte[] {b});
    }
    c.expectAccepted();
    c.sendTogether(Out.subscribe(1).to("web/split", 0), Out.pingReq(), publish("web/split", 10));
    c.expect(In.SubAck.class);
    c.expectAmongOthers(In.PingResp.class);
    assertThat(c.expect(In.Publish.class).payload().length()).isEqualTo(10);
    byte[] large = publish("web/split", 200_000).bytes(version);
    int middle = large.length / 3;
    link.writeFragment(Arrays.copyOf(large, middle), false);
    link.writeFragment(Arrays.copyOfRange(large, middle, 2 * middle), false);
    link.writeFragment(Arrays.copyOfRange(large, 2 * middle, large.length), true);
    assertThat(c.expectMessage().payload().length()).isEqualTo(200_000);
  }

  @Test
  @Statement(v311 = "MQTT-7.1.1-1", v5 = "MQTT-4.2.0-1")
  void carriesEveryByteInOrderBothWaysOverTls() throws IOException {
    Socket socket = SERVER.trusting().getSocketFactory().createSocket("localhost", SERVER.port("mqtts"));
    carriesEveryByteInOrder(new TestClient(new SocketLink(socket), version), connect("web-tls"));
  }

  @Test
  @Statement(v311 = "MQTT-7.1.1-1", v5 = "MQTT-4.2.0-1")
  void carriesEveryByteInOrderBothWaysOverTcp() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), SERVER.plainPort());
    carriesEveryByteInOrder(new TestClient(new SocketLink(socket), version), Out.connect("in-the-clear"));
  }

  private void carriesEveryByteInOrder(TestClient c, Out connect) {
    String topic = "transport/" + version;
    c.connected(connect).subscribed(topic, 1);
    Random random = new Random(3);
    for (int i = 0; i < 8; i++) {
      StringBuilder text = new StringBuilder();
      while (text.length() < 300_000) {
        text.append(random.nextLong());
      }
      c.published(Out.publish(topic).payload(text.toString()), 1);
      assertThat(c.expectMessage().payload()).isEqualTo(Bytes.utf8(text.toString()));
    }
  }
}

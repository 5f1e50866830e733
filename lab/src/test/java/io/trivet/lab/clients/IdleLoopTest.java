package io.trivet.lab.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.lab.wire.Out;
import io.trivet.lab.wire.SocketLink;
import io.trivet.lab.wire.TestClient;
import io.trivet.lab.wire.Version;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What the event loops do when nobody wants anything of them.
class IdleLoopTest {
  @Test
  void restsOnceTheMailIsDelivered() throws Exception {
    try (LabServer server = new LabServer()) {
      server.start();
      TestClient[] clients = new TestClient[4];
      for (int i = 0; i < clients.length; i++) {
        clients[i] = new TestClient(new SocketLink(new Socket(InetAddress.getLoopbackAddress(), server.plainPort())), Version.V5);
        clients[i].connected(Out.connect("idle-" + i)).subscribed("t", 1);
      }
      clients[0].published(Out.publish("t").payload("crosses to the other loop"), 1);
      for (TestClient c : clients) {
        c.expectMessage("crosses to the other loop");
      }
      TimeUnit.MILLISECONDS.sleep(100);
      long before = server.metric("trivet_cycles_total");
      TimeUnit.MILLISECONDS.sleep(300);
      // Two loops tick every 20 ms; a loop that wakes itself turns a hundred thousand times.
      assertThat(server.metric("trivet_cycles_total") - before).isLessThan(200);
    }
  }
}

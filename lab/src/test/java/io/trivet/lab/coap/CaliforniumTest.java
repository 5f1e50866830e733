package io.trivet.lab.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trivet.lab.clients.LabServer;
import io.trivet.lab.durability.Seeds;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapObserveRelation;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.elements.exception.ConnectorException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Californium's client, also across a bad network.
@Tag("slow")
class CaliforniumTest {
  private static final LabServer SERVER = new LabServer();

  @BeforeAll
  static void start() {
    CoapConfig.register();
    UdpConfig.register();
    SERVER.start();
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private static CoapEndpoint endpoint(Duration ackTimeout) {
    Configuration c = new Configuration();
    c.set(CoapConfig.ACK_TIMEOUT, (int) ackTimeout.toMillis(), TimeUnit.MILLISECONDS);
    c.set(CoapConfig.MAX_RESOURCE_BODY_SIZE, 2 << 20);
    return CoapEndpoint.builder().setConfiguration(c).build();
  }

  private static CoapClient client(CoapEndpoint endpoint, int port, String path) {
    CoapClient c = new CoapClient("coap://127.0.0.1:" + port + "/" + path);
    c.setEndpoint(endpoint);
    c.setTimeout(60_000L);
    return c;
  }

  /// Keeps what comes.
  private static final class Notifications implements CoapHandler {
    final ConcurrentLinkedQueue<String> got = new ConcurrentLinkedQueue<>();

    @Override
    public void onLoad(CoapResponse response) {
      got.add(response.getResponseText());
    }

    @Override
    public void onError() {
      got.add("(error)");
    }
  }

  @Test
  void putsGetsObservesAndDeletes() throws ConnectorException, IOException {
    CoapEndpoint e = endpoint(Duration.ofSeconds(2));
    try {
      CoapClient c = client(e, SERVER.port("coap"), "ps/cf/1");
      assertThat(c.put("one", 0).getCode()).isEqualTo(CoAP.ResponseCode.CREATED);
      assertThat(c.get().getResponseText()).isEqualTo("one");
      Notifications seen = new Notifications();
      CoapObserveRelation relation = c.observeAndWait(seen);
      assertThat(c.put("two", 0).getCode()).isEqualTo(CoAP.ResponseCode.CHANGED);
      await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(seen.got).containsExactly("one", "two"));
      relation.proactiveCancel();
      assertThat(c.delete().getCode()).isEqualTo(CoAP.ResponseCode.DELETED);
      assertThat(c.get().getCode()).isEqualTo(CoAP.ResponseCode.NOT_FOUND);
    } finally {
      e.destroy();
    }
  }

  /// RFC 7252, section 4.5: what comes twice is done once.
  @Test
  void doesEachConfirmableRequestOnceWhateverTheNetworkDoes() throws Exception {
    long seed = Seeds.next();
    int requests = 150;
    CoapEndpoint direct = endpoint(Duration.ofSeconds(2));
    CoapEndpoint lossy = endpoint(Duration.ofMillis(150));
    Map<String, Integer> seen = new ConcurrentHashMap<>();
    try (Relay relay = new Relay(SERVER.port("coap"), 0.2, 0.2, seed)) {
      CoapObserveRelation watch = client(direct, SERVER.port("coap"), "ps/lossy?qos=1").observeAndWait(new CoapHandler() {
        @Override
        public void onLoad(CoapResponse response) {
          seen.merge(response.getResponseText(), 1, Integer::sum);
        }

        @Override
        public void onError() {
          seen.merge("(error)", 1, Integer::sum);
        }
      });
      CoapClient c = client(lossy, relay.port(), "ps/lossy");
      List<String> answered = new ArrayList<>();
      List<String> unanswered = new ArrayList<>();
      for (int i = 0; i < requests; i++) {
        CoapResponse r = c.post("n" + i, 0);
        (r != null && r.isSuccess() ? answered : unanswered).add("n" + i);
      }
      await().atMost(Duration.ofSeconds(20)).untilAsserted(() ->
          assertThat(seen.keySet()).as("seed %d", seed).containsAll(answered));
      assertThat(seen.entrySet().stream().filter(s -> s.getKey().startsWith("n") && s.getValue() > 1))
          .as("done more than once, seed %d", seed).isEmpty();
      // Four retransmissions at 20 % loss each way leave less than one in a hundred unanswered.
      assertThat(unanswered.size()).as("unanswered, seed %d", seed).isLessThan(requests / 20);
      assertThat(relay.lost.get()).isPositive();
      assertThat(relay.doubled.get()).isPositive();
      watch.reactiveCancel();
    } finally {
      direct.destroy();
      lossy.destroy();
    }
  }
}

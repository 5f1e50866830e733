package io.trivet.lab.smqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trivet.abe.Kind;
import io.trivet.abe.MasterKey;
import io.trivet.abe.PublicParameters;
import io.trivet.abe.ReaderKey;
import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import io.trivet.lab.clients.LabServer;
import io.trivet.smqtt.Opened;
import io.trivet.smqtt.Refusal;
import io.trivet.smqtt.Sealer;
import io.trivet.smqtt.SealerOptions;
import io.trivet.smqtt.SenderKey;
import io.trivet.smqtt.Senders;
import io.trivet.smqtt.Smqtt;
import io.trivet.smqtt.client.PahoV3;
import io.trivet.smqtt.client.PahoV5;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Keys that come and go while messages flow, through a whole server: nothing is lost at a rotation, a publisher that
/// starts again is read on, and what is sent twice is taken once.
@Tag("slow")
class RotationTest {
  private static final SecureRandom SECURE = new SecureRandom();
  private static final Randomness RANDOMNESS = SECURE::nextBytes;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int PUBLISHERS = 4;
  private static final int EACH = 600;
  private static final int PER_KEY = 50;

  private final LabServer server = new LabServer();

  @BeforeEach
  void start() {
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private MqttAsyncClient client() throws MqttException {
    MqttAsyncClient c =
        new MqttAsyncClient("tcp://127.0.0.1:" + server.plainPort(), "", new MemoryPersistence());
    c.connect().waitForCompletion();
    return c;
  }

  private MqttClient reader(Smqtt opening, String filter, List<Opened> heard)
      throws org.eclipse.paho.client.mqttv3.MqttException {
    MqttClient c = new MqttClient("tcp://127.0.0.1:" + server.plainPort(), "reader" + SECURE.nextInt(1 << 30),
        new org.eclipse.paho.client.mqttv3.persist.MemoryPersistence());
    c.connect();
    PahoV3.subscribe(c, opening, filter, heard::add);
    return c;
  }

  private static SealerOptions rotating(String scope) {
    return SealerOptions.of("ward:7", scope).rotation(PER_KEY, Duration.ofHours(1), Duration.ofDays(1));
  }

  private void publish(SenderKey me, PublicParameters authority, String topic, int from, int to) {
    try {
      MqttAsyncClient c = client();
      Smqtt sealed = Smqtt.publisher(authority, me, rotating(topic));
      for (int i = from; i < to; i++) {
        sealed.publish(topic, Integer.toString(i).getBytes(java.nio.charset.StandardCharsets.US_ASCII), PahoV5.over(c));
      }
      c.disconnect().waitForCompletion();
      c.close();
    } catch (MqttException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, List<Integer>> byTopic(List<Opened> heard) {
    Map<String, List<Integer>> all = new TreeMap<>();
    for (Opened o : heard) {
      assertThat(o).isInstanceOf(Opened.Message.class);
      all.computeIfAbsent(o.topic(), _ -> new ArrayList<>())
          .add(Integer.parseInt(((Opened.Message) o).payload().asUtf8()));
    }
    return all;
  }

  @Test
  void losesNothingWhileKeysRotateAndPublishersStartAgain() throws Exception {
    List<SenderKey> senders = new ArrayList<>();
    for (int i = 0; i < PUBLISHERS; i++) {
      senders.add(SenderKey.generate("pump-" + i, RANDOMNESS));
    }
    try (MasterKey authority = MasterKey.generate(Kind.CIPHERTEXT_POLICY, RANDOMNESS);
        ReaderKey early = authority.issue("ward:7, epoch:1", RANDOMNESS).orThrow();
        ReaderKey late = authority.issue("ward:7, epoch:1", RANDOMNESS).orThrow()) {
      PublicParameters parameters = new PublicParameters(authority.publicKey(), 1);
      Senders known = Senders.of(senders.stream().map(SenderKey::identity).toList());
      List<Opened> heard = new CopyOnWriteArrayList<>();
      MqttClient sub = reader(Smqtt.subscriber(early, known), "rotation/+", heard);
      try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < PUBLISHERS; i++) {
          SenderKey me = senders.get(i);
          String topic = "rotation/" + i;
          all.add(CompletableFuture.runAsync(() -> {
            publish(me, parameters, topic, 0, EACH / 2);
            publish(me, parameters, topic, EACH / 2, EACH); // as a program that starts again
          }, pool));
        }
        all.forEach(CompletableFuture::join);
      }
      await().atMost(PATIENCE).until(() -> heard.size() >= PUBLISHERS * EACH);
      Map<String, List<Integer>> got = byTopic(heard);
      assertThat(got).hasSize(PUBLISHERS);
      got.forEach((topic, numbers) -> {
        assertThat(numbers).as(topic).hasSize(EACH).doesNotHaveDuplicates().isSorted();
      });
      sub.disconnect();
      sub.close();

      // Who comes later finds the keys that are still live, and reads what comes under them.
      List<Opened> then = new CopyOnWriteArrayList<>();
      MqttClient joined = reader(Smqtt.subscriber(late, known), "rotation/+", then);
      publish(senders.getFirst(), parameters, "rotation/0", EACH, EACH + 10);
      await().atMost(PATIENCE).until(() -> then.size() >= 10);
      assertThat(byTopic(then).get("rotation/0")).hasSize(10);
      joined.disconnect();
      joined.close();
    } finally {
      senders.forEach(SenderKey::close);
    }
  }

  @Test
  void takesOnceWhatIsRepeatedAndMixedUp() throws Exception {
    try (MasterKey authority = MasterKey.generate(Kind.CIPHERTEXT_POLICY, RANDOMNESS);
        ReaderKey key = authority.issue("ward:7, epoch:1", RANDOMNESS).orThrow();
        SenderKey pump = SenderKey.generate("pump-9", RANDOMNESS)) {
      PublicParameters parameters = new PublicParameters(authority.publicKey(), 1);
      List<Opened> heard = new CopyOnWriteArrayList<>();
      MqttClient sub = reader(Smqtt.subscriber(key, Senders.of(pump.identity())), "mixed/up", heard);
      MqttAsyncClient c = client();
      Sealer sealer = Sealer.of(parameters, pump, SealerOptions.of("ward:7", "mixed/up"), Smqtt.SYSTEM);
      Smqtt sealed = Smqtt.of(sealer);
      List<Bytes> all = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        List<io.trivet.smqtt.Publication> due =
            sealed.seal("mixed/up", Integer.toString(i).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        if (due.getFirst().header()) {
          c.publish(due.getFirst().topic(), PahoV5Message.retained(due.getFirst())).waitForCompletion();
          sealer.published(due.getFirst());
        }
        all.add(due.getLast().payload());
        all.add(due.getLast().payload());
      }
      Collections.shuffle(all, new Random(5));
      for (Bytes b : all) {
        c.publish("mixed/up", b.toArray(), 1, false).waitForCompletion();
      }
      await().atMost(PATIENCE).until(() -> heard.size() >= all.size());
      List<Opened.Message> fresh = heard.stream().filter(o -> o instanceof Opened.Message m && !m.repeat())
          .map(o -> (Opened.Message) o).toList();
      assertThat(fresh).extracting(m -> m.payload().asUtf8()).hasSize(200).doesNotHaveDuplicates();
      assertThat(heard).filteredOn(o -> o instanceof Opened.Refused)
          .allSatisfy(o -> assertThat(((Opened.Refused) o).reason()).isEqualTo(Refusal.REPLAYED));
      c.disconnect().waitForCompletion();
      c.close();
      sub.disconnect();
      sub.close();
    }
  }
}

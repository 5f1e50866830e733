package io.trivet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.server.admin.Admin;
import io.trivet.server.admin.AdminClient;
import io.trivet.server.admin.AdminException;
import io.trivet.server.admin.Json;
import io.trivet.server.config.ConfigException;
import io.trivet.server.config.Option;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What outlives the end of a server, with mosquitto's clients before it.
@NullMarked
class DurableServerTest {
  @TempDir Path dir;

  private ServerSetup setup() {
    return ServerSetup.in(dir.resolve("data"))
        .with(Option.LISTEN_MQTTS, "127.0.0.1:0")
        .with(Option.LISTEN_PSK, "127.0.0.1:0");
  }

  private record Ended(int code, String out) {}

  /// One device that connects by pre-shared key, each time under the client identifier it is given.
  private record Client(String identity, String key) {
    Ended run(TrivetServer s, String program, String... more) throws IOException, InterruptedException {
      int port = s.report().listening().stream().filter(l -> l.kind().equals("psk")).findFirst().orElseThrow()
          .address().getPort();
      List<String> all = new ArrayList<>(List.of(program, "-h", "127.0.0.1", "-p", Integer.toString(port),
          "--psk-identity", identity, "--psk", key));
      all.addAll(List.of(more));
      Process p = new ProcessBuilder(all).redirectErrorStream(true).start();
      boolean done = p.waitFor(20, TimeUnit.SECONDS);
      if (!done) {
        p.destroyForcibly().waitFor();
      }
      return new Ended(
          done ? p.exitValue() : -1, new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    void publish(TrivetServer s, String... more) throws IOException, InterruptedException {
      List<String> all = new ArrayList<>(List.of("-i", identity, "-q", "1"));
      all.addAll(List.of(more));
      Ended e = run(s, "mosquitto_pub", all.toArray(String[]::new));
      assertThat(e.code()).as(e.out()).isZero();
    }
  }

  private ObjectNode call(String command, ObjectNode arguments) {
    try (Admin admin = AdminClient.open(dir.resolve("data"))) {
      return admin.call(command, arguments);
    }
  }

  private Client device(String id) {
    ObjectNode added = call("device.add", Json.object().put("id", id).put("psk", true));
    return new Client(added.path("psk").path("identity").asText(), added.path("psk").path("key").asText());
  }

  /// Leaves a session with a subscription.
  private Client leave(TrivetServer s) throws IOException, InterruptedException {
    Client meter = device("meter");
    Ended subscribed = meter.run(s, "mosquitto_sub", "-i", "meter", "-c", "-q", "1", "-t", "devices/meter/in/#", "-E");
    assertThat(subscribed.code()).as(subscribed.out()).isZero();
    return meter;
  }

  @Test
  void keepsSessionsSubscriptionsMessagesAndRetainedMessagesOverARestart() throws Exception {
    Client meter;
    Client pump;
    try (TrivetServer s = TrivetServer.start(setup())) {
      meter = leave(s);
      pump = operator("pump");
      for (String text : List.of("one", "two", "three")) {
        pump.publish(s, "-t", "devices/meter/in/queue", "-m", text);
      }
      pump.publish(s, "-t", "devices/meter/kept", "-m", "for all", "-r");
    }
    try (TrivetServer s = TrivetServer.start(setup())) {
      ObjectNode status = call("status", Json.object());
      assertThat(status.path("sessions").asInt()).isEqualTo(1);
      assertThat(status.path("subscriptions").asInt()).isEqualTo(1);
      // The subscription is the kept one's: what comes after the restart reaches it too.
      pump.publish(s, "-t", "devices/meter/in/queue", "-m", "four");
      Ended waited = meter.run(s, "mosquitto_sub", "-i", "meter", "-c", "-q", "1", "-t", "devices/meter/other", "-C",
          "4", "-W", "15");
      assertThat(waited).isEqualTo(new Ended(0, "one\ntwo\nthree\nfour\n"));
      Ended retained = meter.run(s, "mosquitto_sub", "-i", "meter", "-t", "devices/meter/kept", "-C", "1", "-W", "15");
      assertThat(retained).isEqualTo(new Ended(0, "for all\n"));
    }
  }

  private Client operator(String id) {
    ObjectNode asked = Json.object().put("id", id).put("psk", true);
    asked.putArray("groups").add("operators");
    ObjectNode added = call("device.add", asked);
    return new Client(added.path("psk").path("identity").asText(), added.path("psk").path("key").asText());
  }

  @Test
  void comesBackOnABackupWithWhatItHeldThen() throws Exception {
    Path backup = dir.resolve("then.backup");
    Client meter;
    try (TrivetServer s = TrivetServer.start(setup())) {
      meter = leave(s);
      operator("pump").publish(s, "-t", "devices/meter/in/queue", "-m", "held");
      assertThat(call("backup", Json.object().put("file", backup.toString())).path("bytes").asLong()).isPositive();
      assertThatThrownBy(() -> call("backup", Json.object().put("file", backup.toString())))
          .isInstanceOf(AdminException.class).hasMessageContaining("exists already");
      assertThat(call("store.check", Json.object()).path("damaged")).isEmpty();
      assertThat(call("store.stats", Json.object()).path("store-messages").asLong()).isEqualTo(1);
      assertThat(call("metrics", Json.object()).path("text").asText()).contains("trivet_store_messages 1\n");
      device("later"); // not in the backup
      Ended drained = meter.run(s, "mosquitto_sub", "-i", "meter", "-c", "-q", "1", "-t", "devices/meter/in/#", "-C", "1",
          "-W", "15");
      assertThat(drained).isEqualTo(new Ended(0, "held\n"));
      assertThatThrownBy(() -> call("restore", Json.object().put("file", broken(backup).toString())))
          .isInstanceOf(AdminException.class).hasMessageContaining("damaged").hasMessageContaining("goes on as before");
      assertThat(call("status", Json.object()).path("devices").asInt()).isEqualTo(4);
    }
    Restoration done = Restoration.run(dir.resolve("data"), backup);
    assertThat(done.aside().resolve("devices.json")).exists();
    try (TrivetServer s = TrivetServer.start(setup().restored(backup))) {
      ObjectNode status = call("status", Json.object());
      assertThat(status.path("devices").asInt()).as("as it was then").isEqualTo(3);
      assertThat(status.path("restored").asText()).isEqualTo(backup.toString());
      Ended again = meter.run(s, "mosquitto_sub", "-i", "meter", "-c", "-q", "1", "-t", "devices/meter/in/#", "-C", "1",
          "-W", "15");
      assertThat(again).isEqualTo(new Ended(0, "held\n"));
    }
  }

  private Path broken(Path backup) throws IOException {
    byte[] bytes = Files.readAllBytes(backup);
    bytes[bytes.length / 2] ^= 1;
    return Files.write(dir.resolve("broken.backup"), bytes);
  }

  @Test
  void undoesARestoreThatNoServerStartsOn() throws Exception {
    Path backup = dir.resolve("then.backup");
    try (TrivetServer s = TrivetServer.start(setup())) {
      leave(s);
      call("backup", Json.object().put("file", backup.toString()));
      device("later");
    }
    Restoration done = Restoration.run(dir.resolve("data"), backup);
    done.undo();
    assertThat(done.aside()).doesNotExist();
    assertThat(dir.resolve("data/restoring")).doesNotExist();
    try (TrivetServer s = TrivetServer.start(setup())) {
      assertThat(s.restored()).isEmpty();
      assertThat(call("status", Json.object()).path("devices").asInt()).as("the later one too").isEqualTo(3);
    }
    assertThatThrownBy(() -> Restoration.run(dir.resolve("data"), broken(backup)))
        .isInstanceOf(ConfigException.class).hasMessageContaining("all is as it was");
    assertThat(dir.resolve("data/store")).isDirectory();
  }

  @Test
  void forgetsAllOfItWithoutADiskAndSaysSo() throws Exception {
    ServerSetup memory = setup().with(Option.DURABILITY, "memory");
    try (TrivetServer s = TrivetServer.start(memory)) {
      assertThat(s.report().warnings()).singleElement().asString().contains("lost when the server stops");
      Client meter = leave(s);
      meter.publish(s, "-t", "devices/meter/kept", "-m", "for all", "-r");
      assertThat(Files.exists(dir.resolve("data/store"))).isFalse();
    }
    try (TrivetServer s = TrivetServer.start(memory)) {
      ObjectNode status = call("status", Json.object());
      assertThat(s.report().listening()).hasSize(2);
      assertThat(status.path("sessions").asInt()).isZero();
      assertThat(status.path("subscriptions").asInt()).isZero();
    }
  }

  @Test
  void saysWhatAPowerCutTakesWhereTheDiskIsNotWaitedFor() {
    try (TrivetServer s = TrivetServer.start(setup().with(Option.DURABILITY, "os"))) {
      assertThat(s.report().warnings()).singleElement().asString().contains("loss of power");
    }
  }

  @Test
  void doesNotStartOnADamagedStoreAndNamesItAndLetsTheDirectoryGo() throws IOException {
    try (TrivetServer s = TrivetServer.start(setup())) {
      assertThat(s.report().warnings()).isEmpty();
    }
    Path current = dir.resolve("data/store/CURRENT");
    byte[] sound = Files.readAllBytes(current);
    Files.writeString(current, "MANIFEST-999999\n");
    assertThatThrownBy(() -> TrivetServer.start(setup())).isInstanceOf(ConfigException.class)
        .hasMessageContaining(dir.resolve("data/store").toString());
    Files.write(current, sound);
    try (TrivetServer s = TrivetServer.start(setup()); Stream<Path> left = Files.list(dir.resolve("data/store"))) {
      assertThat(s.report().listening()).hasSize(2);
      assertThat(left).isNotEmpty();
    }
  }
}

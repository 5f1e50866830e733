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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The server as a whole, with mosquitto's clients before it.
@NullMarked
class TrivetServerTest {
  @TempDir Path dir;

  private ServerSetup setup() {
    return ServerSetup.in(dir.resolve("data"))
        .with(Option.LISTEN_MQTTS, "127.0.0.1:0")
        .with(Option.LISTEN_PSK, "127.0.0.1:0");
  }

  private static int port(TrivetServer s, String kind) {
    return s.report().listening().stream().filter(l -> l.kind().equals(kind)).findFirst().orElseThrow()
        .address().getPort();
  }

  private record Ended(int code, String out) {}

  private static Process start(String... command) throws IOException {
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static Ended end(Process p) throws IOException, InterruptedException {
    boolean done = p.waitFor(20, TimeUnit.SECONDS);
    if (!done) {
      p.destroyForcibly().waitFor();
    }
    return new Ended(done ? p.exitValue() : -1, new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
  }

  private static Ended run(String... command) throws IOException, InterruptedException {
    return end(start(command));
  }

  private static String[] with(String program, List<String> common, String... more) {
    List<String> all = new ArrayList<>(List.of(program));
    all.addAll(common);
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private ObjectNode call(String command, ObjectNode arguments) {
    try (Admin admin = AdminClient.open(dir.resolve("data"))) {
      return admin.call(command, arguments);
    }
  }

  @Test
  void makesItsOwnAtTheFirstStartAndKeepsItSecret() throws IOException {
    try (TrivetServer s = TrivetServer.start(setup())) {
      assertThat(s.report().adminPassword()).isPresent();
      assertThat(s.report().warnings()).isEmpty();
    }
    Path data = dir.resolve("data");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data))).isEqualTo("rwx------");
    for (String secret : List.of("devices.json", "ca/ca.key", "server.key", "trivet.yaml", "rules.yaml")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve(secret))))
          .as(secret).isEqualTo("rw-------");
    }
    try (TrivetServer again = TrivetServer.start(setup())) {
      assertThat(again.report().adminPassword()).isEmpty();
    }
  }

  @Test
  void carriesMessagesBetweenACertificateAndAPassword() throws Exception {
    try (TrivetServer s = TrivetServer.start(setup())) {
      ObjectNode lamp = call("device.add", Json.object().put("id", "lamp-1").put("certificate", true));
      ObjectNode desk = Json.object().put("id", "desk").put("password", "correct horse");
      desk.putArray("groups").add("operators");
      call("device.add", desk);
      String port = Integer.toString(port(s, "mqtts"));
      String ca = lamp.path("files").path("authority").asText();
      Process sub = start("mosquitto_sub", "-h", "127.0.0.1", "-p", port, "--cafile", ca, "-u", "desk", "-P",
          "correct horse", "-i", "desk", "-t", "devices/#", "-q", "1", "-C", "1", "-W", "15", "-v");
      Ended pub = new Ended(1, "");
      List<String> device = List.of("-h", "127.0.0.1", "-p", port, "--cafile", ca, "--cert",
          lamp.path("files").path("certificate").asText(), "--key", lamp.path("files").path("key").asText(),
          "-i", "lamp-1");
      for (int i = 0; i < 20 && sub.isAlive(); i++) {
        pub = run(with("mosquitto_pub", device, "-t", "devices/lamp-1/state", "-m", "on", "-q", "1", "-V", "5"));
        Thread.sleep(200);
      }
      assertThat(pub.code()).as(pub.out()).isZero();
      assertThat(end(sub)).isEqualTo(new Ended(0, "devices/lamp-1/state on\n"));

      Ended denied = run(with("mosquitto_pub", device, "-t", "devices/other/state", "-m", "on", "-q", "1", "-V", "5"));
      assertThat(denied.out()).contains("Not authorized");
    }
  }

  @Test
  void takesAPreSharedKeyAndDropsADeviceThatIsBlocked() throws Exception {
    try (TrivetServer s = TrivetServer.start(setup())) {
      ObjectNode added = call("device.add", Json.object().put("id", "meter").put("psk", true));
      List<String> device = List.of("-h", "127.0.0.1", "-p", Integer.toString(port(s, "psk")), "--psk-identity",
          added.path("psk").path("identity").asText(), "--psk", added.path("psk").path("key").asText(), "-i", "meter");
      Ended pub = run(with("mosquitto_pub", device, "-t", "devices/meter/kwh", "-m", "7", "-q", "2"));
      assertThat(pub.code()).as(pub.out()).isZero();

      Process sub = start(with("mosquitto_sub", device, "-t", "devices/meter/#", "-V", "5"));
      for (int i = 0; i < 100 && call("status", Json.object()).path("sessions").asInt() == 0; i++) {
        Thread.sleep(50);
      }
      call("device.block", Json.object().put("id", "meter"));
      for (int i = 0; i < 20 && call("status", Json.object()).path("connections").asInt() > 0; i++) {
        Thread.sleep(50);
      }
      assertThat(call("status", Json.object()).path("connections").asInt()).isZero();
      sub.destroy();
      Ended refused = run(with("mosquitto_pub", device, "-t", "devices/meter/kwh", "-m", "8"));
      assertThat(refused.code()).isNotZero();
    }
  }

  @Test
  void refusesARevokedCertificateAndReloadsWithoutDroppingConnections() throws Exception {
    try (TrivetServer s = TrivetServer.start(setup())) {
      ObjectNode lamp = call("device.add", Json.object().put("id", "lamp-1").put("certificate", true));
      ObjectNode old = lamp.path("files").deepCopy();
      Path stale = Files.copy(Path.of(old.path("certificate").asText()), dir.resolve("stale.crt"));
      Path staleKey = Files.copy(Path.of(old.path("key").asText()), dir.resolve("stale.key"));
      call("device.rotate", Json.object().put("id", "lamp-1"));
      String port = Integer.toString(port(s, "mqtts"));
      String ca = old.path("authority").asText();
      Ended refused = run("mosquitto_pub", "-h", "127.0.0.1", "-p", port, "--cafile", ca, "--cert", stale.toString(),
          "--key", staleKey.toString(), "-i", "lamp-1", "-t", "devices/lamp-1/x", "-m", "1", "-q", "1");
      assertThat(refused.code()).isNotZero();

      List<String> fresh = List.of("-h", "127.0.0.1", "-p", port, "--cafile", ca, "--cert",
          old.path("certificate").asText(), "--key", old.path("key").asText(), "-i", "lamp-1");
      Process sub = start(with("mosquitto_sub", fresh, "-t", "devices/lamp-1/#", "-C", "1", "-W", "15"));
      for (int i = 0; i < 100 && call("status", Json.object()).path("subscriptions").asInt() == 0; i++) {
        Thread.sleep(50);
      }
      call("reload", Json.object());
      assertThat(call("status", Json.object()).path("connections").asInt()).isEqualTo(1);
      assertThat(sub.isAlive()).isTrue();
      sub.destroy();
    }
  }

  @Test
  void explainsWhatItDoesNotStartWith() throws IOException {
    Path file = Files.writeString(dir.resolve("wrong.yaml"), "mqtt:\n  packet-byte-max: 1MiB\n");
    assertThatThrownBy(() -> TrivetServer.start(
        new ServerSetup(dir.resolve("data"), java.util.Optional.of(file), java.util.Map.of(), java.util.Optional.empty())))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("line 2, column 3")
        .hasMessageContaining("unknown option 'mqtt.packet-byte-max'; did you mean 'mqtt.packet-bytes-max'?");
    assertThatThrownBy(() -> TrivetServer.start(setup().with(Option.PACKET_BYTES_MAX, "3")))
        .hasMessage("mqtt.packet-bytes-max = 3: give a value from 128 to 268435460");
  }

  @Test
  void ownsItsDataAloneAndAnswersWithoutAServerFromTheFiles() {
    try (TrivetServer s = TrivetServer.start(setup())) {
      assertThat(s.report().listening()).hasSize(2);
      assertThatThrownBy(() -> TrivetServer.start(setup())).hasMessageContaining("another server runs on this data");
    }
    call("device.add", Json.object().put("id", "offline"));
    assertThat(call("device.list", Json.object()).path("devices")).hasSize(2);
    assertThatThrownBy(() -> call("status", Json.object()))
        .isInstanceOf(AdminException.class).hasMessageContaining("no server runs");
  }
}

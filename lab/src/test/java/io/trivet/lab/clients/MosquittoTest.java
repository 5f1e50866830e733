package io.trivet.lab.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.server.admin.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// mosquitto_pub and mosquitto_sub as people type them: MQTT 3.1, 3.1.1 and 5.0, plain, TLS, client certificates and
/// pre-shared keys.
@Tag("slow")
class MosquittoTest {
  private static final LabServer SERVER = new LabServer();
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final List<String> DESK = List.of("-u", "desk", "-P", "correct horse");

  @BeforeAll
  static void start() {
    SERVER.start();
    SERVER.password("desk", "correct horse", "operators");
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private static List<String> plain() {
    return List.of("-h", "127.0.0.1", "-p", "" + SERVER.plainPort());
  }

  private static List<String> tls() {
    return List.of("-h", "127.0.0.1", "-p", "" + SERVER.port("mqtts"), "--cafile", SERVER.authority().toString());
  }

  private static Command run(String program, List<String> where, List<String> who, String... what) {
    // Into a pipe the clients would write in blocks, and say only at their end that they are subscribed.
    List<String> all = new ArrayList<>(List.of("stdbuf", "-oL", program));
    all.addAll(where);
    all.addAll(who);
    all.addAll(List.of(what));
    return Command.start(all.toArray(String[]::new));
  }

  /// A subscriber whose subscription stands: `-d` makes it say so.
  private static Command subscriber(List<String> where, List<String> who, String... what) {
    String[] more = new String[what.length + 1];
    more[0] = "-d";
    System.arraycopy(what, 0, more, 1, what.length);
    Command c = run("mosquitto_sub", where, who, more);
    try {
      c.awaitLine(l -> l.contains("received SUBACK"), PATIENCE);
      return c;
    } catch (AssertionError e) {
      c.kill();
      throw e;
    }
  }

  private static void publish(List<String> where, List<String> who, String... what) {
    try (Command c = run("mosquitto_pub", where, who, what)) {
      c.awaitSuccess(PATIENCE);
    }
  }

  @ParameterizedTest(name = "MQTT {0}, QoS {1}")
  @CsvSource({"mqttv31,0", "mqttv31,1", "mqttv31,2", "mqttv311,0", "mqttv311,1", "mqttv311,2", "5,0", "5,1", "5,2"})
  void exchangesMessagesInTheClear(String version, String qos) {
    String topic = "clear/" + version + "/" + qos;
    try (Command sub = subscriber(plain(), List.of(), "-V", version, "-t", topic, "-q", qos, "-C", "2", "-v")) {
      publish(plain(), List.of(), "-V", version, "-t", topic, "-q", qos, "-m", "one");
      publish(plain(), List.of(), "-V", version, "-t", topic, "-q", qos, "-m", "two");
      assertThat(sub.awaitSuccess(PATIENCE)).contains(topic + " one", topic + " two");
    }
  }

  @ParameterizedTest(name = "MQTT {0} over {1}")
  @CsvSource({"mqttv31,tlsv1.2", "mqttv311,tlsv1.2", "mqttv311,tlsv1.3", "5,tlsv1.3"})
  void exchangesMessagesOverTlsWithAPassword(String version, String tlsVersion) {
    String topic = "tls/" + version + tlsVersion;
    try (Command sub = subscriber(tls(), DESK, "-i", "desk-sub", "-V", version, "--tls-version", tlsVersion,
        "-t", topic, "-q", "1", "-C", "1", "-v")) {
      publish(tls(), DESK, "-i", "desk-pub", "-V", version, "--tls-version", tlsVersion, "-t", topic, "-q", "1",
          "-m", "secret");
      assertThat(sub.awaitSuccess(PATIENCE)).contains(topic + " secret");
    }
  }

  @Test
  void knowsADeviceByItsCertificate() {
    LabServer.CertificateFiles lamp = SERVER.certificate("lamp");
    List<String> who = List.of("--cert", lamp.certificate(), "--key", lamp.key());
    try (Command sub = subscriber(tls(), DESK, "-i", "desk-lamp", "-t", "devices/lamp/#", "-C", "1", "-v")) {
      publish(tls(), who, "-i", "lamp", "-t", "devices/lamp/state", "-q", "1", "-m", "on");
      assertThat(sub.awaitSuccess(PATIENCE)).contains("devices/lamp/state on");
    }
    try (Command denied =
        run("mosquitto_pub", tls(), who, "-i", "lamp", "-V", "5", "-t", "devices/other", "-q", "1", "-m", "x")) {
      denied.awaitExit(PATIENCE);
      assertThat(denied.output()).anyMatch(l -> l.contains("Not authorized"));
    }
  }

  @ParameterizedTest(name = "TLS {0}")
  @ValueSource(strings = {"tlsv1.2", "tlsv1.3"})
  void knowsADeviceByItsPreSharedKey(String tlsVersion) {
    String id = "meter-" + tlsVersion;
    LabServer.PreSharedKey psk = SERVER.preSharedKey(id);
    List<String> where = List.of("-h", "127.0.0.1", "-p", "" + SERVER.port("psk"), "--tls-version", tlsVersion);
    List<String> who = List.of("--psk-identity", psk.identity(), "--psk", psk.key());
    try (Command sub = subscriber(where, who, "-i", id + "-sub", "-t", "devices/" + id + "/#", "-C", "1", "-v")) {
      publish(where, who, "-i", id, "-t", "devices/" + id + "/kwh", "-q", "2", "-m", "7");
      assertThat(sub.awaitSuccess(PATIENCE)).contains("devices/" + id + "/kwh 7");
    }
    String wrong = psk.key().substring(2) + "00";
    try (Command c = run("mosquitto_pub", where, List.of("--psk-identity", psk.identity(), "--psk", wrong),
        "-i", id, "-t", "devices/" + id + "/kwh", "-m", "8")) {
      assertThat(c.awaitExit(PATIENCE)).isNotZero();
    }
  }

  @Test
  void isRefusedWithAWrongPassword() {
    try (Command c = run("mosquitto_pub", tls(), List.of("-u", "desk", "-P", "wrong horse"), "-i", "desk", "-V", "5",
        "-t", "t", "-m", "x", "-q", "1")) {
      assertThat(c.awaitExit(PATIENCE)).isNotZero();
      assertThat(c.output()).anyMatch(l -> l.contains("Bad User Name or Password"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mqttv311", "5"})
  void hearsRetainedMessages(String version) {
    String topic = "kept/" + version;
    publish(plain(), List.of(), "-V", version, "-t", topic, "-q", "1", "-r", "-m", "kept");
    try (Command sub = run("mosquitto_sub", plain(), List.of(), "-V", version, "-t", topic, "-C", "1", "-F", "%r %p")) {
      assertThat(sub.awaitSuccess(PATIENCE)).containsExactly("1 kept");
    }
    publish(plain(), List.of(), "-V", version, "-t", topic, "-q", "1", "-r", "-n");
    try (Command sub = run("mosquitto_sub", plain(), List.of(), "-V", version, "-t", topic, "-C", "1", "-W", "1")) {
      assertThat(sub.awaitExit(PATIENCE)).as("timed out").isEqualTo(27);
    }
  }

  @Test
  void leavesAWillWhenItIsKilled() {
    try (Command witness = subscriber(plain(), List.of(), "-t", "wills", "-C", "1", "-v");
        Command dying = subscriber(plain(), List.of(), "-t", "anything", "--will-topic", "wills", "--will-payload",
            "killed", "--will-qos", "1")) {
      dying.kill();
      assertThat(witness.awaitSuccess(PATIENCE)).contains("wills killed");
    }
  }

  @Test
  void hearsWhatCameWhileItWasAway() {
    String[] session = {"-V", "5", "-i", "sleeper", "-c", "-x", "300", "-t", "away", "-q", "2"};
    try (Command first = subscriber(plain(), List.of(), session)) {
      first.kill();
    }
    publish(plain(), List.of(), "-t", "away", "-q", "2", "-m", "one");
    publish(plain(), List.of(), "-V", "5", "-t", "away", "-q", "1", "-m", "two");
    publish(plain(), List.of(), "-V", "5", "-t", "away", "-q", "1", "-m", "gone", "-D", "publish",
        "message-expiry-interval", "1");
    // The shortest expiry there is, and a little more.
    pause(Duration.ofMillis(1_300));
    List<String> again = new ArrayList<>(List.of(session));
    again.addAll(List.of("-C", "3", "-W", "2"));
    try (Command back = run("mosquitto_sub", plain(), List.of(), again.toArray(String[]::new))) {
      back.awaitExit(PATIENCE);
      assertThat(back.output()).contains("one", "two").doesNotContain("gone");
    }
  }

  @Test
  void sharesTheWork() {
    String filter = "$share/workers/jobs";
    try (Command one = subscriber(plain(), List.of(), "-V", "5", "-t", filter, "-q", "1");
        Command two = subscriber(plain(), List.of(), "-V", "5", "-t", filter, "-q", "1")) {
      for (int i = 0; i < 8; i++) {
        publish(plain(), List.of(), "-V", "5", "-t", "jobs", "-q", "1", "-m", "job " + i);
      }
      pause(Duration.ofMillis(300));
      List<String> jobs = new ArrayList<>();
      for (Command c : List.of(one, two)) {
        c.output().stream().filter(l -> l.startsWith("job ")).forEach(jobs::add);
      }
      assertThat(jobs).hasSize(8).doesNotHaveDuplicates();
    }
  }

  @Test
  void isPutOutByItsNamesakeAndToldSo() {
    try (Command first = subscriber(plain(), List.of(), "-V", "5", "-i", "twin", "-t", "x");
        Command second = subscriber(plain(), List.of(), "-V", "5", "-i", "twin", "-t", "x")) {
      first.awaitLine(l -> l.contains("DISCONNECT (142)") || l.contains("taken over"), PATIENCE);
      assertThat(second.output()).isNotEmpty();
    }
  }

  @Test
  void isDroppedWithinASecondWhenItsDeviceIsBlocked() {
    SERVER.password("thief", "caught in time");
    List<String> who = List.of("-u", "thief", "-P", "caught in time", "-i", "thief");
    try (Command sub = subscriber(tls(), who, "-V", "5", "-t", "devices/thief/#")) {
      SERVER.call("device.block", Json.object().put("id", "thief"));
      sub.awaitLine(l -> l.contains("DISCONNECT"), Duration.ofSeconds(1));
    }
    try (Command again = run("mosquitto_pub", tls(), who, "-t", "devices/thief/x", "-m", "x", "-q", "1")) {
      assertThat(again.awaitExit(PATIENCE)).isNotZero();
    }
  }

  private static void pause(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }
}

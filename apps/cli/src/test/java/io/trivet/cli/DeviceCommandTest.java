package io.trivet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.identity.OwnerOnly;
import io.trivet.identity.certificates.RawKeys;
import io.trivet.server.DataDirectory;
import io.trivet.server.ServerSetup;
import io.trivet.server.TrivetServer;
import io.trivet.server.config.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What people type and read, beside a server that runs and on the files of one that does not.
@NullMarked
class DeviceCommandTest {
  @TempDir private Path dir = Path.of("");

  private interface Steps {
    void take(Cli cli) throws IOException;
  }

  private void stopped(Steps steps) throws IOException {
    Path data = dir.resolve("stopped");
    DataDirectory.openOrCreate(data);
    steps.take(new Cli(data));
  }

  private void running(Steps steps) throws IOException {
    Path data = dir.resolve("running");
    try (TrivetServer server = TrivetServer.start(ServerSetup.in(data)
        .with(Option.LISTEN_MQTTS, "127.0.0.1:0").with(Option.LISTEN_PSK, "127.0.0.1:0"))) {
      assertThat(server.report().adminPassword()).isPresent();
      steps.take(new Cli(data));
    }
  }

  private void both(Steps steps) throws IOException {
    stopped(steps);
    running(steps);
  }

  @Test
  void showsPasswordOnceWithCommandsToPaste() throws IOException {
    stopped(cli -> assertThat(cli.ok("device", "add", "lamp-1")).isEqualTo("""
        Device lamp-1 was added.

        Password     PASSWORD   (shown once)

        Send, then receive:
          mosquitto_pub -V 5 -h localhost -p 8883 --cafile DATA/ca/ca.crt -u lamp-1 -P PASSWORD -i lamp-1 -q 1 -r -t devices/lamp-1/hello -m hello
          mosquitto_sub -V 5 -h localhost -p 8883 --cafile DATA/ca/ca.crt -u lamp-1 -P PASSWORD -i lamp-1 -q 1 -t 'devices/lamp-1/#' -C 1 -v
        """));
  }

  @Test
  void writesCertificateAndKeyForTheirOwnerAlone() throws IOException {
    both(cli -> {
      String said = cli.ok("device", "add", "lamp-1", "--cert", "--client-id", "prefix");
      assertThat(said.lines().limit(5)).containsExactly(
          "Device lamp-1 was added.",
          "",
          "Certificate  DATA/devices/lamp-1/lamp-1.crt",
          "Key          DATA/devices/lamp-1/lamp-1.key",
          "Authority    DATA/devices/lamp-1/ca.crt");
      assertThat(said).contains("--cafile DATA/devices/lamp-1/ca.crt --cert DATA/devices/lamp-1/lamp-1.crt "
          + "--key DATA/devices/lamp-1/lamp-1.key -i lamp-1-pub ").contains(" -i lamp-1-sub ");
      assertThat(OwnerOnly.exposure(cli.data().resolve("devices/lamp-1/lamp-1.key"))).isEmpty();
    });
  }

  @Test
  void writesCertificatesWhereAsked() throws IOException {
    both(cli -> {
      Path out = cli.data().resolveSibling(cli.data().getFileName() + " out");
      assertThat(cli.ok("device", "add", "lamp-1", "--cert", "--out", out.toString()))
          .contains("--cert '" + "DATA out/lamp-1.crt'");
      assertThat(out.resolve("lamp-1.key")).exists();
    });
  }

  @Test
  void namesThePortThatAServerChose() throws IOException {
    running(cli -> {
      String port = cli.ok("status").lines().filter(l -> l.contains(" psk ")).findFirst().orElseThrow()
          .replaceAll(".*127\\.0\\.0\\.1:(\\d+) .*", "$1");
      assertThat(cli.ok("device", "add", "lamp-1", "--psk"))
          .contains("-h 127.0.0.1 -p " + port + " --psk-identity lamp-1 --psk KEY -i lamp-1 ");
    });
  }

  @Test
  void saysThatNoListenerTakesPreSharedKeysYet() throws IOException {
    stopped(cli -> assertThat(cli.ok("device", "add", "lamp-1", "--psk")).isEqualTo("""
        Device lamp-1 was added.

        Identity     lamp-1
        Key          KEY   (shown once)

        No listener takes pre-shared keys yet: set listeners.psk, or start with 'trivet serve --psk *:8884'.
        """));
  }

  @Test
  void takesAPasswordFromAFileAndNeverPrintsIt() throws IOException {
    both(cli -> {
      Path file = cli.data().resolve("secret");
      Files.writeString(file, "correct horse\nnot this\n");
      assertThat(cli.ok("device", "add", "lamp-1", "--password-file", file.toString()))
          .isEqualTo("Device lamp-1 was added.\n");
      Files.writeString(file, "short\n");
      assertThat(cli.refused("device", "add", "lamp-2", "--password-file", file.toString()))
          .isEqualTo("trivet: the password has fewer than 8 characters");
      assertThat(cli.refused("device", "add", "lamp-2", "--password-file", file + ".not"))
          .isEqualTo("trivet: DATA/secret.not: no such file");
    });
  }

  @Test
  void listsShowsAndChanges() throws IOException {
    stopped(cli -> {
      cli.ok("device", "add", "lamp-1", "--cert", "--psk", "--attr", "ward=7", "--attr", "role=lamp", "--group",
          "lights,floor2");
      cli.ok("device", "add", "nurse", "--client-id", "any", "--outside-cert", "cn=nurse-1");
      assertThat(cli.ok("device", "list")).isEqualTo("""
          DEVICE  STATE   CLIENT-ID  GROUPS         ATTRIBUTES        CREDENTIALS
          lamp-1  active  same       lights,floor2  ward=7 role=lamp  psk,certificate
          nurse   active  any        -              -                 outside
          """);
      assertThat(cli.ok("device", "set", "lamp-1", "--attr", "ward=8", "--attr", "role=", "--group", ""))
          .isEqualTo("Device lamp-1 was changed.\n");
      assertThat(cli.ok("device", "block", "lamp-1")).isEqualTo(
          "Device lamp-1 is blocked; 'trivet device unblock lamp-1' lets it in again.\n");
      assertThat(cli.ok("device", "show", "lamp-1")).isEqualTo("""
          device       lamp-1
          state        blocked
          client-id    same
          groups      \s
          attributes   ward=8
          credential   psk lamp-1
          credential   certificate SERIAL until WHEN
          created      WHEN
          """);
      assertThat(cli.ok("device", "unblock", "lamp-1")).isEqualTo("Device lamp-1 may connect.\n");
      assertThat(cli.ok("device", "show", "lamp-1", "--json")).contains("\"state\" : \"active\"");
      assertThat(cli.ok("device", "remove", "lamp-1")).isEqualTo("Device lamp-1 was removed.\n");
      assertThat(cli.ok("device", "list", "--json")).contains("nurse").doesNotContain("lamp-1");
    });
  }

  @Test
  void replacesNoKeyUnaskedWhosePrivateHalfIsTheDevicesOwn() throws IOException {
    Path open = dir.resolve("own.pub");
    Files.writeString(open, RawKeys.pem(RawKeys.generate().getPublic()));
    both(cli -> {
      cli.ok("device", "add", "lamp-1", "--rpk-file", open.toString());
      String before = cli.run("device", "show", "lamp-1").out();
      assertThat(cli.refused("device", "rotate", "lamp-1")).contains("--rpk-file with the device's new public key");
      assertThat(cli.run("device", "show", "lamp-1").out()).isEqualTo(before);
      cli.ok("device", "rotate", "lamp-1", "--rpk");
      assertThat(cli.ok("device", "rotate", "lamp-1")).contains("Raw key"); // made here, so nothing is lost
    });
  }

  @Test
  void rotatesEveryCredentialUnlessOneIsNamed() throws IOException {
    both(cli -> {
      cli.ok("device", "add", "lamp-1", "--cert", "--password");
      String before = cli.run("device", "show", "lamp-1").out();
      assertThat(cli.ok("device", "rotate", "lamp-1"))
          .startsWith("Device lamp-1 has new credentials; the old ones are no longer taken.\n")
          .contains("Certificate  ", "Password     PASSWORD");
      assertThat(cli.run("device", "show", "lamp-1").out()).isNotEqualTo(before);
      assertThat(cli.data().resolve("ca/ca.crl")).exists();
      assertThat(cli.ok("device", "rotate", "lamp-1", "--password")).doesNotContain("Certificate");
    });
  }

  @Test
  void explainsWhatItRefuses() throws IOException {
    both(cli -> {
      cli.ok("device", "add", "lamp-1");
      assertThat(cli.refused("device", "add", "lamp-1")).isEqualTo(
          "trivet: device lamp-1 exists already: see 'trivet device set' and 'rotate'");
      assertThat(cli.refused("device", "add", "a/b")).isEqualTo("trivet: 'a/b' is no device id: give 1 to 128 letters, "
          + "digits or . _ : @ -, beginning with a letter or digit");
      assertThat(cli.refused("device", "block", "lamp-2")).isEqualTo(
          "trivet: there is no device lamp-2: see 'trivet device list'");
      assertThat(cli.refused("device", "set", "lamp-1")).isEqualTo(
          "trivet: nothing to change: give --attr, --group, --client-id or --outside-cert");
      assertThat(cli.refused("device", "set", "lamp-1", "--client-id", "some")).isEqualTo(
          "trivet: client-id = some: give same, prefix or any");
      assertThat(cli.refused("device", "set", "lamp-1", "--outside-cert", "x")).isEqualTo(
          "trivet: --outside-cert x: give FIELD=VALUE, such as cn=lamp-1");
      assertThat(cli.refused("device", "add", "lamp-3", "--out", "x")).isEqualTo(
          "trivet: --out says where --cert, --rpk, --oscore and --edhoc write: give one of them as well");
    });
  }

  @Test
  void saysWhereToLookWhenThereIsNoServer() throws IOException {
    assertThat(new Cli(dir.resolve("nothing")).refused("device", "list")).isEqualTo("trivet: DATA: holds no server's "
        + "data; start one with 'trivet serve --data DATA' or name another directory with --data");
    stopped(cli -> assertThat(cli.refused("status")).isEqualTo(
        "trivet: no server runs on this data directory: start it with 'trivet serve'"));
  }

  @Test
  void looksAfterARunningServer() throws IOException {
    running(cli -> {
      assertThat(cli.ok("status")).contains("mqtts ").containsPattern("connections +0\n").containsPattern("devices +1\n");
      assertThat(cli.ok("status", "--json")).contains("\"listeners\" : [");
      assertThat(cli.ok("metrics")).contains("# TYPE trivet_connects_accepted_total counter\n");
      assertThat(cli.ok("connections")).isEqualTo("CLIENT  DEVICE  SUBSCRIPTIONS  BACKLOG\n");
      assertThat(cli.refused("connections", "--kick", "lamp-1")).isEqualTo(
          "trivet: no client 'lamp-1' is connected: see 'trivet connections'");
      assertThat(cli.ok("reload")).startsWith("reloaded ");
      Files.writeString(cli.data().resolve("trivet.yaml"), "mqtt:\n  packet-bytes-max: 3\n");
      assertThat(cli.refused("reload")).isEqualTo("trivet: DATA/trivet.yaml: line 2, column 3: mqtt.packet-bytes-max = "
          + "3: give a value from 128 to 268435460; the server goes on as before");
      assertThat(cli.ok("stop")).isEqualTo("the server has stopped\n");
    });
  }

  @Test
  void takesAnOscoreContextThatWasMadeElsewhere() throws IOException {
    Path file = Files.writeString(dir.resolve("context.json"), """
        {"sender-id": "0a", "recipient-id": "0b", "id-context": "37cbf3210017a2d3", "aead": 10,
         "master-secret": "0102030405060708090a0b0c0d0e0f10", "master-salt": "9e7ca92223786340"}
        """);
    Path broken = Files.writeString(dir.resolve("broken.json"), "{\"sender-id\": \"0a\"}");
    Path unknown = Files.writeString(dir.resolve("unknown.json"), """
        {"sender-id": "0a", "recipient-id": "0b", "master-secret": "0102030405060708090a0b0c0d0e0f10", "secret": "x"}
        """);
    stopped(cli -> {
      assertThat(cli.ok("device", "add", "lamp-1", "--oscore-file", file.toString())).contains("lamp-1 was added");
      assertThat(cli.ok("device", "show", "lamp-1")).contains("OSCORE id 0a");
      assertThat(cli.refused("device", "add", "lamp-2", "--oscore-file", broken.toString()))
          .contains("the OSCORE context: recipient-id is missing");
      assertThat(cli.refused("device", "add", "lamp-2", "--oscore-file", unknown.toString()))
          .contains("unknown field 'secret'");
    });
  }
}

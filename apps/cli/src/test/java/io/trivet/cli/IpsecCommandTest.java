package io.trivet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.identity.OwnerOnly;
import io.trivet.identity.certificates.Pem;
import io.trivet.server.DataDirectory;
import io.trivet.server.ServerSetup;
import io.trivet.server.TrivetServer;
import io.trivet.server.config.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `trivet ipsec init` writes and says. That strongSwan takes it is shown in the lab.
@NullMarked
class IpsecCommandTest {
  @TempDir private Path dir = Path.of("");
  private Cli cli = new Cli(Path.of(""));

  @BeforeEach
  void start() {
    Path data = dir.resolve("data");
    DataDirectory.openOrCreate(data);
    cli = new Cli(data);
  }

  private String init(String... more) {
    return cli.ok(Stream.concat(Stream.of("ipsec", "init", "--server-address", "192.0.2.1"), Stream.of(more))
        .toArray(String[]::new));
  }

  private String refused(String... more) {
    return cli.refused(Stream.concat(Stream.of("ipsec", "init", "--server-address", "192.0.2.1"), Stream.of(more))
        .toArray(String[]::new));
  }

  private String file(String name) throws IOException {
    return Files.readString(cli.data().resolve("ipsec").resolve(name));
  }

  private List<String> files() throws IOException {
    Path root = cli.data().resolve("ipsec");
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile).map(f -> root.relativize(f).toString()).sorted().toList();
    }
  }

  @Test
  void writesBothSidesWithOneFreshKey() throws IOException {
    cli.ok("device", "add", "lamp-1", "--psk");
    assertThat(init()).isEqualTo("""
        IPsec for 1 device with the server at 192.0.2.1: IKEv2 with fresh pre-shared keys,
        ESP in transport mode for UDP 5683 and TCP 1883.

        On the server:
          cp -r DATA/ipsec/server/. /etc/swanctl/ && swanctl --load-all

        On lamp-1, after copying DATA/ipsec/devices/trivet-lamp-1 there by a way that keeps it secret:
          cp -r trivet-lamp-1/. /etc/swanctl/ && swanctl --load-all

        Then delete the copies that are not in /etc/swanctl: they hold the keys.
        A listener with 'require: ipsec' takes what ESP protected and nothing else;
        DATA/ipsec/trivet.nft is the firewall's rule to the same end.
        """);
    String server = file("server/conf.d/trivet-lamp-1.conf");
    String device = file("devices/trivet-lamp-1/conf.d/trivet-lamp-1.conf");
    String secret = secret(server);
    assertThat(secret).matches("[0-9a-f]{64}").isEqualTo(secret(device));
    assertThat(server.replace(secret, "SECRET")).isEqualTo("""
        connections {
          trivet-lamp-1 {
            version = 2
            proposals = aes256gcm16-prfsha384-ecp384,aes128gcm16-prfsha256-x25519
            remote_addrs = %any
            unique = replace
            rekey_time = 4h
            dpd_delay = 30s
            local {
              auth = psk
              id = "keyid:trivet-server"
            }
            remote {
              auth = psk
              id = "keyid:lamp-1"
            }
            children {
              trivet-lamp-1 {
                mode = transport
                esp_proposals = aes256gcm16-ecp384,aes128gcm16-x25519
                local_ts = dynamic[udp/5683],dynamic[tcp/1883]
                remote_ts = dynamic
                rekey_time = 1h
                dpd_action = clear
              }
            }
          }
        }
        secrets {
          ike-trivet-lamp-1 {
            id-1 = "keyid:trivet-server"
            id-2 = "keyid:lamp-1"
            secret = 0xSECRET
          }
        }
        """);
    assertThat(device).contains("remote_addrs = 192.0.2.1\n", "start_action = trap\n", "local_ts = dynamic\n",
        "remote_ts = dynamic[udp/5683],dynamic[tcp/1883]\n");
  }

  private static String secret(String config) {
    return config.replaceAll("(?s).*secret = 0x([0-9a-f]+).*", "$1");
  }

  @Test
  void closesTheServersPortsToWhatIsInTheClear() throws IOException {
    cli.ok("device", "add", "lamp-1");
    init();
    assertThat(file("server/conf.d/trivet-guard.conf")).isEqualTo("""
        connections {
          trivet-guard {
            remote_addrs = 127.0.0.1
            children {
              trivet-guard {
                mode = drop
                local_ts = 0.0.0.0/0[udp/5683],::/0[udp/5683],0.0.0.0/0[tcp/1883],::/0[tcp/1883]
                remote_ts = 0.0.0.0/0,::/0
                start_action = trap
              }
            }
          }
        }
        """);
  }

  @Test
  void usesTheKeyOfNoOtherProtocol() throws IOException {
    String key = cli.run("device", "add", "lamp-1", "--psk").out().replaceAll("(?s).*Key +([0-9a-f]{64}).*", "$1");
    init();
    assertThat(key).matches("[0-9a-f]{64}");
    assertThat(file("server/conf.d/trivet-lamp-1.conf")).doesNotContain(key);
  }

  @Test
  void keepsAllForTheOwnerAlone() throws IOException {
    cli.ok("device", "add", "lamp-1");
    init("--certificate");
    for (String f : files()) {
      Path file = cli.data().resolve("ipsec").resolve(f);
      assertThat(OwnerOnly.exposure(file)).as(f).isEmpty();
      assertThat(OwnerOnly.exposure(file.resolveSibling("."))).as("directory of " + f).isEmpty();
    }
  }

  @Test
  void givesEachSideItsKeyAndTheOthersCertificate() throws IOException {
    cli.ok("device", "add", "lamp-1");
    assertThat(init("--certificate")).contains("IKEv2 with certificates");
    assertThat(files()).containsExactly(
        "devices/trivet-lamp-1/conf.d/trivet-lamp-1.conf",
        "devices/trivet-lamp-1/private/trivet-lamp-1.key",
        "devices/trivet-lamp-1/x509/trivet-lamp-1.crt",
        "devices/trivet-lamp-1/x509/trivet-server.crt",
        "server/conf.d/trivet-guard.conf",
        "server/conf.d/trivet-lamp-1.conf",
        "server/private/trivet-server.key",
        "server/x509/trivet-lamp-1.crt",
        "server/x509/trivet-server.crt",
        "trivet.nft");
    assertThat(file("server/conf.d/trivet-lamp-1.conf")).doesNotContain("secrets")
        .contains("id = \"CN=trivet ipsec server\"\n      certs = trivet-server.crt",
            "id = \"CN=lamp-1\"\n      certs = trivet-lamp-1.crt");
    assertThat(Pem.certificates(cli.data().resolve("ipsec/server/x509/trivet-lamp-1.crt")).getFirst()
        .getSubjectX500Principal().getName()).isEqualTo("CN=lamp-1");
    assertThat(cli.ok("device", "show", "lamp-1")).as("opens no connection over TLS").doesNotContain("certificate");
  }

  @Test
  void overwritesNothingUntilForced() throws IOException {
    cli.ok("device", "add", "lamp-1");
    init();
    String before = file("server/conf.d/trivet-lamp-1.conf");
    assertThat(refused()).isEqualTo("trivet: DATA/ipsec/server/conf.d/trivet-lamp-1.conf is there already: --force "
        + "makes new keys for it, --device names the devices that are new, --out another directory");
    assertThat(file("server/conf.d/trivet-lamp-1.conf")).isEqualTo(before);
    init("--force");
    assertThat(file("server/conf.d/trivet-lamp-1.conf")).isNotEqualTo(before);
  }

  @Test
  void addsADeviceAndLeavesTheOthersAlone() throws IOException {
    cli.ok("device", "add", "lamp-1");
    init("--certificate");
    String before = file("server/conf.d/trivet-lamp-1.conf");
    String server = file("server/x509/trivet-server.crt");
    cli.ok("device", "add", "lamp-2");
    assertThat(init("--certificate", "--device", "lamp-2")).contains("IPsec for 1 device ");
    assertThat(file("server/conf.d/trivet-lamp-1.conf")).isEqualTo(before);
    assertThat(file("server/x509/trivet-server.crt")).isEqualTo(server);
    assertThat(file("devices/trivet-lamp-2/x509/trivet-server.crt")).isEqualTo(server);
    init("--certificate", "--force", "--device", "lamp-2");
    assertThat(file("server/x509/trivet-server.crt")).as("lamp-1 pins it").isEqualTo(server);
    init("--certificate", "--force");
    assertThat(file("server/x509/trivet-server.crt")).isNotEqualTo(server);
  }

  @Test
  void writesForWhatTheOtherEndCanDo() throws IOException {
    cli.ok("device", "add", "lamp-1");
    init("--tunnel", "--strongswan", "6.0.1", "--coap-port", "5685", "--mqtt-port", "1884");
    assertThat(file("devices/trivet-lamp-1/conf.d/trivet-lamp-1.conf"))
        .contains("proposals = aes256gcm16-prfsha384-x25519-ke1_mlkem768,aes256gcm16-prfsha384-ecp384,",
            "esp_proposals = aes256gcm16-x25519-ke1_mlkem768,aes256gcm16-ecp384,", "mode = tunnel\n",
            "start_action = trap|start\n", "dynamic[udp/5685],dynamic[tcp/1884]");
  }

  @Test
  void namesSectionsSoThatStrongSwanReadsThem() throws IOException {
    cli.ok("device", "add", "a.b");
    cli.ok("device", "add", "a:b@c");
    init();
    assertThat(files()).filteredOn(f -> f.startsWith("server/conf.d/trivet-a")).containsExactly(
        "server/conf.d/trivet-a_b--1eef715d.conf", "server/conf.d/trivet-a_b_c--9277d18c.conf");
    assertThat(file("server/conf.d/trivet-a_b--1eef715d.conf"))
        .contains("id = \"keyid:a.b\"", "  trivet-a_b--1eef715d {");
  }

  @Test
  void asksTheServerThatRuns() throws IOException {
    Path data = dir.resolve("running");
    try (TrivetServer server = TrivetServer.start(ServerSetup.in(data).with(Option.LISTEN_MQTTS, "127.0.0.1:0"))) {
      assertThat(server.report().adminPassword()).isPresent();
      cli = new Cli(data);
      cli.ok("device", "add", "lamp-1");
      init("--certificate", "--device", "lamp-1");
      assertThat(files()).contains("server/x509/trivet-lamp-1.crt");
    }
  }

  @Test
  void saysWhatItCannotDo() {
    assertThat(refused()).isEqualTo(
        "trivet: there is no device to write configuration for: see 'trivet device add'");
    cli.ok("device", "add", "lamp-1");
    cli.ok("device", "block", "lamp-1");
    assertThat(refused("--device", "lamp-1")).isEqualTo(
        "trivet: there is no device lamp-1 that may connect: see 'trivet device list'");
    assertThat(refused("--psk", "--certificate")).isEqualTo("trivet: --psk and --certificate: give one of them");
    assertThat(refused("--strongswan", "4.6")).isEqualTo(
        "trivet: strongSwan 4.6: give the version that will read the files, 5.9 or 6.0");
    assertThat(refused("--coap-port", "0")).isEqualTo("trivet: --coap-port 0: give a port from 1 to 65535");
    assertThat(cli.refused("ipsec", "init", "--server-address", "[::1]:5683")).isEqualTo("trivet: '[::1]:5683' is no "
        + "address for devices to find the server at: give a name or an IP address, without port or brackets");
    String longest = "l".repeat(65);
    cli.ok("device", "add", longest);
    assertThat(refused("--certificate")).isEqualTo("trivet: device " + longest + ": its name has more than 64 "
        + "characters, which is all a certificate's common name holds (RFC 5280, A.1): give it --psk");
    assertThat(cli.data().resolve("ipsec")).doesNotExist();
  }
}

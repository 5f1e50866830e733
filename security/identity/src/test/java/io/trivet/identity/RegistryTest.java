package io.trivet.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path dir;

  private Path file = Path.of("devices.json");

  @BeforeEach
  void place() {
    file = dir.resolve("devices.json");
  }

  private static Device full(String id) {
    TestRandomness r = new TestRandomness(id.hashCode());
    SecretBytes password = SecretBytes.utf8("secret of " + id);
    return Device.of(new DeviceId(id), 1_000)
        .withAttribute("ward", "7").withAttribute("role", "nurse").withGroups(Set.of("operators", "night"))
        .withClientIds(ClientIdRule.PREFIX)
        .with(new Credential.Password(
            Passwords.hash(password, r), Scram.verifier(password, Bytes.wrap(new byte[16]), 4_096)))
        .with(new Credential.IssuedCertificate("0123456789abcdef" + Integer.toHexString(id.hashCode()),
            Bytes.wrap(new byte[32]), 5_000))
        .with(new Credential.OutsideCertificate(Credential.OutsideCertificate.Field.DNS, id + ".example"))
        .with(new Credential.PreSharedKey("psk-" + id, SecretBytes.copyOf(new byte[32])));
  }

  private static Device psk(String id) {
    return Device.of(new DeviceId(id), 1_000)
        .with(new Credential.PreSharedKey("psk-" + id, SecretBytes.copyOf(new byte[16])));
  }

  @Test
  void keepsEverythingOfADevice() throws IOException {
    Registry r = Registry.open(file);
    Device d = r.add(full("lamp-1"));

    Registry again = Registry.open(file);

    assertThat(again.all()).containsExactly(d);
    assertThat(again.findByPskIdentity("psk-lamp-1")).contains(d);
    assertThat(again.findByOutside(Credential.OutsideCertificate.Field.DNS, "lamp-1.example")).contains(d);
    assertThat(again.preSharedKey("psk-lamp-1").orElseThrow().length()).isEqualTo(32);
    assertThat(again.preSharedKey("psk-lamp-2")).isEmpty();
  }

  @Test
  void isReadableByItsOwnerOnlyAndRefusesToBeReadWhereItIsNot() throws IOException {
    Registry.open(file).add(psk("a"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    try (var left = Files.list(dir)) {
      assertThat(left).containsExactly(file); // no temporary file stays behind
    }

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    assertThatThrownBy(() -> Registry.open(file)).isInstanceOf(IOException.class).hasMessageContaining("chmod 600");
  }

  @Test
  void tellsListenersOfEachChangeAfterItIsOnDisk() throws IOException {
    Registry r = Registry.open(file);
    List<String> heard = new ArrayList<>();
    r.listen((id, before, after) -> {
      try {
        heard.add(id + " " + before.map(Device::state) + " " + after.map(Device::state) + " on disk "
            + Registry.open(file).find(id).equals(after));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    });
    DeviceId a = new DeviceId("a");
    long g = r.generation();

    r.add(psk("a"));
    r.update(a, d -> d.withState(Device.State.BLOCKED));
    assertThat(r.preSharedKey("psk-a")).isEmpty();
    r.remove(a);

    assertThat(heard).containsExactly(
        "a Optional.empty Optional[ACTIVE] on disk true",
        "a Optional[ACTIVE] Optional[BLOCKED] on disk true",
        "a Optional[BLOCKED] Optional.empty on disk true");
    assertThat(r.generation()).isEqualTo(g + 3);
  }

  @Test
  void tellsEveryListenerAlthoughOneFails() throws IOException {
    Registry r = Registry.open(file);
    List<DeviceId> heard = new ArrayList<>();
    r.listen((_, _, _) -> {
      throw new IllegalStateException("first");
    });
    r.listen((id, _, _) -> heard.add(id));

    assertThatThrownBy(() -> r.add(psk("a"))).hasMessage("first");

    assertThat(heard).containsExactly(new DeviceId("a"));
    assertThat(r.size()).isEqualTo(1);
  }

  @Test
  void reloadTellsOnlyOfWhatDiffers() throws IOException {
    Registry r = Registry.open(file);
    r.add(full("a"));
    r.add(psk("b"));
    r.add(psk("c"));
    List<String> heard = new ArrayList<>();
    r.listen((id, _, after) -> heard.add(id + (after.isPresent() ? "" : " gone")));

    r.reload();
    assertThat(heard).isEmpty();

    Registry other = Registry.open(file);
    other.update(new DeviceId("b"), d -> d.withState(Device.State.BLOCKED));
    other.remove(new DeviceId("c"));
    other.add(psk("d"));
    r.reload();

    assertThat(heard).containsExactly("b", "c gone", "d");
  }

  @Test
  void anEditByHandGetsARevisionOfItsOwn() throws IOException {
    Registry r = Registry.open(file);
    Device before = r.add(full("a"));
    Files.writeString(file, Files.readString(file).replace("\"ward\" : \"7\"", "\"ward\" : \"8\""));

    r.reload();

    Device after = r.find(before.id()).orElseThrow();
    assertThat(after.attributes()).containsEntry("ward", "8");
    assertThat(after.revision()).isGreaterThan(before.revision());
  }

  @Test
  void theRevisionGrowsWhateverAChangeDoesToIt() throws IOException {
    Registry r = Registry.open(file);
    Device a = r.add(psk("a"));
    Device b = r.update(a.id(), d -> d.revised(1));
    assertThat(b.revision()).isEqualTo(a.revision() + 1);
  }

  @Test
  void refusesTheSameDeviceOrCredentialTwiceAndStaysAsItWas() throws IOException {
    Registry r = Registry.open(file);
    r.add(psk("a"));
    byte[] before = Files.readAllBytes(file);

    assertThatThrownBy(() -> r.add(psk("a"))).hasMessageContaining("exists already");
    assertThatThrownBy(() -> r.add(Device.of(new DeviceId("b"), 1)
            .with(new Credential.PreSharedKey("psk-a", SecretBytes.copyOf(new byte[16])))))
        .hasMessageContaining("b and a have the same credential");
    assertThatThrownBy(() -> r.remove(new DeviceId("b"))).hasMessageContaining("no device b");
    assertThatThrownBy(() -> r.update(new DeviceId("a"), _ -> psk("z"))).hasMessageContaining("made it z");

    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    assertThat(r.size()).isEqualTo(1);
  }

  @Test
  void holdsTenThousandDevices() throws IOException {
    Registry r = Registry.open(file);
    List<Device> fleet = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      fleet.add(psk("device-" + i).withAttribute("ward", "w" + i % 50));
    }
    r.addAll(fleet);

    long start = System.nanoTime();
    Registry again = Registry.open(file);
    again.update(new DeviceId("device-77"), d -> d.withState(Device.State.BLOCKED));
    long millis = (System.nanoTime() - start) / 1_000_000;

    assertThat(again.size()).isEqualTo(10_000);
    assertThat(again.find(new DeviceId("device-9999"))).isPresent();
    assertThat(millis).as("milliseconds to load and to change one").isLessThan(10_000);
  }

  private static String entry(String changed, String by) {
    String good = """
        {"version": 1, "devices": [
          {"id": "ok", "state": "active", "client-id": "same", "attributes": {}, "groups": [],
           "credentials": [], "revision": 1, "created": 1},
          {"id": "a", "state": "active", "client-id": "same", "attributes": {"ward": "7"}, "groups": ["g"],
           "credentials": [{"type": "psk", "identity": "a", "key": "AAAAAAAAAAAAAAAAAAAAAA=="}],
           "revision": 1, "created": 1}
        ]}
        """;
    assertThat(good).contains(changed);
    return good.replace(changed, by);
  }

  @Test
  void saysWhereAFileIsWrong() throws IOException {
    assertThat(RegistryFile.read(bytes(entry("", "")))).hasSize(2);
    refuses(entry("\"id\": \"a\"", "\"id\": \"a/b\""), "line 4, devices[1] (a/b): 'a/b' is no device id");
    refuses(entry("\"id\": \"a\", \"state\": \"active\"", "\"id\": \"a\", \"state\": \"asleep\""),
        "line 4, devices[1] (a): state = asleep: give one of active, blocked");
    refuses(entry("{\"ward\": \"7\"}", "{\"ward\": 7}"), "ward: a text is missing");
    refuses(entry("[\"g\"]", "[{}]"), "groups: give texts");
    refuses(entry("\"psk\"", "\"retina\""), "credentials[0]: credential of type retina");
    refuses(entry("AAAAAAAAAAAAAAAAAAAAAA==", "AAAA"), "credentials[0]: a pre-shared key of 3 bytes: give 16 to 64");
    refuses(entry("AAAAAAAAAAAAAAAAAAAAAA==", "*"), "credentials[0]: key:");
    refuses(entry("\"identity\"", "\"identiy\": \"a\", \"identity\""), "unknown field 'identiy'");
    refuses(entry("\"version\": 1", "\"version\": 2"), "format version 2, this server reads 1");
    refuses(entry("\"version\": 1", "\"version\": 1, \"versoin\": 1"), "unknown field 'versoin'");
    refuses(entry("]}\n", "]\n"), "line 8");
    refuses(entry("]}\n", "]} {}\n"), "railing token");
    refuses("", "format version none");
    refuses("[".repeat(1_000), "nesting depth");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void refuses(String content, String why) {
    assertThatThrownBy(() -> RegistryFile.read(bytes(content)))
        .isInstanceOf(IOException.class).hasMessageContaining(why);
  }

  @Test
  void aFileNamedTwiceIsNotHalfRead() throws IOException {
    OwnerOnly.write(file, bytes(entry("\"id\": \"a\"", "\"id\": \"ok\"")));
    assertThatThrownBy(() -> Registry.open(file)).hasMessageContaining("devices.json").hasMessageContaining("twice");
  }

  @Test
  void refusesIdsThatCouldWidenATopic() {
    for (String bad : new String[] {"", "a/b", "a+", "#", "$a", "a b", "a\n", "-a", "ä", "a".repeat(129)}) {
      assertThatThrownBy(() -> new DeviceId(bad)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(new DeviceId("urn:dev@ops_1.x-2").text()).isEqualTo("urn:dev@ops_1.x-2");
  }
}

package io.trivet.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.abe.Decapsulated;
import io.trivet.abe.Encapsulation;
import io.trivet.abe.Kind;
import io.trivet.abe.PublicKey;
import io.trivet.abe.PublicParameters;
import io.trivet.abe.ReaderKey;
import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With the real encryption, through files: from the authority to a device that reads.
class AuthorityTest {
  private static final byte[] CONTEXT = "ward/7/pulse".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path temp = Path.of("");

  private Path dir() {
    return temp.resolve("authority");
  }

  private static SecretBytes passphrase() {
    return SecretBytes.utf8(House.PASSPHRASE);
  }

  private Parameters init(Kind kind) throws IOException {
    return Authority.init(
        dir(), kind, new Guard.Passphrase(passphrase()), House.RANDOM::nextBytes, InstantSource.system());
  }

  private Authority open() throws IOException {
    return Authority.open(dir(), new Opener.Passphrase(passphrase()), House.RANDOM::nextBytes, InstantSource.system());
  }

  private ReaderKey fetched(String device, DeviceKey with) throws IOException {
    if (!(Shelf.open(dir()).key(device) instanceof Shelf.Found.Key found)) {
      throw new AssertionError("a key");
    }
    KeyFile file = SealedKey.read(found.sealed().toArray()).orThrow().open(with).orThrow();
    PublicKey authority = PublicKey.decode(file.publicKey().toArray()).orThrow();
    return file.readerKey().expose(k -> ReaderKey.decode(k, authority)).orThrow();
  }

  private static boolean reads(ReaderKey key, Encapsulation e) {
    return key.decapsulate(e.ciphertext(), CONTEXT) instanceof Decapsulated.Opened(byte[] secret)
        && Bytes.wrap(secret).equals(Bytes.wrap(e.secret()));
  }

  @Test
  void shutsARevokedReaderOutFromTheNextEpochOn() throws IOException {
    Parameters p = init(Kind.CIPHERTEXT_POLICY);
    PublicKey sender = PublicKey.decode(p.publicKey().toArray()).orThrow();
    try (DeviceKey nurseKey = DeviceKey.generate(Suite.X25519, House.RANDOM::nextBytes);
        DeviceKey doctorKey = DeviceKey.generate(Suite.P256, House.RANDOM::nextBytes);
        Authority a = open()) {
      House.issue(a, House.request("nurse", "role:nurse, ward:7", nurseKey),
          House.request("doctor", "role:doctor", doctorKey));
      String policy = "(role:nurse and ward:7 or role:doctor) and ";
      Encapsulation first = sender.encapsulate(policy + PublicParameters.attribute(1), CONTEXT).orThrow();
      ReaderKey nurse = fetched("nurse", nurseKey);
      ReaderKey doctor = fetched("doctor", doctorKey);
      assertThat(reads(nurse, first)).isTrue();
      assertThat(reads(doctor, first)).isTrue();

      a.revoke(List.of("nurse"));
      assertThat(reads(nurse, first)).as("until the epoch ends").isTrue();
      List<Integer> progress = new ArrayList<>();
      assertThat(a.rotate((done, of) -> progress.add(done * 10 + of))).isEqualTo(2);
      assertThat(progress).containsExactly(11);

      Encapsulation second = sender.encapsulate(policy + PublicParameters.attribute(2), CONTEXT).orThrow();
      assertThat(reads(nurse, second)).isFalse();
      assertThat(Shelf.open(dir()).key("nurse")).isEqualTo(new Shelf.Found.Revoked());
      assertThat(reads(doctor, second)).as("with the key of the epoch before").isFalse();
      assertThat(reads(fetched("doctor", doctorKey), second)).isTrue();
    }
  }

  @Test
  void putsPoliciesIntoKeysOfTheOtherKind() throws IOException {
    PublicKey sender = PublicKey.decode(init(Kind.KEY_POLICY).publicKey().toArray()).orThrow();
    try (DeviceKey key = DeviceKey.generate(Suite.X25519, House.RANDOM::nextBytes);
        Authority a = open()) {
      House.issue(a, House.request("heater", "room:3 or room:4", key));
      ReaderKey heater = fetched("heater", key);
      assertThat(reads(heater, sender.encapsulate("room:4, " + PublicParameters.attribute(1), CONTEXT).orThrow())).isTrue();
      assertThat(reads(heater, sender.encapsulate("room:5, " + PublicParameters.attribute(1), CONTEXT).orThrow())).isFalse();
      assertThat(reads(heater, sender.encapsulate("room:3, room:4, " + PublicParameters.attribute(2), CONTEXT).orThrow())).isFalse();
    }
  }

  /// Text that is glued on must not be able to change what stands before it.
  @Test
  void letsNoScopeReachTheEpoch() throws IOException {
    init(Kind.KEY_POLICY);
    try (DeviceKey key = DeviceKey.generate(Suite.X25519, House.RANDOM::nextBytes);
        Authority a = open()) {
      for (String scope : List.of("a) or (b", "epoch:1", "a or \"epoch:9\"", "epoch >= 0", "", "a,b")) {
        assertThatThrownBy(() -> House.issue(a, House.request("lamp-1", scope, key)))
            .as(scope).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("lamp-1: ");
      }
      assertThat(a.subjects()).isEmpty();
      assertThat(a.head().lines()).isEqualTo(1);
      House.issue(a, House.request("lamp-1", "epoch-making:1 or myepoch", key));
    }
  }

  @Test
  void issuesForAllOrForNone() throws IOException {
    init(Kind.CIPHERTEXT_POLICY);
    try (DeviceKey key = DeviceKey.generate(Suite.X25519, House.RANDOM::nextBytes);
        Authority a = open()) {
      assertThatThrownBy(() -> House.issue(a, House.request("lamp-1", "ward:7", key), House.request("lamp-2", "ward:", key),
          House.request("lamp-3", "ward 7", key))).hasMessageStartingWith("lamp-3: ");
      assertThatThrownBy(() -> House.issue(a, House.request("lamp-1", "x", key), House.request("lamp-1", "y", key)))
          .hasMessage("lamp-1: stands there twice");
      assertThatThrownBy(() -> a.issue(List.of(new Authority.Request("lamp-1", "x", Optional.empty())), false,
          (_, _) -> {})).hasMessageContaining("has no public key here yet");
      assertThatThrownBy(() -> House.issue(a, House.request("../lamp", "x", key)))
          .hasMessageStartingWith("'../lamp' is no device id");
      assertThatThrownBy(() -> a.revoke(List.of("lamp-1"))).hasMessageStartingWith("lamp-1: no key was issued to it");
      assertThat(a.subjects()).isEmpty();
      assertThat(dir().resolve("keys")).isEmptyDirectory();
    }
  }

  @Test
  void takesARevokedDeviceBackOnlyWhenToldTo() throws IOException {
    House house = new House(dir()).founded();
    try (DeviceKey key = DeviceKey.generate(Suite.X25519, House.RANDOM::nextBytes);
        Authority a = house.open()) {
      House.issue(a, House.request("lamp-1", "ward:7", key));
      a.revoke(List.of("lamp-1"));
      assertThatThrownBy(() -> a.revoke(List.of("lamp-1"))).hasMessage("lamp-1: was revoked already, in epoch 1");
      assertThatThrownBy(() -> House.issue(a, House.request("lamp-1", "ward:7", key)))
          .hasMessage("lamp-1: was revoked in epoch 1; to trust it again say so with --reinstate");
      a.issue(List.of(House.request("lamp-1", "ward:7", key)), true, (_, _) -> {});
      assertThat(a.find("lamp-1").orElseThrow().isRevoked()).isFalse();
    }
  }

  @Test
  void opensForTheRightPassphraseAlone() throws IOException {
    new House(dir()).founded();
    try (SecretBytes wrong = SecretBytes.utf8("correct horse batterz")) {
      assertThatThrownBy(() -> Authority.open(
          dir(), new Opener.Passphrase(wrong), House.RANDOM::nextBytes, InstantSource.system()))
          .isInstanceOf(AuthorityException.class).hasMessage("the passphrase is wrong, or the file was changed");
    }
    try (SecretBytes pin = SecretBytes.utf8("1234")) {
      assertThatThrownBy(() -> Authority.open(
          dir(), new Opener.Pin(pin), House.RANDOM::nextBytes, InstantSource.system()))
          .hasMessage("the master key is guarded by a passphrase, not by a token");
    }
    try (Authority a = new House(dir()).open()) {
      assertThat(a.epoch()).isEqualTo(1); // a refused opening leaves no lock behind
    }
  }

  @Test
  void takesNoPassphraseThatIsSoonGuessed() {
    assertThatThrownBy(() -> new Guard.Passphrase(SecretBytes.utf8("short")))
        .hasMessageStartingWith("a passphrase of 5 bytes: give 12 to 1024");
    assertThatThrownBy(() -> new Guard.Passphrase(SecretBytes.utf8(""))).hasMessageStartingWith("a passphrase of 0 bytes");
  }

  @Test
  void keepsOthersOutWhileItIsOpen() throws IOException {
    House house = new House(dir()).founded();
    try (Authority a = house.open()) {
      assertThat(a.epoch()).isEqualTo(1);
      assertThatThrownBy(house::open).hasMessageContaining("held by another command of the authority");
    }
  }

  @Test
  void neverReplacesAnAuthority() throws IOException {
    House house = new House(dir()).founded();
    byte[] before = Files.readAllBytes(dir().resolve("master.key"));
    assertThatThrownBy(house::founded).hasMessageContaining("is not empty; give another directory with --dir");
    assertThat(Files.readAllBytes(dir().resolve("master.key"))).isEqualTo(before);
  }

  @Test
  void isItsOwnersAlone() throws IOException {
    House house = new House(dir()).founded();
    try (DeviceKey key = DeviceKey.generate(Suite.X25519, House.RANDOM::nextBytes);
        Authority a = house.open()) {
      House.issue(a, House.request("lamp-1", "ward:7", key));
    }
    try (Stream<Path> all = Files.walk(dir())) {
      for (Path p : all.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(p))).as(p.toString())
            .isEqualTo(Files.isDirectory(p) ? "rwx------" : "rw-------");
      }
    }
    Files.setPosixFilePermissions(dir().resolve("master.key"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(house::open).hasMessageContaining("master.key can be read by others (rw-r--r--): chmod 600");
    Files.setPosixFilePermissions(dir(), PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThatThrownBy(house::open).hasMessageContaining("can be read by others (rwxr-xr-x): chmod 700");
  }

  @Test
  void namesTheFileThatIsCorrupted() throws IOException {
    for (String name : List.of("master.key", "parameters.cbor", "ledger.cbor")) {
      House house = new House(temp.resolve("broken " + name)).founded();
      Path file = house.dir().resolve(name);
      byte[] content = Files.readAllBytes(file);
      for (int i = 0; i < content.length; i += 1 + content.length / 60) {
        byte[] changed = content.clone();
        changed[i] ^= 0x10;
        Files.write(file, changed);
        assertThatThrownBy(house::open).as("%s, byte %d", name, i).isInstanceOf(AuthorityException.class)
            .satisfies(e -> assertThat(e.getMessage()).matches("(?s).*(" + name + "|passphrase is wrong|parameters).*"));
      }
      Files.delete(file);
      assertThatThrownBy(house::open).isInstanceOf(AuthorityException.class);
    }
  }

  @Test
  void tellsAnAuthoritysFilesFromAnothers() throws IOException {
    House one = new House(temp.resolve("one")).founded();
    House two = new House(temp.resolve("two")).founded();
    Files.copy(two.dir().resolve("ledger.cbor"), one.dir().resolve("ledger.cbor"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(one::open).hasMessageContaining("its signature is not this authority's");
  }

  @Test
  void exportsTheMasterKeyUnderAnotherPassphraseAndSaysSo() throws IOException {
    House house = new House(dir()).founded();
    try (Authority a = house.open(); SecretBytes other = SecretBytes.utf8("another passphrase")) {
      byte[] before = Files.readAllBytes(dir().resolve("master.key"));
      Bytes copy = a.exportMaster(new Guard.Passphrase(other), "master key to a safe");
      List<LogEntry> lines = new ArrayList<>();
      assertThat(Shelf.open(dir()).check(lines::add)).isInstanceOf(LogCheck.Sound.class);
      assertThat(lines.getLast().what()).isEqualTo(LogEntry.What.EXPORT);
      assertThat(lines.getLast().note()).isEqualTo("master key to a safe");
      Files.write(dir().resolve("master.key"), copy.toArray());
      assertThat(copy.toArray()).isNotEqualTo(before);
    }
    assertThatThrownBy(house::open).hasMessage("the passphrase is wrong, or the file was changed");
    try (SecretBytes other = SecretBytes.utf8("another passphrase");
        Authority a = Authority.open(house.layout(new OwnedDisk()), new Opener.Passphrase(other), new PlainScheme(),
            House.RANDOM::nextBytes, InstantSource.system())) {
      assertThat(a.epoch()).isEqualTo(1);
    }
  }

  @Test
  void noticesASealedKeyThatWasChangedOrLost() throws IOException {
    House house = new House(dir()).founded();
    try (DeviceKey key = DeviceKey.generate(Suite.X25519, House.RANDOM::nextBytes);
        Authority a = house.open()) {
      Path file = House.issue(a, House.request("lamp-1", "ward:7", key)).getFirst().file();
      Shelf shelf = Shelf.open(dir());
      byte[] content = Files.readAllBytes(file);
      content[content.length - 1] ^= 1;
      Files.write(file, content);
      assertThatThrownBy(() -> shelf.key("lamp-1")).hasMessageContaining("was changed since it was issued");
      Files.delete(file);
      assertThatThrownBy(() -> shelf.key("lamp-1")).hasMessageContaining("is missing");
      House.issue(a, House.request("lamp-1", "ward:7", key));
      assertThat(shelf.key("lamp-1")).isInstanceOf(Shelf.Found.Key.class);
    }
  }

  @Test
  void leavesNoKeyBehindWhereOneIsRefusedLate() throws IOException {
    House house = new House(dir()).founded();
    try (DeviceKey key = DeviceKey.generate(Suite.X25519, House.RANDOM::nextBytes);
        Authority a = house.open()) {
      assertThatThrownBy(() -> House.issue(a, House.request("lamp-1", "ward:7", key),
          House.request("lamp-2", "refuse-me", key))).hasMessage("lamp-2: refused");
      assertThat(a.subjects()).isEmpty();
      assertThat(a.head().lines()).isEqualTo(1);
    }
    try (Authority a = house.open()) {
      assertThat(dir().resolve("keys")).isEmptyDirectory();
      assertThat(a.head().lines()).isEqualTo(1);
    }
  }
}

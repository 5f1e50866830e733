package io.trivet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.abe.Decapsulated;
import io.trivet.abe.Encapsulation;
import io.trivet.abe.PublicParameters;
import io.trivet.abe.ReaderKey;
import io.trivet.authority.KeyFile;
import io.trivet.base.SecretBytes;
import io.trivet.identity.OwnerOnly;
import io.trivet.server.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What people type and read at the authority, and at a device that gets its keys from it.
@NullMarked
class AuthorityCommandTest {
  @TempDir private Path home = Path.of("");
  private AuthorityCli cli = new AuthorityCli(Path.of(""));

  @BeforeEach
  void at() {
    cli = new AuthorityCli(home);
  }

  private void deviceKey(String device) {
    cli.ok("device-key", device, "--out", home.toString());
  }

  private void founded() throws IOException {
    cli.keyed("init");
  }

  private String pub(String device) {
    return home.resolve(device + ".pub").toString();
  }

  private Path key(String device) {
    return home.resolve(device + ".abe");
  }

  private String opened(String device, int number) {
    return cli.ok("open", cli.dir().resolve("keys").resolve(device + "." + number + ".abe.sealed").toString(),
        "--device-key", home.resolve(device + ".device-key").toString(), "--out", key(device).toString());
  }

  @Test
  void tellsItsOwnerWhatToKeep() throws IOException {
    assertThat(cli.keyed("init")).isEqualTo("""
        Authority ID is in HOME/authority, epoch 1.
        What it guards is lost with its directory or its passphrase: keep a copy of each in a safe place.
        """);
    assertThat(cli.read("status")).isEqualTo("""
        authority    ID
        kind         cp, attributes in keys
        master key   guarded by a passphrase
        epoch        1
        devices      0, and 0 revoked
        log          1 lines, each whole and in its place; head HASH
        """);
    assertThat(cli.refused(cli.withPassphrase("init"))).isEqualTo("trivet: HOME/authority: is not empty; give another "
        + "directory with --dir. An authority is never replaced: what was sealed for it could not be read again");
  }

  @Test
  void takesAKeyFromTheAuthorityToADeviceThatReads() throws IOException {
    founded();
    assertThat(cli.ok("device-key", "nurse-7", "--out", home.toString())).isEqualTo("""
        Private key  HOME/nurse-7.device-key   (stays on the device)
        Public key   HOME/nurse-7.pub   (for 'trivet authority issue nurse-7 --key')
        """);
    assertThat(OwnerOnly.exposure(home.resolve("nurse-7.device-key"))).isEmpty();
    assertThat(cli.keyed("issue", "nurse-7", "--attributes", "ward:7 , role:nurse", "--key", pub("nurse-7")))
        .isEqualTo("nurse-7 has a key of epoch 1 for role:nurse, ward:7: HOME/authority/keys/nurse-7.1.abe.sealed\n");
    assertThat(opened("nurse-7", 1)).isEqualTo(
        "nurse-7 reads epoch 1 of authority ID for epoch:1, role:nurse, ward:7: HOME/nurse-7.abe\n");
    assertThat(OwnerOnly.exposure(key("nurse-7"))).isEmpty();
    assertThat(cli.keyed("export", "--public", home.resolve("senders.pub").toString()))
        .isEqualTo("Public key of ID, epoch 1: HOME/senders.pub\n");

    PublicParameters sender = PublicParameters.decode(Files.readAllBytes(home.resolve("senders.pub"))).orThrow();
    assertThat(sender.epoch()).isEqualTo(1);
    Encapsulation e = sender.encapsulate("ward:7 and (role:nurse or role:doctor)", new byte[0]).orThrow();
    KeyFile file = KeyFile.read(SecretBytes.copyOf(Files.readAllBytes(key("nurse-7")))).orThrow();
    try (ReaderKey reader = file.readerKey().expose(k -> ReaderKey.decode(k, sender.key())).orThrow()) {
      assertThat(reader.decapsulate(e.ciphertext(), new byte[0])).isInstanceOfSatisfying(
          Decapsulated.Opened.class, o -> assertThat(o.secret()).isEqualTo(e.secret()));
    }
  }

  @Test
  void saysPlainlyUntilWhenARevokedDeviceReads() throws IOException {
    founded();
    for (String d : List.of("lamp-1", "lamp-2")) {
      deviceKey(d);
      cli.keyed("issue", d, "--attributes", "room:3", "--key", pub(d));
    }
    assertThat(cli.keyed("revoke", "lamp-1")).isEqualTo("""
        lamp-1: revoked. No key is handed out any more, and there will be none for epoch 2.
        The key of epoch 1 that is out there goes on reading what is sealed in epoch 1.
        'trivet authority rotate' begins the next epoch now; what was sealed before it can not be taken back.
        """);
    assertThat(cli.read("list")).isEqualTo("""
        DEVICE  STATE                               EPOCH  FOR
        lamp-1  revoked, reads until the epoch ends  1      room:3
        lamp-2  active                              1      room:3
        """.replace("STATE                               EPOCH", "STATE                                EPOCH")
        .replace("active                              1", "active                               1"));
    assertThat(cli.keyed("rotate")).isEqualTo("""
        Epoch 2 has begun: 1 devices have new keys, 1 are revoked and have none.
        Devices fetch theirs; senders seal with 'epoch:2' from now on.
        """);
    assertThat(cli.read("list")).isEqualTo("""
        DEVICE  STATE    EPOCH  FOR
        lamp-1  revoked  1      room:3
        lamp-2  active   2      room:3
        """);
    assertThat(cli.refused(cli.withPassphrase("issue", "lamp-1", "--attributes", "room:3"))).isEqualTo(
        "trivet: lamp-1: was revoked in epoch 1; to trust it again say so with --reinstate");
    assertThat(cli.keyed("issue", "lamp-1", "--attributes", "room:3", "--reinstate")).contains("epoch 2");
  }

  @Test
  void showsAndChecksTheLog() throws IOException {
    founded();
    deviceKey("lamp-1");
    cli.keyed("issue", "lamp-1", "--attributes", "room:3", "--key", pub("lamp-1"));
    assertThat(cli.read("log")).isEqualTo("""
        N  TIME  WHAT   DEVICE  EPOCH  NOTE
        1  WHEN  init   -       1      cp
        2  WHEN  issue  lamp-1  1      key 1
        """.replace("TIME", "TIME" + " ".repeat(Files.readAllLines(cli.dir().resolve("log.jsonl")).stream()
            .mapToInt(l -> l.replaceAll(".*\"time\":\"([^\"]+)\".*", "$1").length()).max().orElseThrow() - 4)));
    String verdict = AuthorityCli.run("log", "--verify", "--dir", cli.dir().toString()).out();
    String head = verdict.replaceAll("(?s).*head ", "").strip();
    assertThat(cli.stable(verdict)).isEqualTo("2 lines, each whole and in its place; head HASH\n");
    cli.keyed("rotate");
    assertThat(cli.read("log", "--verify", "--contains", head)).startsWith("3 lines");
    assertThat(cli.refused("log", "--verify", "--contains", "00".repeat(32), "--dir", cli.dir().toString()))
        .contains("no line of it has the hash").contains("an older one, or another");

    Path log = cli.dir().resolve("log.jsonl");
    List<String> lines = new ArrayList<>(Files.readAllLines(log));
    lines.set(1, lines.get(1).replace("lamp-1", "lamp-9"));
    Files.writeString(log, String.join("\n", lines) + "\n");
    assertThat(cli.refused("log", "--verify", "--dir", cli.dir().toString())).isEqualTo("trivet: HOME/authority/log.jsonl: "
        + "line 3: does not follow from line 2: one of the two was changed, or lines between them are missing");
    assertThat(cli.refused(cli.withPassphrase("rotate"))).contains("nothing is issued over a log that is not whole");
  }

  @Test
  void takesManyDevicesFromAListOrTheRegistry() throws IOException {
    founded();
    Path data = home.resolve("data");
    DataDirectory.openOrCreate(data);
    Cli server = new Cli(data);
    server.ok("device", "add", "lamp-1", "--attr", "ward=7", "--attr", "place=ward 7, left", "--group", "lights");
    server.ok("device", "add", "lamp-2");
    server.ok("device", "add", "lamp-3");
    server.ok("device", "block", "lamp-3");
    deviceKey("lamp-1");
    deviceKey("lamp-2");
    deviceKey("heater");
    String registry = data.resolve("devices.json").toString();
    assertThat(cli.refused(cli.withPassphrase("issue", "lamp-1", "--registry", registry)))
        .contains("lamp-1: has no public key here yet: make a pair with 'trivet authority device-key lamp-1'");
    assertThat(cli.keyed("issue", "--registry", registry, "--keys", home.toString()).lines()).containsExactly(
        "lamp-1 has a key of epoch 1 for device:lamp-1, group:lights, \"place:ward 7, left\", ward:7: "
            + "HOME/authority/keys/lamp-1.1.abe.sealed",
        "lamp-2 has a key of epoch 1 for device:lamp-2: HOME/authority/keys/lamp-2.2.abe.sealed");
    assertThat(cli.refused(cli.withPassphrase("issue", "lamp-3", "--registry", registry)))
        .isEqualTo("trivet: device lamp-3 is blocked in the registry: it gets no key");

    Path list = Files.writeString(home.resolve("devices.yaml"), """
        devices:
          heater: {attributes: "room:3, level=4", key: heater.pub}
          lamp-2: {attributes: room:3}
        """);
    assertThat(cli.keyed("issue", "--file", list.toString())).contains("heater has a key of epoch 1 for level=4, room:3: ");
    Files.writeString(list, "devices:\n  lamp-2: {attributes: room:3, colour: red}\n");
    assertThat(cli.refused(cli.withPassphrase("issue", "--file", list.toString())))
        .isEqualTo("trivet: HOME/devices.yaml: lamp-2: give attributes or policy, and key, each a text");
  }

  @Test
  void writesTheMasterKeyOutOnlyToWhoNamesTheRisk() throws IOException {
    founded();
    Path copy = home.resolve("safe.key");
    Path other = Files.writeString(home.resolve("other"), "another passphrase\n");
    assertThat(cli.refused(cli.withPassphrase("export", "--master", copy.toString(), "--master-passphrase-file", other.toString())))
        .isEqualTo("trivet: --master writes out the key to everything; if that is what you want say "
            + "--risk 'whoever has this file and its passphrase reads everything'");
    assertThat(copy).doesNotExist();
    assertThat(cli.keyed("export", "--master", copy.toString(), "--master-passphrase-file", other.toString(), "--risk",
        "whoever has this file and its passphrase reads everything")).contains("under its own passphrase: HOME/safe.key");
    assertThat(OwnerOnly.exposure(copy)).isEmpty();
    assertThat(cli.read("log")).contains("export").contains("master key under another passphrase");
    Files.move(copy, cli.dir().resolve("master.key"), StandardCopyOption.REPLACE_EXISTING);
    assertThat(cli.ok("rotate", "--dir", cli.dir().toString(), "--passphrase-file", other.toString())).contains("Epoch 2");
  }

  @Test
  void derivesTheSamePairFromADevicesOwnKey() throws IOException, InterruptedException {
    Path own = home.resolve("tls.key");
    assertThat(new ProcessBuilder("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out",
        own.toString()).start().waitFor()).isZero();
    cli.ok("device-key", "lamp-1", "--out", home.resolve("a").toString(), "--from", own.toString());
    cli.ok("device-key", "lamp-1", "--out", home.resolve("b").toString(), "--from", own.toString());
    assertThat(home.resolve("a/lamp-1.device-key")).hasSameBinaryContentAs(home.resolve("b/lamp-1.device-key"));
    assertThat(cli.refused("device-key", "lamp-1", "--out", home.resolve("a").toString()))
        .contains("exists already; keys that were sealed for it could not be opened with another");
  }

  @Test
  void keepsADeviceFromAnOlderKeyAndFromAnotherAuthoritys() throws IOException {
    founded();
    deviceKey("lamp-1");
    cli.keyed("issue", "lamp-1", "--attributes", "room:3", "--key", pub("lamp-1"));
    Path old = Files.copy(cli.dir().resolve("keys/lamp-1.1.abe.sealed"), home.resolve("old"));
    cli.keyed("rotate");
    opened("lamp-1", 2);
    assertThat(cli.refused("open", old.toString(), "--device-key", home.resolve("lamp-1.device-key").toString(), "--out",
        key("lamp-1").toString())).isEqualTo("trivet: HOME/lamp-1.abe: is of epoch 2 already, the sealed one of 1; "
        + "--replace goes back");
    AuthorityCli other = new AuthorityCli(Files.createDirectory(home.resolve("other")));
    other.keyed("init");
    other.keyed("issue", "lamp-1", "--attributes", "room:3", "--key", pub("lamp-1"));
    assertThat(cli.refused("open", other.dir().resolve("keys/lamp-1.1.abe.sealed").toString(), "--device-key",
        home.resolve("lamp-1.device-key").toString(), "--out", key("lamp-1").toString()))
        .isEqualTo("trivet: HOME/lamp-1.abe: is of another authority; --replace gives it up for the new one");
    deviceKey("lamp-2");
    assertThat(cli.refused("open", old.toString(), "--device-key", home.resolve("lamp-2.device-key").toString(), "--out",
        key("lamp-2").toString())).isEqualTo("trivet: HOME/old: the key for lamp-1 of epoch 1 was sealed for another "
        + "device key, or changed on its way");
  }

  @Test
  void explainsWhatItRefuses() throws IOException {
    assertThat(cli.refused("list", "--dir", cli.dir().toString())).isEqualTo("trivet: HOME/authority: holds no authority; "
        + "make one with 'trivet authority init' or name another directory with --dir");
    founded();
    deviceKey("lamp-1");
    Path wrong = Files.writeString(home.resolve("wrong"), "not the passphrase\n");
    assertThat(cli.refused("rotate", "--dir", cli.dir().toString(), "--passphrase-file", wrong.toString()))
        .isEqualTo("trivet: the passphrase is wrong, or the file was changed");
    Files.writeString(wrong, "short\n");
    assertThat(cli.refused("init", "--dir", home.resolve("new").toString(), "--passphrase-file", wrong.toString()))
        .startsWith("trivet: a passphrase of 5 bytes: give 12 to 1024");
    assertThat(home.resolve("new")).doesNotExist();
    Files.writeString(wrong, "");
    assertThat(cli.refused("rotate", "--dir", cli.dir().toString(), "--passphrase-file", wrong.toString()))
        .isEqualTo("trivet: HOME/wrong: its first line is empty");
    assertThat(cli.refused(cli.withPassphrase("revoke", "lamp-1")))
        .isEqualTo("trivet: lamp-1: no key was issued to it; see 'trivet authority list'");
    assertThat(cli.refused(cli.withPassphrase("issue", "lamp-1", "--attributes", "room:3, epoch:9", "--key", pub("lamp-1"))))
        .isEqualTo("trivet: lamp-1: 'epoch' is the authority's own attribute, which it adds by itself: leave it away");
    assertThat(cli.refused(cli.withPassphrase("issue", "lamp-1", "--attributes", "room 3", "--key", pub("lamp-1"))))
        .startsWith("trivet: lamp-1: ");
    assertThat(cli.refused(cli.withPassphrase("issue", "lamp-2", "--attributes", "room:3", "--key", pub("lamp-1"))))
        .isEqualTo("trivet: HOME/lamp-1.pub: is the public key of lamp-1, not of lamp-2");
    assertThat(cli.refused(cli.withPassphrase("issue", "lamp-1")))
        .isEqualTo("trivet: give one of --attributes, --registry and --file");
    assertThat(cli.refused(cli.withPassphrase("export")))
        .isEqualTo("trivet: give what to export: --public FILE or --list FILE");
    assertThat(cli.read("list")).isEqualTo("DEVICE  STATE  EPOCH  FOR\n");
    assertThat(cli.read("log", "--verify")).startsWith("1 lines");
  }
}

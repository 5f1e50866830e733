package io.trivet.lab.smqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.abe.Decapsulated;
import io.trivet.abe.Kind;
import io.trivet.abe.MasterKey;
import io.trivet.abe.PublicParameters;
import io.trivet.abe.ReaderKey;
import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import io.trivet.base.cbor.CborReader;
import io.trivet.lab.clients.Command;
import io.trivet.smqtt.Publication;
import io.trivet.smqtt.SenderKey;
import io.trivet.smqtt.SendersFile;
import io.trivet.smqtt.Smqtt;
import io.trivet.smqtt.client.PahoV5;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// After a sealed conversation neither the server's memory nor its disk holds a plaintext or a content key, in any of the
/// forms that one would be written in.
///
/// Content keys are worked out here once more, from the specification alone (docs/smqtt.md, sections 2 and 3), and proved
/// right by opening a message with them.
@Tag("slow")
class BlindBrokerTest {
  private static final SecureRandom SECURE = new SecureRandom();
  private static final Randomness RANDOMNESS = SECURE::nextBytes;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final CborLimits LIMITS = new CborLimits(8, 64, true);

  @TempDir Path dir;

  private static byte[] secret(String name) {
    return ("<" + name + " " + HexFormat.of().formatHex(SECURE.generateSeed(12)) + ">").getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void holdsNeitherPlaintextNorContentKey() throws Exception {
    Map<String, byte[]> wanted = new TreeMap<>();
    byte[] open = secret("said in the open");
    try (MasterKey cp = MasterKey.generate(Kind.CIPHERTEXT_POLICY, RANDOMNESS);
        MasterKey kp = MasterKey.generate(Kind.KEY_POLICY, RANDOMNESS);
        ReaderKey nurse = cp.issue("role:nurse, ward:7, epoch:1", RANDOMNESS).orThrow();
        ReaderKey monitor = kp.issue("(ward:7) and epoch:1", RANDOMNESS).orThrow();
        SenderKey pump = SenderKey.generate("pump-1", RANDOMNESS);
        SenderKey lamp = SenderKey.generate("lamp-1", RANDOMNESS)) {
      Files.write(dir.resolve("cp.pub"), new PublicParameters(cp.publicKey(), 1).encoded());
      Files.write(dir.resolve("kp.pub"), new PublicParameters(kp.publicKey(), 1).encoded());
      Files.writeString(dir.resolve("senders"),
          SendersFile.line(pump.identity()) + "\n" + SendersFile.line(lamp.identity()) + "\n");
      try (Command server = serve()) {
        int port = port(server);
        MqttAsyncClient c = new MqttAsyncClient("tcp://127.0.0.1:" + port, "", new MemoryPersistence());
        c.connect().waitForCompletion();
        away(port);
        converse(c, nurse, Smqtt.publisher(new PublicParameters(cp.publicKey(), 1), pump, "ward:7 and role:nurse", "#"),
            "cp", wanted);
        converse(c, monitor, Smqtt.publisher(new PublicParameters(kp.publicKey(), 1), lamp, "ward:7, kind:light", "#"),
            "kp", wanted);
        c.publish("open", open, 1, true).waitForCompletion();

        Path dump = dir.resolve("heap.hprof");
        try (Command jcmd = Command.start(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
            Long.toString(server.pid()), "GC.heap_dump", "-all", dump.toString())) {
          jcmd.awaitSuccess(PATIENCE);
        }
        c.disconnect().waitForCompletion();
        c.close();
        server.kill();
        judge(List.of(dump), open, wanted);
      }
      try (Stream<Path> files = Files.walk(dir.resolve("data"))) {
        judge(files.filter(Files::isRegularFile).toList(), open, wanted);
      }
    }
  }

  private Command serve() throws IOException {
    Path rules = Files.writeString(dir.resolve("rules.yaml"), """
        version: 1
        rules:
          - allow: [publish, subscribe, retain]
            anonymous: true
            topic: "#"
        """);
    return Command.start(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m",
        "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
        "io.trivet.cli.Trivet", "serve", "--data", dir.resolve("data").toString(), "--insecure-plaintext", "127.0.0.1:0",
        "--insecure-anonymous", "--mqtts", "127.0.0.1:0", "--set", "rules=" + rules, "--set",
        "smqtt.sealed-topics=ward/#", "--set", "smqtt.authorities=" + dir.resolve("cp.pub") + " " + dir.resolve("kp.pub"),
        "--set", "smqtt.senders=" + dir.resolve("senders"));
  }

  private static int port(Command server) {
    String line = server.awaitLine(l -> l.startsWith("listens") && l.contains("plaintext"), PATIENCE);
    server.awaitLine(l -> l.startsWith("ready"), PATIENCE);
    return Integer.parseInt(line.replaceAll(".*127\\.0\\.0\\.1:(\\d+).*", "$1"));
  }

  /// A session that collects while its client is away.
  private static void away(int port) {
    try (Command sub = Command.start("stdbuf", "-oL", "mosquitto_sub", "-h", "127.0.0.1", "-p", "" + port, "-i", "away", "-c",
        "-q", "1", "-t", "ward/#", "-d")) {
      sub.awaitLine(l -> l.contains("SUBACK"), PATIENCE);
    }
  }

  private static void converse(MqttAsyncClient c, ReaderKey reader, Smqtt sealed, String name, Map<String, byte[]> wanted)
      throws MqttException, GeneralSecurityException {
    byte[] kept = secret(name + " retained");
    byte[] passing = secret(name + " passing");
    wanted.put(name + " retained", kept);
    wanted.put(name + " passing", passing);
    List<Publication> first = sealed.seal("ward/7/" + name, kept);
    wanted.put(name + " content key", contentKey(reader, first.getFirst(), first.getLast(), kept));
    c.publish(first.getFirst().topic(), PahoV5Message.retained(first.getFirst())).waitForCompletion();
    c.publish("ward/7/" + name, first.getLast().payload().toArray(), 1, true).waitForCompletion();
    sealed.publish("ward/7/" + name + "/passing", passing, PahoV5.over(c));
  }

  /// Of docs/smqtt.md, section 3.
  private static byte[] contentKey(ReaderKey reader, Publication header, Publication message, byte[] plain)
      throws GeneralSecurityException {
    Cbor.Array sign1 = array(header.payload());
    Bytes map = ((Cbor.ByteString) sign1.items().get(2)).value();
    Cbor.Map fields = (Cbor.Map) item(map);
    byte[] hash = java.security.MessageDigest.getInstance("SHA-256").digest(map.toArray());
    List<Cbor> others = new ArrayList<>();
    Bytes ciphertext = Bytes.EMPTY;
    for (Cbor.Pair p : fields.pairs()) {
      if (p.key().equals(Cbor.of(4))) {
        ciphertext = ((Cbor.ByteString) p.value()).value();
      } else {
        others.add(p.key());
        others.add(p.value());
      }
    }
    ByteArrayOutputStream context = new ByteArrayOutputStream();
    context.writeBytes("SMQTT 1 key header".getBytes(StandardCharsets.US_ASCII));
    context.writeBytes(Cbor.map(others.toArray(Cbor[]::new)).encoded().toArray());
    if (!(reader.decapsulate(ciphertext.toArray(), context.toByteArray()) instanceof Decapsulated.Opened(byte[] secret))) {
      throw new AssertionError("the reader cannot open the header");
    }
    byte[] key = derived(hash, secret, "SMQTT 1 content key", 16);
    byte[] nonce = derived(hash, secret, "SMQTT 1 base IV", 12);

    Cbor.Array encrypt0 = array(message.payload());
    Bytes counter = ((Cbor.ByteString) ((Cbor.Map) encrypt0.items().get(1)).at(Cbor.of(6)).orElseThrow()).value();
    for (int i = 0; i < counter.length(); i++) {
      nonce[nonce.length - counter.length() + i] ^= counter.at(i);
    }
    Cbor sender = fields.at(Cbor.of(5)).orElseThrow();
    Bytes external = Cbor.array(Cbor.of(1), Cbor.of(message.topic()), sender, Cbor.of(Bytes.wrap(hash)), Cbor.Simple.NULL,
        Cbor.Simple.NULL, Cbor.Simple.NULL).encoded();
    Cipher aead = Cipher.getInstance("AES/GCM/NoPadding");
    aead.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
    aead.updateAAD(Cbor.array(Cbor.of("Encrypt0"), encrypt0.items().get(0), Cbor.of(external)).encoded().toArray());
    assertThat(aead.doFinal(((Cbor.ByteString) encrypt0.items().get(2)).value().toArray()))
        .as("what the key opens").isEqualTo(plain);
    return key;
  }

  private static byte[] derived(byte[] salt, byte[] secret, String info, int bytes) throws GeneralSecurityException {
    return KDF.getInstance("HKDF-SHA256").deriveData(HKDFParameterSpec.ofExtract().addSalt(salt).addIKM(secret)
        .thenExpand(info.getBytes(StandardCharsets.US_ASCII), bytes));
  }

  private static Cbor item(Bytes encoded) {
    return ((CborReader.Read.Item) CborReader.only(encoded, LIMITS)).value();
  }

  private static Cbor.Array array(Bytes encoded) {
    return (Cbor.Array) ((Cbor.Tagged) item(encoded)).value();
  }

  private static void judge(List<Path> places, byte[] open, Map<String, byte[]> wanted) throws IOException {
    assertThat(found(places, open)).as("what was said in the open is there: so one would find the others").isTrue();
    for (Map.Entry<String, byte[]> w : wanted.entrySet()) {
      for (Map.Entry<String, byte[]> form : forms(w.getValue()).entrySet()) {
        assertThat(found(places, form.getValue())).as(w.getKey() + ", " + form.getKey() + ", in " + places.getFirst())
            .isFalse();
      }
    }
  }

  private static Map<String, byte[]> forms(byte[] b) {
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("raw", b);
    all.put("hex", HexFormat.of().formatHex(b).getBytes(StandardCharsets.US_ASCII));
    all.put("HEX", HexFormat.of().withUpperCase().formatHex(b).getBytes(StandardCharsets.US_ASCII));
    // Without what the last group depends on beyond these bytes.
    all.put("base64", Base64.getEncoder().withoutPadding().encodeToString(java.util.Arrays.copyOf(b, b.length / 3 * 3))
        .getBytes(StandardCharsets.US_ASCII));
    all.put("utf16", new String(b, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.UTF_16LE));
    return all;
  }

  private static boolean found(List<Path> places, byte[] what) throws IOException {
    for (Path p : places) {
      try (FileChannel in = FileChannel.open(p)) {
        long size = in.size();
        for (long at = 0; at < size; at += 1 << 30) {
          MappedByteBuffer m = in.map(FileChannel.MapMode.READ_ONLY, at, Math.min(size - at, (1 << 30) + what.length));
          if (found(m, what)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static boolean found(MappedByteBuffer in, byte[] what) {
    int last = in.limit() - what.length;
    byte first = what[0];
    for (int i = 0; i <= last; i++) {
      if (in.get(i) != first) {
        continue;
      }
      int n = 1;
      while (n < what.length && in.get(i + n) == what[n]) {
        n++;
      }
      if (n == what.length) {
        return true;
      }
    }
    return false;
  }
}

package io.trivet.smqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.abe.Decapsulated;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The vectors that `docs/smqtt.md` names are what the code writes; Python opens them. With
/// `-Dtrivet.vectors=write` they are written anew, for when the format itself is changed.
class VectorsTest {
  private static final Path VECTORS = Path.of("src/test/resources/io/trivet/smqtt/vectors.json");
  private static final int[] SIZES = {0, 1, 64, 300};

  private static String hex(byte[] b) {
    return HexFormat.of().formatHex(b);
  }

  private static String made() {
    List<String> cases = new ArrayList<>();
    for (Algorithm a : Algorithm.values()) {
      for (Form f : Form.values()) {
        for (Signing s : Signing.values()) {
          cases.add(made(a, f, s));
        }
      }
    }
    return "{\"cases\": [\n" + String.join(",\n", cases) + "\n]}\n";
  }

  private static String made(Algorithm algorithm, Form form, Signing signing) {
    Ward ward = new Ward();
    Sealer sealer = ward.sealer(Ward.options().algorithm(algorithm).form(form).signing(signing));
    List<String> messages = new ArrayList<>();
    Optional<Publication> header = Optional.empty();
    for (int i = 0; i < SIZES.length; i++) {
      boolean typed = i % 2 == 1;
      Properties p =
          typed ? new Properties(Optional.of("text/plain"), Optional.empty(), Optional.empty()) : Properties.NONE;
      Sealing.Sealed s = (Sealing.Sealed) sealer.seal(Ward.TOPIC, Ward.payload(SIZES[i]), p);
      header = s.header();
      messages.add("   {\"topic\": \"" + Ward.TOPIC + "\"," + (typed ? " \"contentType\": \"text/plain\"," : "")
          + " \"plain\": \"" + hex(Ward.payload(SIZES[i])) + "\",\n    \"message\": \""
          + hex(s.message().payload().toArray()) + "\"}");
    }
    byte[] bytes = header.orElseThrow().payload().toArray();
    KeyHeader h = KeyHeader.parse(bytes).orThrow();
    if (!(ward.reader("nurse").decapsulate(h.ciphertext().toArray(), h.terms().context())
        instanceof Decapsulated.Opened(byte[] secret))) {
      throw new AssertionError("does not open");
    }
    String shown = hex(secret);
    ContentKey key = new ContentKey(h, secret);
    return " {\"algorithm\": \"" + algorithm + "\", \"form\": \"" + form + "\", \"signing\": \"" + signing + "\",\n"
        + "  \"seed\": \"" + hex(ward.pump.seed().expose(byte[]::clone)) + "\",\n"
        + "  \"publicKey\": \"" + hex(ward.pump.identity().publicKey().toArray()) + "\",\n"
        + "  \"keyTopic\": \"" + header.orElseThrow().topic() + "\",\n"
        + "  \"header\": \"" + hex(bytes) + "\",\n  \"context\": \"" + hex(h.terms().context()) + "\",\n"
        + "  \"secret\": \"" + shown + "\",\n  \"hash\": \"" + hex(h.kid().toArray()) + "\",\n"
        + "  \"key\": \"" + hex(key.exposed()) + "\",\n  \"baseIv\": \"" + hex(key.exposedBaseIv()) + "\",\n"
        + "  \"messages\": [\n" + String.join(",\n", messages) + "]}";
  }

  @Test
  void writesTheVectorsToTheLetter() throws IOException {
    if ("write".equals(System.getProperty("trivet.vectors"))) {
      Files.writeString(VECTORS, made());
    }
    assertThat(made()).isEqualTo(Files.readString(VECTORS));
  }

  @Test
  void letsPythonOpenThem() throws IOException, InterruptedException {
    Process python = new ProcessBuilder("python3", "src/test/python/smqtt_open.py", VECTORS.toString())
        .redirectErrorStream(true).start();
    String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(python.waitFor(30, TimeUnit.SECONDS)).isTrue();
    String each = hex(Ward.payload(0)) + "\n" + hex(Ward.payload(1)) + "\n" + hex(Ward.payload(64)) + "\n"
        + hex(Ward.payload(300)) + "\n";
    assertThat(said).isEqualTo(each.repeat(8));
    assertThat(python.exitValue()).isZero();
  }

  @Test
  void readsBackTheHeaderItWrote() {
    Publication p = Ward.sealed(new Ward().sealer(), Ward.TOPIC, Ward.payload(1)).header().orElseThrow();
    Parsed<KeyHeader> read = KeyHeader.parse(p.payload().toArray());
    assertThat(read.orThrow().encoded()).isEqualTo(p.payload());
    assertThat(Bytes.hex(p.topic().substring(p.topic().lastIndexOf('/') + 1)))
        .isEqualTo(read.orThrow().kid().slice(0, Topics.KID_BYTES_IN_TOPIC));
  }
}

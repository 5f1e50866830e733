package io.trivet.smqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Parsed;
import io.trivet.base.SecretBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SendersFileTest {
  /// The first of RFC 8032, section 7.1.
  private static final String LINE =
      "ed25519:d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a pump-1";

  private static List<String> lines(Parsed<List<Sender>> parsed) {
    return parsed.orThrow().stream().map(SendersFile::line).toList();
  }

  @Test
  void readsWhatItWrites() {
    try (SecretBytes seed = SecretBytes.copyOf(new byte[32]); SenderKey pump = SenderKey.of("pump 2 (ward)", seed)) {
      String second = SendersFile.line(pump.identity());
      assertThat(lines(SendersFile.parse("# those we know\n\n" + LINE + "\n  " + second + "  \r\n")))
          .containsExactly(LINE, second);
    }
    assertThat(SendersFile.parse("").orThrow()).isEmpty();
  }

  @Test
  void saysOnWhichLineWhatIsWrong(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("senders");
    Files.writeString(file, LINE + "\n" + LINE + "\n");
    assertThatThrownBy(() -> SendersFile.read(file)).hasMessage(file + ":2: pump-1 has this key already");
    Files.writeString(file, LINE.replace("pump-1", "a/b"));
    assertThatThrownBy(() -> SendersFile.read(file)).hasMessageContaining(":1: a name of 1 to 128 bytes");
    Files.writeString(file, LINE.replace("d75a", "d75x"));
    assertThatThrownBy(() -> SendersFile.read(file)).hasMessageEndingWith(":1: the key is not hexadecimal");
    Files.writeString(file, "# nothing\npump-1 d75a");
    assertThatThrownBy(() -> SendersFile.read(file)).hasMessageContaining(":2: give 'ed25519:'");
    Files.write(file, new byte[] {(byte) 0xff});
    assertThatThrownBy(() -> SendersFile.read(file)).hasMessageEndingWith("not UTF-8");
    Files.write(file, new byte[SendersFile.BYTES_MAX + 1]);
    assertThatThrownBy(() -> SendersFile.read(file)).hasMessageContaining("larger than");
  }

  @FuzzTest(maxDuration = "20s")
  void takesAnyText(byte[] input) {
    if (SendersFile.parse(new String(input, StandardCharsets.UTF_8)) instanceof Parsed.Valid<List<Sender>>(var all)) {
      String again = String.join("\n", all.stream().map(SendersFile::line).toList());
      assertThat(lines(SendersFile.parse(again))).isEqualTo(all.stream().map(SendersFile::line).toList());
      assertThat(all).allSatisfy(s -> assertThat(s.publicKey().length()).isEqualTo(Sender.PUBLIC_KEY_BYTES));
    }
  }
}

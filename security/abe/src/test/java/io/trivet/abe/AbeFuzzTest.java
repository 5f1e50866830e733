package io.trivet.abe;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Parsed;
import java.nio.charset.StandardCharsets;

/// Whatever is sent, stored or typed: a value that writes itself again as it was read, or a refusal that says
/// why. Run with `JAZZER_FUZZ=1` to search; otherwise the seeds are replayed.
class AbeFuzzTest {
  private static final MasterKey MASTER = KemTest.authority(Kind.CIPHERTEXT_POLICY, Backends.BLST, 1001);
  private static final ReaderKey READER = MASTER.issue("role:nurse, ward:7, level=5", new Counted(2001)).orThrow();

  private static void saysWhy(Parsed.Invalid<?> refused) {
    assertThat(refused.rule()).isNotEmpty();
    assertThat(refused.what()).isNotEmpty().hasSizeLessThan(600);
  }

  private static void pointsInto(String text, Misreading misreading) {
    assertThat(misreading.at()).isBetween(0, text.length());
    String[] lines = misreading.caret().split("\n", -1);
    assertThat(lines).hasSize(3);
    assertThat(lines[2].strip()).isEqualTo("^");
    assertThat(lines[2].length()).isLessThanOrEqualTo(lines[1].length() + 1);
    assertThat(misreading.caret().codePoints()).allMatch(c -> c == '\n' || c >= ' ');
  }

  @FuzzTest
  void readsPolicies(byte[] data) {
    String text = new String(data, StandardCharsets.UTF_8);
    switch (Policy.parse(text)) {
      case Parsed.Invalid<Policy> i -> {
        saysWhy(i);
        pointsInto(text, Policy.misreading(text).orElseThrow());
      }
      case Parsed.Valid<Policy>(Policy p) -> {
        assertThat(Policy.parse(p.toString()).orThrow()).isEqualTo(p).hasToString(p.toString());
        SpanProgram program = p.program();
        assertThat(program.rows()).isBetween(1, Policy.LEAVES_MAX);
        assertThat(program.columns()).isLessThanOrEqualTo(program.rows());
      }
    }
  }

  @FuzzTest
  void readsAttributes(byte[] data) {
    String text = new String(data, StandardCharsets.UTF_8);
    switch (Attributes.parse(text)) {
      case Parsed.Invalid<Attributes> i -> {
        saysWhy(i);
        pointsInto(text, Attributes.misreading(text).orElseThrow());
      }
      case Parsed.Valid<Attributes>(Attributes a) -> {
        assertThat(Attributes.parse(a.toString()).orThrow()).isEqualTo(a).hasToString(a.toString());
        assertThat(a.atoms()).hasSizeBetween(1, Attributes.ELEMENTS_MAX);
      }
    }
  }

  @FuzzTest
  void readsCiphertexts(byte[] data) {
    switch (Ciphertext.read(data)) {
      case Parsed.Invalid<Ciphertext> i -> saysWhy(i);
      case Parsed.Valid<Ciphertext>(Ciphertext c) -> assertThat(c.encoded()).isEqualTo(data);
    }
    if (READER.decapsulate(data, new byte[0]) instanceof Decapsulated.Opened) {
      throw new AssertionError("opened what nobody encapsulated with this context");
    }
  }

  @FuzzTest
  void readsMasterKeys(byte[] data) {
    switch (MasterKey.decode(data)) {
      case Parsed.Invalid<MasterKey> i -> saysWhy(i);
      case Parsed.Valid<MasterKey>(MasterKey key) -> {
        assertThat(key.encoded()).isEqualTo(data);
        key.close();
      }
    }
  }

  @FuzzTest
  void readsPublicKeys(byte[] data) {
    switch (PublicKey.decode(data)) {
      case Parsed.Invalid<PublicKey> i -> saysWhy(i);
      case Parsed.Valid<PublicKey>(PublicKey key) -> assertThat(key.encoded()).isEqualTo(data);
    }
  }

  @FuzzTest
  void readsReaderKeys(byte[] data) {
    switch (ReaderKey.decode(data, MASTER.publicKey())) {
      case Parsed.Invalid<ReaderKey> i -> saysWhy(i);
      case Parsed.Valid<ReaderKey>(ReaderKey key) -> {
        assertThat(key.encoded()).isEqualTo(data);
        key.close();
      }
    }
  }
}

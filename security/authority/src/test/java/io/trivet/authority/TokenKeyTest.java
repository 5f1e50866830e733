package io.trivet.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.trivet.abe.Kind;
import io.trivet.base.SecretBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenKeyTest {
  @TempDir private Path temp = Path.of("");

  @BeforeEach
  void needsSoftHsm() {
    assumeTrue(Files.isReadable(SoftHsm.LIBRARY), "softhsm2 is not installed: ./check does that where it may");
  }

  private List<String> steps(SoftHsm hsm, long slot, String label, String... steps)
      throws IOException, InterruptedException {
    String[] all = new String[steps.length + 3];
    all[0] = String.valueOf(slot);
    all[1] = label;
    all[2] = temp.resolve("authority").toString();
    System.arraycopy(steps, 0, all, 3, steps.length);
    return hsm.java(TokenSteps.class, all).lines().toList();
  }

  @Test
  void wrapsTheMasterKeyUnderAnAesKeyThatStaysInTheToken() throws IOException, InterruptedException {
    SoftHsm hsm = new SoftHsm(temp);
    long slot = hsm.token("first");
    assertThat(steps(hsm, slot, "trivet", "init:" + SoftHsm.PIN, "open:" + SoftHsm.PIN, "open:wrong-pin",
        "open:" + SoftHsm.PIN)).containsExactly(
        "made true",
        "opened epoch 1 true",
        "refused: the PIN is wrong for the token in slot " + slot + "; tokens lock after a few wrong ones",
        "opened epoch 1 true");
    assertThat(steps(hsm, slot, "trivet", "open:" + SoftHsm.PIN)).as("in another process")
        .containsExactly("opened epoch 1 true");
  }

  @Test
  void wrapsTheMasterKeyUnderAnRsaKey() throws IOException, InterruptedException {
    SoftHsm hsm = new SoftHsm(temp);
    long slot = hsm.token("first");
    Path key = temp.resolve("rsa.key");
    Path cert = temp.resolve("rsa.crt");
    SealedKeyTest.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=authority", "-days", "2",
        "-keyout", key.toString(), "-out", cert.toString());
    assertThat(steps(hsm, slot, "rsa", "import:" + key + ":" + cert, "init:" + SoftHsm.PIN, "open:" + SoftHsm.PIN))
        .containsExactly("imported", "made true", "opened epoch 1 true");
    assertThat(MasterFile.read(Files.readAllBytes(temp.resolve("authority/master.key"))).orThrow().protection())
        .isInstanceOfSatisfying(Protection.Token.class, t -> {
          assertThat(t.type()).isEqualTo(Protection.Token.KeyType.RSA);
          assertThat(t.wrapped().length()).isEqualTo(256);
        });
  }

  @Test
  void tellsAnotherTokenFromTheRightOne() throws IOException, InterruptedException {
    SoftHsm hsm = new SoftHsm(temp);
    long first = hsm.token("first");
    assertThat(steps(hsm, first, "trivet", "init:" + SoftHsm.PIN)).containsExactly("made true");
    long second = hsm.token("second");
    Path file = temp.resolve("authority/master.key");
    MasterFile m = MasterFile.read(Files.readAllBytes(file)).orThrow();
    Protection.Token t = (Protection.Token) m.protection();
    Files.write(file, new MasterFile(m.kind(), m.authority(),
        new Protection.Token(t.library(), second, t.label(), t.type(), t.wrapped()), m.nonce(), m.ciphertext())
        .encoded().toArray());
    assertThat(steps(hsm, second, "trivet", "open:" + SoftHsm.PIN)).containsExactly(
        "refused: the token has no key 'trivet' of the type that wrapped the master key");
    Files.write(file, new MasterFile(m.kind(), m.authority(),
        new Protection.Token(t.library(), 99, t.label(), t.type(), t.wrapped()), m.nonce(), m.ciphertext())
        .encoded().toArray());
    assertThat(steps(hsm, second, "trivet", "open:" + SoftHsm.PIN).getFirst())
        .startsWith("refused: slot 99 of /usr/lib/softhsm/libsofthsm2.so cannot be used: ");
    // The slot is no part of what the token's key wraps, but the whole protection is of what the data key seals.
    Files.write(file, new MasterFile(m.kind(), m.authority(),
        new Protection.Token(t.library().replace("/softhsm/", "/./softhsm/"), first, t.label(), t.type(), t.wrapped()),
        m.nonce(), m.ciphertext()).encoded().toArray());
    assertThat(steps(hsm, first, "trivet", "open:" + SoftHsm.PIN))
        .containsExactly("refused: the master key's file was changed");
  }

  @Test
  void saysThatTheLibraryIsNotThere() {
    try (SecretBytes pin = SecretBytes.utf8(SoftHsm.PIN)) {
      assertThatThrownBy(() -> Authority.init(temp.resolve("authority"), Kind.CIPHERTEXT_POLICY,
          new Guard.Token(temp.resolve("no.so").toString(), 0, "trivet", pin), House.RANDOM::nextBytes,
          InstantSource.system()))
          .hasMessage(temp.resolve("no.so") + ": the token's PKCS#11 library is not there");
      assertThat(temp.resolve("authority")).doesNotExist();
    }
  }
}

package io.trivet.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.SecretBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Whatever a peer or a file says: a value or a refusal, never another exception.
class IdentityFuzzTest {
  private static final ScramVerifier VERIFIER =
      Scram.verifier(SecretBytes.utf8("pencil"), Bytes.wrap(new byte[16]), 4_096);

  @FuzzTest
  void readsRegistries(byte[] content) {
    try {
      List<Device> devices = RegistryFile.read(content);
      assertThat(RegistryFile.read(RegistryFile.write(devices))).isEqualTo(devices);
    } catch (IOException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  @FuzzTest
  void readsScramMessages(byte[] data) {
    ScramServer server = new ScramServer("0123456789abcdef");
    int half = data.length / 2;
    switch (server.first(Bytes.copyOf(data, 0, half))) {
      case Parsed.Invalid<String> _ -> server.first(Bytes.utf8("n,,n=user,r=rOprNGfwEbeRWgbNEkqO")).orThrow();
      case Parsed.Valid<String>(String name) -> assertThat(name).isNotEmpty().hasSizeLessThanOrEqualTo(256);
    }
    server.challenge(VERIFIER);
    assertThat(server.last(Bytes.copyOf(data, half, data.length - half), VERIFIER)).isInstanceOf(Parsed.Invalid.class);
  }

  @FuzzTest
  void readsHashes(byte[] data) {
    String phc = new String(data, StandardCharsets.UTF_8);
    if (Passwords.check(phc) instanceof Parsed.Valid<String>(String valid)) {
      assertThat(valid).isEqualTo(phc).startsWith("$argon2id$v=19$");
    }
  }
}

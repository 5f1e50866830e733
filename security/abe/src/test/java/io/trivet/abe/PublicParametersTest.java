package io.trivet.abe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Parsed;
import io.trivet.base.Randomness;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PublicParametersTest {
  private static final SecureRandom SECURE = new SecureRandom();
  private static final Randomness RANDOMNESS = SECURE::nextBytes;
  private static final byte[] CONTEXT = {1};

  private static boolean opens(ReaderKey key, Encapsulation e) {
    return key.decapsulate(e.ciphertext(), CONTEXT) instanceof Decapsulated.Opened;
  }

  @Test
  void sealsForReadersOfItsEpochAlone() {
    try (MasterKey authority = MasterKey.generate(Kind.CIPHERTEXT_POLICY, RANDOMNESS);
        ReaderKey now = authority.issue("role:nurse, epoch:3", RANDOMNESS).orThrow();
        ReaderKey before = authority.issue("role:nurse, epoch:2", RANDOMNESS).orThrow()) {
      PublicParameters p = new PublicParameters(authority.publicKey(), 3);
      // Without its parentheses the second half would be open to whoever is a nurse.
      Encapsulation e = p.encapsulate("role:doctor or role:nurse", CONTEXT).orThrow();
      assertThat(opens(now, e)).isTrue();
      assertThat(opens(before, e)).isFalse();
      assertThat(p.encapsulate("role:nurse or", CONTEXT)).isInstanceOf(Parsed.Invalid.class);
      assertThat(p.encapsulate("a) or (b", CONTEXT)).isInstanceOf(Parsed.Invalid.class);
    }
  }

  @Test
  void sealsUnderAKeyPolicyToo() {
    try (MasterKey authority = MasterKey.generate(Kind.KEY_POLICY, RANDOMNESS);
        ReaderKey now = authority.issue("(room:3) and epoch:3", RANDOMNESS).orThrow();
        ReaderKey before = authority.issue("(room:3) and epoch:2", RANDOMNESS).orThrow()) {
      Encapsulation e = new PublicParameters(authority.publicKey(), 3).encapsulate("room:3", CONTEXT).orThrow();
      assertThat(opens(now, e)).isTrue();
      assertThat(opens(before, e)).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void comesBackFromItsEncodingAndFromNoOther(Kind kind) {
    try (MasterKey authority = MasterKey.generate(kind, RANDOMNESS)) {
      PublicParameters p = new PublicParameters(authority.publicKey(), 1L << 40);
      byte[] encoded = p.encoded();
      assertThat(PublicParameters.decode(encoded).orThrow()).isEqualTo(p);
      assertThat(p.authority()).isEqualTo(authority.publicKey().id());
      assertThat(PublicParameters.decode(Arrays.copyOf(encoded, encoded.length - 1))).isInstanceOf(Parsed.Invalid.class);
      assertThat(PublicParameters.decode(authority.publicKey().encoded())).isInstanceOf(Parsed.Invalid.class);
      assertThatThrownBy(() -> new PublicParameters(authority.publicKey(), -1)).hasMessageContaining("epoch = -1");
    }
  }

  @FuzzTest(maxDuration = "20s")
  void takesAnyBytes(byte[] input) {
    if (PublicParameters.decode(input) instanceof Parsed.Valid<PublicParameters>(PublicParameters p)) {
      assertThat(p.encoded()).isEqualTo(input);
    }
  }
}

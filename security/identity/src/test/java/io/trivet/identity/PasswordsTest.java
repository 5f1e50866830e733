package io.trivet.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.base.Parsed;
import io.trivet.base.SecretBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsTest {
  private static final SecretBytes PASSWORD = SecretBytes.utf8("correct horse");

  @Test
  void acceptsItsPasswordAndNoOther() {
    String phc = Passwords.hash(PASSWORD, new TestRandomness(1));

    assertThat(phc).startsWith("$argon2id$v=19$m=19456,t=2,p=1$").doesNotContain("horse");
    assertThat(Passwords.matches(PASSWORD, phc)).isTrue();
    assertThat(Passwords.matches(SecretBytes.utf8("correct horsf"), phc)).isFalse();
    assertThat(Passwords.matches(SecretBytes.utf8(""), phc)).isFalse();
    assertThat(Passwords.hash(PASSWORD, new TestRandomness(2))).isNotEqualTo(phc);
  }

  /// A vector of the reference implementation: password "password", salt "somesalt".
  @Test
  void agreesWithTheReferenceImplementation() {
    String phc = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    assertThat(Passwords.matches(SecretBytes.utf8("password"), phc)).isTrue();
    assertThat(Passwords.matches(SecretBytes.utf8("passwore"), phc)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "", "$argon2id$", "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    "$argon2id$v=16$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    "$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    "$argon2id$v=19$m=65536,t=999,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    "$argon2id$v=19$m=65536,t=2,p=0$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFh",
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc\n"
  })
  void refusesOtherFormsAndCosts(String phc) {
    assertThat(Passwords.check(phc)).isInstanceOf(Parsed.Invalid.class);
  }

  @Test
  void refusesAnEmptyOrAnEndlessPassword() {
    assertThatThrownBy(() -> Passwords.hash(SecretBytes.utf8(""), new TestRandomness(1)))
        .hasMessageContaining("give 1 to 1024");
    assertThatThrownBy(() -> Passwords.hash(SecretBytes.utf8("x".repeat(1_025)), new TestRandomness(1)))
        .hasMessageContaining("give 1 to 1024");
  }
}

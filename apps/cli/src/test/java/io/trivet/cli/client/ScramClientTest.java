package io.trivet.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NullMarked
class ScramClientTest {
  private static final String NONCE = "rOprNGfwEbeRWgbNEkqO";
  private static final String SERVER = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

  private static ScramClient client() {
    return new ScramClient("user", SecretBytes.utf8("pencil"), NONCE);
  }

  /// RFC 7677, section 3.
  @Test
  void answersAsTheStandardShows() throws ClientFailure {
    ScramClient c = client();
    assertThat(c.first()).isEqualTo(Bytes.utf8("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"));
    assertThat(c.answer(Bytes.utf8(SERVER + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")).asUtf8())
        .isEqualTo("c=biws," + SERVER + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    assertThat(c.isProof(Bytes.utf8("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="))).isTrue();
    assertThat(c.isProof(Bytes.utf8("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5="))).isFalse();
  }

  @Test
  void takesNoProofBeforeTheChallenge() {
    assertThat(client().isProof(Bytes.utf8("v="))).isFalse();
    assertThat(client().isProof(Bytes.EMPTY)).isFalse();
  }

  @Test
  void escapesTheName() {
    assertThat(new ScramClient("a=b,c", SecretBytes.utf8("p"), "n").first().asUtf8()).isEqualTo("n,,n=a=3Db=2Cc,r=n");
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "", "r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", "r=" + NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    SERVER + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4095", SERVER + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=9999999",
    SERVER + ",s=====,i=4096", SERVER + ",s=W22ZaJ0SNY7soEsUEjb6gQ==", "m=x," + SERVER + ",s=AAAA,i=4096"
  })
  void refusesAChallengeThatIsNone(String challenge) {
    assertThatThrownBy(() -> client().answer(Bytes.utf8(challenge))).isInstanceOf(ClientFailure.class);
  }
}

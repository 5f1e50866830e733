package io.trivet.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.SecretBytes;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScramServerTest {
  private static final String CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
  private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  private static final Bytes SALT = Bytes.wrap(Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="));
  private static final ScramVerifier PENCIL = Scram.verifier(SecretBytes.utf8("pencil"), SALT, 4_096);

  /// The exchange printed in RFC 7677, section 3.
  @Test
  void speaksAsTheRfcPrintsIt() {
    ScramServer s = new ScramServer(SERVER_NONCE);

    assertThat(s.first(Bytes.utf8("n,,n=user,r=" + CLIENT_NONCE))).isEqualTo(Parsed.valid("user"));
    assertThat(s.challenge(PENCIL).asUtf8())
        .isEqualTo("r=" + CLIENT_NONCE + SERVER_NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
    assertThat(s.last(Bytes.utf8("c=biws,r=" + CLIENT_NONCE + SERVER_NONCE
            + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="), PENCIL).map(Bytes::asUtf8))
        .isEqualTo(Parsed.valid("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
  }

  private static Parsed<Bytes> last(String message) {
    ScramServer s = new ScramServer(SERVER_NONCE);
    s.first(Bytes.utf8("n,,n=user,r=" + CLIENT_NONCE)).orThrow();
    s.challenge(PENCIL);
    return s.last(Bytes.utf8(message), PENCIL);
  }

  @ParameterizedTest
  @ValueSource(strings = {
    // a proof of one other bit
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVU=",
    // another nonce, a nonce without the server's part
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k1,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    "c=biws,r=rOprNGfwEbeRWgbNEkqO,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    // the header "y,," was not what it began with
    "c=eSws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    // no proof, a short one, nothing
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=AAAA", ""
  })
  void refusesAWrongFinalMessage(String message) {
    assertThat(last(message)).isInstanceOf(Parsed.Invalid.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "", "n", "n,,", "n,,n=user", "n,,n=,r=rOprNGfwEbeRWgbNEkqO", "n,,n=user,r=short", "n,,n=user,r=has blank in it",
    "p=tls-exporter,,n=user,r=rOprNGfwEbeRWgbNEkqO", "n,a=other,n=user,r=rOprNGfwEbeRWgbNEkqO",
    "n,,m=must,n=user,r=rOprNGfwEbeRWgbNEkqO", "n,,n=us\u0007er,r=rOprNGfwEbeRWgbNEkqO",
    "n,,n=us=2Der,r=rOprNGfwEbeRWgbNEkqO", "n,,n=us=,r=rOprNGfwEbeRWgbNEkqO"
  })
  void refusesAWrongFirstMessage(String message) {
    assertThat(new ScramServer(SERVER_NONCE).first(Bytes.utf8(message))).isInstanceOf(Parsed.Invalid.class);
  }

  @Test
  void refusesMoreThanAKibibyteAndTextThatIsNone() {
    assertThat(new ScramServer(SERVER_NONCE).first(Bytes.utf8("n,,n=user,r=" + "x".repeat(1_013))))
        .isEqualTo(Parsed.invalid("scram", "a message of 1025 bytes"));
    assertThat(new ScramServer(SERVER_NONCE).first(Bytes.hex("6E2C2C FF"))).isInstanceOf(Parsed.Invalid.class);
  }

  @Test
  void readsEscapedNames() {
    assertThat(new ScramServer(SERVER_NONCE).first(Bytes.utf8("y,,n=a=2Cb=3D2C,r=" + CLIENT_NONCE)))
        .isEqualTo(Parsed.valid("a,b=2C"));
  }
}

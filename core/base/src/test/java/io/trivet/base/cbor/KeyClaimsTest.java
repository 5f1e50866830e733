package io.trivet.base.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyClaimsTest {
  /// CRED_R of the second trace of RFC 9529, section 3.
  private static final Bytes OF_THE_RFC = Bytes.hex("a2026b6578616d706c652e65647508a101a501020241322001215820bbc34960526ea4d32e940cad2a23414"
      + "8ddc21791a12afbcbac93622046dd44f02258204519e257236b2a0ce2023f0931f1f386ca7afda64fcde0108c224c51eabf6072");

  @Test
  void readsTheClaimsOfTheStandardAndWritesThemAlike() {
    KeyClaims read = KeyClaims.read(OF_THE_RFC).orThrow();

    assertThat(read.subject()).contains("example.edu");
    assertThat(read.kid()).contains(Bytes.hex("32"));
    assertThat(read.curve()).isEqualTo(KeyClaims.Curve.P256);
    assertThat(read.point().length()).isEqualTo(65);
    assertThat(read.toCbor().encoded()).isEqualTo(OF_THE_RFC);
  }

  @Test
  void tellsTheSignOfAPointInOneByte() {
    Bytes x = KeyClaims.read(OF_THE_RFC).orThrow().x();
    for (String sign : new String[] {"00", "01"}) {
      KeyClaims compressed =
          new KeyClaims(Optional.empty(), Optional.empty(), KeyClaims.Curve.P256, x, Optional.of(Bytes.hex(sign)));
      assertThat(KeyClaims.read(compressed.toCbor().encoded()).orThrow()).isEqualTo(compressed);
      assertThat(compressed.point().slice(0, 1)).isEqualTo(Bytes.hex(sign.equals("00") ? "02" : "03"));
    }
  }

  @Test
  void refusesWhatIsNoKey() {
    for (String bad : new String[] {"", "00", "a0", "a108a0", "a108a101a0", "a108a101a3010120042140",
        "a108a101a3010120092158200000000000000000000000000000000000000000000000000000000000000000"}) {
      assertThat(KeyClaims.read(Bytes.hex(bad))).as(bad).isInstanceOf(Parsed.Invalid.class);
    }
    assertThat(KeyClaims.read(Bytes.wrap(new byte[KeyClaims.BYTES_MAX + 1]))).isInstanceOf(Parsed.Invalid.class);
    assertThatThrownBy(() -> new KeyClaims(Optional.empty(), Optional.of(Bytes.wrap(new byte[17])),
        KeyClaims.Curve.X25519, Bytes.wrap(new byte[32]), Optional.empty())).isInstanceOf(IllegalArgumentException.class);
  }

  @FuzzTest(maxDuration = "20s")
  void takesAnything(byte[] input) {
    if (KeyClaims.read(Bytes.wrap(input)) instanceof Parsed.Valid<KeyClaims>(KeyClaims read)) {
      assertThat(KeyClaims.read(read.toCbor().encoded()).orThrow()).isEqualTo(read);
    }
  }

  @Test
  void takesMutationsOfWhatIsReal() {
    Random random = new Random(9529);
    for (int i = 0; i < 20_000; i++) {
      byte[] b = OF_THE_RFC.toArray();
      for (int n = random.nextInt(3); n >= 0; n--) {
        b[random.nextInt(b.length)] = (byte) random.nextInt();
      }
      takesAnything(b);
    }
  }
}

package io.trivet.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.base.Bytes;
import io.trivet.base.SecretBytes;
import io.trivet.base.cbor.KeyClaims;
import io.trivet.identity.Credential.ObjectSecurity;
import io.trivet.identity.Credential.RawPublicKey;
import io.trivet.identity.certificates.RawKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Raw public keys and OSCORE contexts in the registry.
class CoapCredentialsTest {
  @TempDir Path dir;

  private static Device device(String id, Credential... credentials) {
    Device d = Device.of(new DeviceId(id), 1);
    for (Credential c : credentials) {
      d = d.with(c);
    }
    return d;
  }

  private static ObjectSecurity context(String deviceId, String secret) {
    return new ObjectSecurity(Bytes.hex(deviceId), Bytes.hex("00"), Optional.empty(), SecretBytes.utf8(secret),
        Bytes.hex("9e7ca92223786340"), 10);
  }

  private static Bytes key() {
    return Bytes.wrap(RawKeys.generate().getPublic().getEncoded());
  }

  @Test
  void outliveTheProcess() throws IOException {
    Path file = dir.resolve("devices.json");
    Bytes key = key();
    ObjectSecurity plain = context("0102", "0123456789abcdef");
    ObjectSecurity named = new ObjectSecurity(Bytes.hex("03"), Bytes.EMPTY, Optional.of(Bytes.hex("37cbf3")),
        SecretBytes.utf8("fedcba9876543210"), Bytes.EMPTY, 1);
    Registry.open(file).add(device("lamp", new RawPublicKey(key), plain, named));
    Registry again = Registry.open(file);
    Device d = again.find(new DeviceId("lamp")).orElseThrow();
    assertThat(d.credentials()).containsExactly(new RawPublicKey(key), plain, named);
    assertThat(again.trustsRawKey(key)).isTrue();
    assertThat(again.findByRawKey(key())).isEmpty();
    assertThat(again.objectSecurity(Bytes.hex("0102"), Optional.empty())).contains(plain);
    assertThat(again.objectSecurity(Bytes.hex("03"), Optional.of(Bytes.hex("37cbf3")))).contains(named);
    assertThat(again.objectSecurity(Bytes.hex("03"), Optional.empty())).isEmpty();
  }

  @Test
  void areNotTrustedWhileTheDeviceIsBlocked() throws IOException {
    Registry r = Registry.open(dir.resolve("devices.json"));
    Bytes key = key();
    r.add(device("lamp", new RawPublicKey(key), context("01", "0123456789abcdef")));
    r.update(new DeviceId("lamp"), d -> d.withState(Device.State.BLOCKED));
    assertThat(r.trustsRawKey(key)).isFalse();
    assertThat(r.objectSecurity(Bytes.hex("01"), Optional.empty())).isEmpty();
  }

  @Test
  void belongToOneDeviceOnly() throws IOException {
    Registry r = Registry.open(dir.resolve("devices.json"));
    Bytes key = key();
    r.add(device("lamp", new RawPublicKey(key), context("01", "0123456789abcdef")));
    assertThatThrownBy(() -> r.add(device("other", new RawPublicKey(key)))).hasMessageContaining("same credential");
    assertThatThrownBy(() -> r.add(device("other", context("01", "another secret 16"))))
        .hasMessageContaining("OSCORE id 01");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "00", "not base64!"})
  void refusesWhatIsNoKey(String text) {
    assertThatThrownBy(() -> new RawPublicKey(RawKeys.parse(text))).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void takesKeysOfEd25519AndRefusesRsa() throws GeneralSecurityException {
    PublicKey ed = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic();
    assertThat(new RawPublicKey(RawKeys.parse(RawKeys.pem(ed))).subjectPublicKeyInfo())
        .isEqualTo(Bytes.wrap(ed.getEncoded()));
    Bytes rsa = Bytes.wrap(KeyPairGenerator.getInstance("RSA").generateKeyPair().getPublic().getEncoded());
    assertThatThrownBy(() -> new RawPublicKey(rsa)).hasMessageContaining("SubjectPublicKeyInfo");
  }

  @Test
  void refusesContextsThatCannotBe() {
    assertThatThrownBy(() -> context("00", "0123456789abcdef")).hasMessageContaining("not the same");
    assertThatThrownBy(() -> context("0102030405060708", "0123456789abcdef")).hasMessageContaining("up to 7");
    assertThatThrownBy(() -> context("01", "short")).hasMessageContaining("16 to 64");
    assertThatThrownBy(() -> new ObjectSecurity(Bytes.hex("01"), Bytes.hex("00"), Optional.empty(),
        SecretBytes.utf8("0123456789abcdef"), Bytes.EMPTY, 4)).hasMessageContaining("cipher 4");
  }

  private static Bytes claims(String kid) {
    return new KeyClaims(Optional.of("lamp"), Optional.of(Bytes.hex(kid)), KeyClaims.Curve.X25519,
        Bytes.hex("09".repeat(32)), Optional.empty()).toCbor().encoded();
  }

  @Test
  void keepsKeysForEdhocEachUnderItsKid() throws IOException {
    Path file = dir.resolve("devices.json");
    Registry.open(file).add(device("lamp", new Credential.EdhocKey(claims("a1b2"))));

    Registry again = Registry.open(file);
    assertThat(again.findByEdhocKid(Bytes.hex("a1b2")).orElseThrow().credentials())
        .containsExactly(new Credential.EdhocKey(claims("a1b2")));
    assertThat(again.findByEdhocKid(Bytes.hex("a1b3"))).isEmpty();
    assertThatThrownBy(() -> again.add(device("other", new Credential.EdhocKey(claims("a1b2")))))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("EDHOC kid a1b2");
    Bytes nameless = new KeyClaims(Optional.empty(), Optional.empty(), KeyClaims.Curve.X25519,
        Bytes.hex("09".repeat(32)), Optional.empty()).toCbor().encoded();
    assertThatThrownBy(() -> new Credential.EdhocKey(nameless)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Credential.EdhocKey(Bytes.hex("a0"))).isInstanceOf(IllegalArgumentException.class);
  }
}

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
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
  @ValueSource(strings = {"", "00", "not base64!", "-----BEGIN PUBLIC KEY-------END PUBLIC KEY-----"})
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
    assertThatThrownBy(() -> context("00", "0123456789abcdef")).hasMessageContaining("are the same");
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

  private static ObjectSecurity withCipher(int aead, String deviceId, String serverId, String idContext) {
    return new ObjectSecurity(Bytes.hex(deviceId), Bytes.hex(serverId), Optional.of(Bytes.hex(idContext)),
        SecretBytes.utf8("0123456789abcdef"), Bytes.EMPTY, aead);
  }

  @ParameterizedTest
  @CsvSource({"10,7", "30,7", "31,7", "1,6", "2,6", "3,6", "24,6", "32,1", "33,1"})
  void takesIdsAsLongAsTheNonceOfTheCipherHasRoomFor(int aead, int most) {
    String longest = "01".repeat(most);
    assertThat(withCipher(aead, longest, "", "aa").deviceId().length()).isEqualTo(most);
    assertThatThrownBy(() -> withCipher(aead, longest + "01", "", "aa")).hasMessageContaining("up to " + most);
    assertThatThrownBy(() -> withCipher(aead, "", longest + "01", "aa")).hasMessageContaining("cipher " + aead);
  }

  @Test
  void tellsAllContextsThatAnIdMayMean() throws IOException {
    Registry r = Registry.open(dir.resolve("devices.json"));
    ObjectSecurity plain = context("01", "0123456789abcdef");
    ObjectSecurity named = withCipher(10, "01", "00", "aa");
    ObjectSecurity blocked = withCipher(10, "01", "00", "bb");
    r.add(device("lamp", plain, withCipher(10, "02", "00", "aa")));
    r.add(device("other", named));
    r.add(device("third", blocked).withState(Device.State.BLOCKED));
    assertThat(r.objectSecurities(Bytes.hex("01"))).extracting(Registry.OwnedContext::context)
        .containsExactlyInAnyOrder(plain, named);
    assertThat(r.objectSecurities(Bytes.hex("03"))).isEmpty();
  }

  @Test
  void refusesMoreContextsOfOneIdThanARequestMayBeTriedWith() throws IOException {
    Registry r = Registry.open(dir.resolve("devices.json"));
    for (int i = 0; i < Registry.SHARED_SENDER_ID_MAX; i++) {
      r.add(device("lamp" + i, withCipher(10, "01", "00", "a" + Integer.toHexString(i))));
    }
    assertThatThrownBy(() -> r.add(device("one-more", withCipher(10, "01", "00", "bb"))))
        .hasMessageContaining("more than 16 OSCORE contexts with the id 01");
  }

  @Test
  void refusesKeysOnOtherCurvesAndPointsOnNone() throws GeneralSecurityException {
    KeyPairGenerator g = KeyPairGenerator.getInstance("EC");
    g.initialize(new ECGenParameterSpec("secp521r1"));
    Bytes p521 = Bytes.wrap(g.generateKeyPair().getPublic().getEncoded());
    assertThatThrownBy(() -> new RawPublicKey(p521)).hasMessageContaining("P-256, P-384 or Ed25519");
    g.initialize(new ECGenParameterSpec("secp384r1"));
    assertThat(new RawPublicKey(Bytes.wrap(g.generateKeyPair().getPublic().getEncoded()))).isNotNull();
    byte[] off = key().toArray();
    off[off.length - 1] ^= 1; // the same x with another y
    assertThatThrownBy(() -> new RawPublicKey(Bytes.wrap(off))).hasMessageContaining("on the curve");
  }

  /// The form on disk: registries of servers that run hold it, so it stays readable and is written as it was.
  @Test
  void areWrittenAsTheyAlwaysWere() throws IOException {
    byte[] golden;
    try (InputStream in = Objects.requireNonNull(CoapCredentialsTest.class.getResourceAsStream(
        "IdentityFuzzTestInputs/readsRegistries/coap-credentials"))) {
      golden = in.readAllBytes();
    }
    List<Device> read = RegistryFile.read(golden);
    Bytes x = Bytes.hex("b8477024fedc4e51c4946b064ad548c65ecedfac6e6eea1a6d68dc9305c35bde");
    assertThat(((RawPublicKey) read.getFirst().credentials().getFirst()).subjectPublicKeyInfo().slice(27, 32))
        .isEqualTo(x);
    assertThat(read.getFirst().credentials().subList(1, 3)).containsExactly(context("0102", "0123456789abcdef"),
        new ObjectSecurity(Bytes.hex("03"), Bytes.EMPTY, Optional.of(Bytes.hex("37cbf3")),
            SecretBytes.utf8("fedcba9876543210"), Bytes.EMPTY, 32));
    assertThat(new String(RegistryFile.write(read), StandardCharsets.UTF_8))
        .isEqualTo(new String(golden, StandardCharsets.UTF_8));
  }
}

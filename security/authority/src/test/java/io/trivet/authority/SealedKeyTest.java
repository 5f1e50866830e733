package io.trivet.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.abe.Kind;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.SecretBytes;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.KeyClaims;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.hpke.HPKE;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SealedKeyTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Bytes AUTHORITY = Bytes.hex("000102030405060708090a0b0c0d0e0f");

  @TempDir private Path dir = Path.of("");

  static KeyFile plain(String device, long epoch) {
    return new KeyFile(AUTHORITY, device, epoch, Kind.CIPHERTEXT_POLICY, Bytes.utf8("public"), SecretBytes.utf8("reader's"));
  }

  /// RFC 9180, appendices A.1.1 and A.3.1: mode base, HKDF-SHA256, AES-128-GCM, sequence number 0.
  @ParameterizedTest(name = "{0}")
  @CsvSource({
      "X25519,"
          + "7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234,"
          + "6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037,"
          + "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d,"
          + "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8,"
          + "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431,"
          + "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
      "P256,"
          + "4270e54ffd08d79d5928020af4686d8f6b7d35dbe470265f1f5aa22816ce860e,"
          + "668b37171f1072f3cf12ea8a236a45df23fc13b82af3609ad1e354f6ef817550,"
          + "04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a82"
          + "6a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0,"
          + "f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2,"
          + "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac9"
          + "8536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4,"
          + "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434"
  })
  void agreesWithTheVectorsOfRfc9180(Suite suite, String ikmE, String ikmR, String pkR, String skR, String enc, String ct) {
    HPKE hpke = suite.hpke();
    AsymmetricCipherKeyPair ephemeral = hpke.deriveKeyPair(Bytes.hex(ikmE).toArray());
    assertThat(Bytes.wrap(hpke.serializePublicKey(hpke.deriveKeyPair(Bytes.hex(ikmR).toArray()).getPublic())))
        .isEqualTo(Bytes.hex(pkR));
    Bytes info = Bytes.hex("4f6465206f6e2061204772656369616e2055726e");
    Bytes aad = Bytes.hex("436f756e742d30");
    byte[] plaintext = Bytes.hex("4265617574792069732074727574682c20747275746820626561757479").toArray();

    HpkeSeal.Sealed sealed = HpkeSeal.seal(new Recipient(suite, Bytes.hex(pkR)), info, aad, plaintext, ephemeral);
    assertThat(sealed.encapsulated()).isEqualTo(Bytes.hex(enc));
    assertThat(sealed.ciphertext()).isEqualTo(Bytes.hex(ct));

    DeviceKey device = DeviceKey.read(Cbor.map(Cbor.of(1), Cbor.of(1), Cbor.of(2), Cbor.of(suite.number()), Cbor.of(3),
        Cbor.of(Bytes.hex(skR)), Cbor.of(4), Cbor.of(Bytes.hex(pkR))).encoded().toArray()).orThrow();
    SecretBytes opened = HpkeSeal.open(device, sealed, info, aad).orElseThrow();
    assertThat(opened.matches(SecretBytes.copyOf(plaintext))).isTrue();
    assertThat(HpkeSeal.open(device, sealed, aad, aad)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void opensForItsDeviceAlone(Suite suite) {
    try (DeviceKey device = DeviceKey.generate(suite, RANDOM::nextBytes);
        DeviceKey other = DeviceKey.generate(suite, RANDOM::nextBytes)) {
      SealedKey sealed = SealedKey.read(
          SealedKey.seal(device.recipient(), plain("lamp-1", 7)).encoded().toArray()).orThrow();
      KeyFile opened = sealed.open(device).orThrow();
      assertThat(opened.encoded().matches(plain("lamp-1", 7).encoded())).isTrue();
      assertThat(sealed.open(other)).isEqualTo(Parsed.invalid("sealed key",
          "the key for lamp-1 of epoch 7 was sealed for another device key, or changed on its way"));
    }
  }

  @Test
  void opensNothingWithAKeyOnAnotherCurve() {
    try (DeviceKey x = DeviceKey.generate(Suite.X25519, RANDOM::nextBytes);
        DeviceKey p = DeviceKey.generate(Suite.P256, RANDOM::nextBytes)) {
      assertThat(SealedKey.seal(x.recipient(), plain("lamp-1", 7)).open(p)).isEqualTo(
          Parsed.invalid("sealed key", "the key is sealed on X25519, this device key is on P256"));
    }
  }

  @Test
  void refusesEveryChangedByte() {
    try (DeviceKey device = DeviceKey.generate(Suite.X25519, RANDOM::nextBytes)) {
      byte[] file = SealedKey.seal(device.recipient(), plain("lamp-1", 7)).encoded().toArray();
      for (int i = 0; i < file.length; i++) {
        byte[] changed = file.clone();
        changed[i] ^= 1;
        boolean opened = SealedKey.read(changed) instanceof Parsed.Valid<SealedKey>(SealedKey k)
            && k.open(device) instanceof Parsed.Valid<KeyFile>;
        // X25519 passes over the highest bit of its input alone (RFC 7748, section 5), and that is not the one changed.
        assertThat(opened).as("byte %d", i).isFalse();
      }
    }
  }

  @Test
  void bindsDeviceAndEpoch() {
    try (DeviceKey device = DeviceKey.generate(Suite.X25519, RANDOM::nextBytes)) {
      SealedKey k = SealedKey.seal(device.recipient(), plain("lamp-1", 7));
      for (SealedKey moved : new SealedKey[] {
          new SealedKey(k.authority(), "lamp-2", 7, k.suite(), k.encapsulated(), k.ciphertext()),
          new SealedKey(k.authority(), "lamp-1", 8, k.suite(), k.encapsulated(), k.ciphertext()),
          new SealedKey(Bytes.wrap(new byte[16]), "lamp-1", 7, k.suite(), k.encapsulated(), k.ciphertext())}) {
        assertThat(moved.open(device)).isInstanceOf(Parsed.Invalid.class);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void derivesTheSameDeviceKeyFromTheSamePrivateKey(Suite suite) {
    try (SecretBytes one = SecretBytes.utf8("a private key in PKCS#8, say");
        SecretBytes two = SecretBytes.utf8("another");
        DeviceKey a = DeviceKey.derive(suite, one);
        DeviceKey b = DeviceKey.derive(suite, one);
        DeviceKey c = DeviceKey.derive(suite, two)) {
      assertThat(a.recipient()).isEqualTo(b.recipient()).isNotEqualTo(c.recipient());
      assertThat(a.encoded().matches(b.encoded())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsPublicKeysAsItWritesThem(Suite suite) {
    try (DeviceKey device = DeviceKey.generate(suite, RANDOM::nextBytes)) {
      Recipient.Named read = Recipient.read(device.recipient().claims("lamp-1").toArray()).orThrow();
      assertThat(read.recipient()).isEqualTo(device.recipient());
      assertThat(read.subject()).hasValue("lamp-1");
    }
  }

  @ParameterizedTest
  @CsvSource({"X25519, X25519", "EC, P256", "ED25519, "})
  void readsPublicKeysThatOpensslWrites(String algorithm, @Nullable Suite suite)
      throws IOException, InterruptedException {
    Path key = dir.resolve("key.pem");
    Path pub = dir.resolve("pub.pem");
    if (algorithm.equals("EC")) {
      openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key.toString());
    } else {
      openssl("genpkey", "-algorithm", algorithm, "-out", key.toString());
    }
    openssl("pkey", "-in", key.toString(), "-pubout", "-out", pub.toString());
    Parsed<Recipient.Named> read = Recipient.read(Files.readAllBytes(pub));
    if (suite == null) {
      assertThat(read).isEqualTo(Parsed.invalid(
          "device's public key", "no device's public key: give a key on X25519 or P-256"));
    } else {
      assertThat(read.orThrow().recipient().suite()).isEqualTo(suite);
    }
  }

  static void openssl(String... arguments) throws IOException, InterruptedException {
    String[] command = new String[arguments.length + 1];
    command[0] = "openssl";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
    p.getOutputStream().close();
    String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(p.waitFor(20, TimeUnit.SECONDS)).as(said).isTrue();
    assertThat(p.exitValue()).as(said).isZero();
  }

  /// The points of small order on Curve25519 (RFC 7748, section 6.1), and points off P-256: whoever sealed to one would
  /// seal to everybody, or leak what it agrees with.
  @ParameterizedTest
  @CsvSource({
      "X25519,0000000000000000000000000000000000000000000000000000000000000000",
      "X25519,0100000000000000000000000000000000000000000000000000000000000000",
      "X25519,e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "X25519,5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      "X25519,ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "P256,0400000000000000000000000000000000000000000000000000000000000000010000000000000000000000000000000000000000000000000000000000000001"
  })
  void refusesPointsThatAgreeWithEverybody(Suite suite, String point) {
    Bytes p = Bytes.hex(point);
    KeyClaims claims = new KeyClaims(Optional.empty(),
        Optional.empty(), suite.curve(), suite == Suite.P256 ? p.slice(1, 32) : p,
        suite == Suite.P256 ? Optional.of(p.slice(33, 32)) : Optional.empty());
    assertThat(Recipient.read(claims.toCbor().encoded().toArray())).isInstanceOf(Parsed.Invalid.class);
  }

  @Test
  void refusesADeviceKeyWhoseHalvesDiffer() {
    try (DeviceKey a = DeviceKey.generate(Suite.X25519, RANDOM::nextBytes);
        DeviceKey b = DeviceKey.generate(Suite.X25519, RANDOM::nextBytes)) {
      byte[] mixed = a.encoded().expose(byte[]::clone);
      System.arraycopy(b.recipient().publicKey().toArray(), 0, mixed, mixed.length - 32, 32);
      assertThat(DeviceKey.read(mixed)).isEqualTo(
          Parsed.invalid("device key", "no device key: its two halves do not belong together"));
    }
  }
}

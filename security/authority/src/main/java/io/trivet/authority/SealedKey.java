package io.trivet.authority;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.SecretBytes;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import java.util.Optional;

/// A reader's key on its way: the content of a [KeyFile], encrypted to one device by HPKE. Whoever carries it can neither
/// read it nor change whom it is for.
///
/// As a file, `.abe.sealed`: `{1: 1, 2: authority, 3: device, 4: epoch, 5: KEM, 6: encapsulated key, 7: ciphertext}`.
/// HPKE's `info` is the encoded list `["Trivet key", 1, authority, device, epoch]`, its `aad` is empty: what a device is
/// told beside the ciphertext is all in there.
///
/// @param authority its 16 bytes
public record SealedKey(Bytes authority, String device, long epoch, Suite suite, Bytes encapsulated, Bytes ciphertext) {
  public static final int FILE_BYTES_MAX = 256 << 10;
  private static final String WHAT = "sealed key";
  private static final long VERSION = 1;

  public SealedKey {
    DeviceName.checked(device);
  }

  static SealedKey seal(Recipient to, KeyFile key) {
    try (SecretBytes plaintext = key.encoded()) {
      HpkeSeal.Sealed sealed =
          HpkeSeal.seal(to, info(key.authority(), key.device(), key.epoch()), Bytes.EMPTY, plaintext);
      return new SealedKey(
          key.authority(), key.device(), key.epoch(), to.suite(), sealed.encapsulated(), sealed.ciphertext());
    }
  }

  private static Bytes info(Bytes authority, String device, long epoch) {
    return Cbor.array(Cbor.of("Trivet key"), Cbor.of(VERSION), Cbor.of(authority), Cbor.of(device), Cbor.of(epoch))
        .encoded();
  }

  /// @return invalid where it was sealed for another key, or changed on the way
  public Parsed<KeyFile> open(DeviceKey with) {
    if (with.recipient().suite() != suite) {
      return Parsed.invalid(WHAT, "the key is sealed on " + suite + ", this device key is on " + with.recipient().suite());
    }
    Optional<SecretBytes> opened = HpkeSeal.open(
        with, new HpkeSeal.Sealed(encapsulated, ciphertext), info(authority, device, epoch), Bytes.EMPTY);
    if (opened.isEmpty()) {
      return Parsed.invalid(WHAT, "the key for " + device + " of epoch " + epoch
          + " was sealed for another device key, or changed on its way");
    }
    try (SecretBytes plaintext = opened.get()) {
      return switch (KeyFile.read(plaintext)) {
        case Parsed.Invalid<KeyFile> i -> i;
        case Parsed.Valid<KeyFile>(KeyFile k) when k.authority().equals(authority) && k.device().equals(device)
            && k.epoch() == epoch -> Parsed.valid(k);
        case Parsed.Valid<KeyFile>(KeyFile k) -> {
          k.close();
          yield Parsed.invalid(WHAT, "what is inside is for another device or epoch than what is outside");
        }
      };
    }
  }

  public Bytes encoded() {
    return Cbor.map(
        Cbor.of(1), Cbor.of(VERSION),
        Cbor.of(2), Cbor.of(authority),
        Cbor.of(3), Cbor.of(device),
        Cbor.of(4), Cbor.of(epoch),
        Cbor.of(5), Cbor.of(suite.number()),
        Cbor.of(6), Cbor.of(encapsulated),
        Cbor.of(7), Cbor.of(ciphertext)).encoded();
  }

  public static Parsed<SealedKey> read(byte[] file) {
    if (file.length > FILE_BYTES_MAX) {
      return Parsed.invalid(WHAT, "no " + WHAT + ": " + file.length + " bytes, at most " + FILE_BYTES_MAX + " are read");
    }
    return Fields.read(Bytes.wrap(file), CborLimits.STRICT, WHAT, VERSION, f -> {
      Suite suite = Suite.of(f.number(5, 0, 0xFFFF));
      return new SealedKey(f.bytes(2, KeyFile.AUTHORITY_BYTES, KeyFile.AUTHORITY_BYTES),
          f.text(3, DeviceName.CHARS_MAX), f.number(4, 1, Long.MAX_VALUE), suite,
          f.bytes(6, suite.publicBytes(), suite.publicBytes()), f.bytes(7, HpkeSeal.TAG_BYTES, FILE_BYTES_MAX));
    });
  }
}

package io.trivet.authority;

import io.trivet.abe.Kind;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.SecretBytes;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import java.util.Arrays;

/// What a device reads with: its key, and the authority's public key, which checks the key and encrypts.
///
/// As a file, `.abe`: `{1: 1, 2: authority, 3: device, 4: epoch, 5: kind, 6: public key, 7: reader's key}`, where the
/// last two are as the attribute-based encryption encodes them, and the kind is 1 where attributes are in the key and 2
/// where a policy is.
///
/// @param readerKey the caller's to close with the file
public record KeyFile(Bytes authority, String device, long epoch, Kind kind, Bytes publicKey, SecretBytes readerKey)
    implements AutoCloseable {
  public static final int FILE_BYTES_MAX = 200 << 10;
  static final int AUTHORITY_BYTES = 16;
  private static final int PART_BYTES_MAX = 128 << 10;
  private static final String WHAT = "reader's key";
  private static final long VERSION = 1;

  public KeyFile {
    DeviceName.checked(device);
  }

  static int number(Kind kind) {
    return switch (kind) {
      case CIPHERTEXT_POLICY -> 1;
      case KEY_POLICY -> 2;
    };
  }

  static Kind kind(long number) throws Fields.Misfit {
    for (Kind k : Kind.values()) {
      if (number(k) == number) {
        return k;
      }
    }
    throw new Fields.Misfit("kind " + number + ": 1 and 2 are known");
  }

  /// For a file that only its owner reads.
  public SecretBytes encoded() {
    byte[] file = readerKey.expose(k -> Cbor.map(
        Cbor.of(1), Cbor.of(VERSION),
        Cbor.of(2), Cbor.of(authority),
        Cbor.of(3), Cbor.of(device),
        Cbor.of(4), Cbor.of(epoch),
        Cbor.of(5), Cbor.of(number(kind)),
        Cbor.of(6), Cbor.of(publicKey),
        Cbor.of(7), Cbor.of(Bytes.wrap(k))).encoded().toArray());
    try {
      return SecretBytes.copyOf(file);
    } finally {
      Arrays.fill(file, (byte) 0);
    }
  }

  public static Parsed<KeyFile> read(SecretBytes file) {
    if (file.length() > FILE_BYTES_MAX) {
      return Parsed.invalid(WHAT, "no " + WHAT + ": " + file.length() + " bytes, at most " + FILE_BYTES_MAX
          + " are read");
    }
    return file.expose(content -> Fields.read(Bytes.wrap(content), CborLimits.STRICT, WHAT, VERSION, f -> {
      Bytes authority = f.bytes(2, AUTHORITY_BYTES, AUTHORITY_BYTES);
      String device = f.text(3, DeviceName.CHARS_MAX);
      long epoch = f.number(4, 1, Long.MAX_VALUE);
      Kind kind = kind(f.number(5, 0, Long.MAX_VALUE));
      Bytes publicKey = f.bytes(6, 1, PART_BYTES_MAX);
      byte[] key = f.bytes(7, 1, PART_BYTES_MAX).toArray();
      try {
        return new KeyFile(authority, device, epoch, kind, publicKey, SecretBytes.copyOf(key));
      } finally {
        Arrays.fill(key, (byte) 0);
      }
    }));
  }

  @Override
  public void close() {
    readerKey.close();
  }
}

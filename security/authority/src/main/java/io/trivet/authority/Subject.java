package io.trivet.authority;

import io.trivet.base.Bytes;
import io.trivet.base.cbor.Cbor;
import java.util.List;
import java.util.OptionalLong;

/// A device that keys are issued to.
///
/// @param scope its attributes between commas, or its policy; without the epoch's attribute
/// @param recipient what its keys are sealed to
/// @param keyEpoch the epoch of its last key
/// @param keyNumber tells that key's file from those of earlier ones
/// @param keyDigest SHA-256 of that file
/// @param revokedIn the epoch in which it was revoked, and the last that it can read
public record Subject(
    String device,
    String scope,
    Recipient recipient,
    long keyEpoch,
    long keyNumber,
    Bytes keyDigest,
    OptionalLong revokedIn) {
  static final int SCOPE_CHARS_MAX = 16_384;
  private static final int DIGEST_BYTES = 32;
  private static final int MEMBERS = 8;

  public Subject {
    DeviceName.checked(device);
    if (scope.isBlank() || scope.length() > SCOPE_CHARS_MAX) {
      throw new IllegalArgumentException(
          device + ": attributes of " + scope.length() + " characters: give 1 to " + SCOPE_CHARS_MAX);
    }
  }

  public boolean isRevoked() {
    return revokedIn.isPresent();
  }

  String fileName() {
    return device + "." + keyNumber + ".abe.sealed";
  }

  Subject revoked(long epoch) {
    return new Subject(device, scope, recipient, keyEpoch, keyNumber, keyDigest, OptionalLong.of(epoch));
  }

  Cbor toCbor() {
    return Cbor.array(
        Cbor.of(device),
        Cbor.of(scope),
        Cbor.of(recipient.suite().number()),
        Cbor.of(recipient.publicKey()),
        Cbor.of(keyEpoch),
        Cbor.of(keyNumber),
        Cbor.of(keyDigest),
        Cbor.of(revokedIn.orElse(0)));
  }

  static Subject of(Cbor item) throws Fields.Misfit {
    String where = "subject";
    List<Cbor> i = Fields.array(item, where, MEMBERS, MEMBERS);
    Suite suite = Suite.of(Fields.number(i.get(2), where, 0, 0xFFFF));
    long revoked = Fields.number(i.get(7), where, 0, Long.MAX_VALUE);
    return new Subject(
        Fields.text(i.get(0), where, DeviceName.CHARS_MAX),
        Fields.text(i.get(1), where, SCOPE_CHARS_MAX),
        new Recipient(suite, Fields.bytes(i.get(3), where, suite.publicBytes(), suite.publicBytes())),
        Fields.number(i.get(4), where, 1, Long.MAX_VALUE),
        Fields.number(i.get(5), where, 1, Long.MAX_VALUE),
        Fields.bytes(i.get(6), where, DIGEST_BYTES, DIGEST_BYTES),
        revoked == 0 ? OptionalLong.empty() : OptionalLong.of(revoked));
  }
}

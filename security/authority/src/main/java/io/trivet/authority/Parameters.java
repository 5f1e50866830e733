package io.trivet.authority;

import io.trivet.abe.Kind;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import java.util.HexFormat;

/// What anybody may know of an authority, and what its directory is checked with while the master key is closed.
///
/// As a file: `{1: 1, 2: kind, 3: authority, 4: public key, 5: signer's public key}`.
///
/// @param publicKey what senders encrypt with, as the encryption encodes it
/// @param signer whose signature the ledger bears
public record Parameters(Kind kind, Bytes authority, Bytes publicKey, Bytes signer) {
  static final int FILE_BYTES_MAX = 64 << 10;
  private static final String WHAT = "authority's parameters";
  private static final long VERSION = 1;

  /// The authority's id in hexadecimal, as people compare it.
  public String name() {
    return HexFormat.of().formatHex(authority.toArray());
  }

  Bytes encoded() {
    return Cbor.map(
        Cbor.of(1), Cbor.of(VERSION),
        Cbor.of(2), Cbor.of(KeyFile.number(kind)),
        Cbor.of(3), Cbor.of(authority),
        Cbor.of(4), Cbor.of(publicKey),
        Cbor.of(5), Cbor.of(signer)).encoded();
  }

  static Parsed<Parameters> read(byte[] file) {
    return Fields.read(Bytes.wrap(file), CborLimits.STRICT, WHAT, VERSION, f -> new Parameters(
        KeyFile.kind(f.number(2, 0, Long.MAX_VALUE)),
        f.bytes(3, KeyFile.AUTHORITY_BYTES, KeyFile.AUTHORITY_BYTES),
        f.bytes(4, 1, FILE_BYTES_MAX),
        f.bytes(5, Signer.PUBLIC_BYTES, Signer.PUBLIC_BYTES)));
  }
}

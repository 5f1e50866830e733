package io.trivet.authority;

import io.trivet.abe.Kind;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Everything that the authority knows but the master key: the one file whose replacement makes a change happen. It holds
/// the log's head, so that who cuts the log has to forge this file's signature.
///
/// As a file: `{1: 1, 2: body, 3: signature}`; the body is `{1: 1, 2: kind, 3: authority, 4: epoch, 5: next key number,
/// 6: log lines, 7: hash of the last, 8: [subject...]}`.
///
/// @param epoch from 1
/// @param subjects by device
record Ledger(
    Kind kind, Bytes authority, long epoch, long nextKey, LogHead log, SortedMap<String, Subject> subjects) {
  static final int FILE_BYTES_MAX = 256 << 20;
  static final int SUBJECTS_MAX = 200_000;
  private static final String WHAT = "ledger";
  private static final long VERSION = 1;
  private static final CborLimits OUTER = new CborLimits(2, 16, true);
  private static final CborLimits BODY = new CborLimits(4, 10 * SUBJECTS_MAX + 100, true);
  private static final Bytes CONTEXT = Bytes.utf8("Trivet authority's ledger 1:");

  Ledger {
    subjects = Collections.unmodifiableSortedMap(new TreeMap<>(subjects));
    if (subjects.size() > SUBJECTS_MAX) {
      throw new IllegalArgumentException(subjects.size() + " devices: at most " + SUBJECTS_MAX + " are kept");
    }
  }

  Optional<Subject> find(String device) {
    return Optional.ofNullable(subjects.get(device));
  }

  Ledger with(List<Subject> changed) {
    SortedMap<String, Subject> all = new TreeMap<>(subjects);
    changed.forEach(s -> all.put(s.device(), s));
    return new Ledger(kind, authority, epoch, nextKey, log, all);
  }

  Ledger withEpoch(long next) {
    return new Ledger(kind, authority, next, nextKey, log, subjects);
  }

  Ledger withNextKey(long next) {
    return new Ledger(kind, authority, epoch, next, log, subjects);
  }

  Ledger withLog(LogHead head) {
    return new Ledger(kind, authority, epoch, nextKey, head, subjects);
  }

  private static Bytes message(Bytes body) {
    byte[] m = new byte[CONTEXT.length() + body.length()];
    CONTEXT.copyTo(m, 0);
    body.copyTo(m, CONTEXT.length());
    return Bytes.wrap(m);
  }

  Bytes signed(Signer signer) {
    List<Cbor> all = new ArrayList<>(subjects.size());
    subjects.values().forEach(s -> all.add(s.toCbor()));
    Bytes body = Cbor.map(
        Cbor.of(1), Cbor.of(VERSION),
        Cbor.of(2), Cbor.of(KeyFile.number(kind)),
        Cbor.of(3), Cbor.of(authority),
        Cbor.of(4), Cbor.of(epoch),
        Cbor.of(5), Cbor.of(nextKey),
        Cbor.of(6), Cbor.of(log.lines()),
        Cbor.of(7), Cbor.of(log.hashBytes()),
        Cbor.of(8), new Cbor.Array(all)).encoded();
    return Cbor.map(
        Cbor.of(1), Cbor.of(VERSION),
        Cbor.of(2), Cbor.of(body),
        Cbor.of(3), Cbor.of(signer.sign(message(body)))).encoded();
  }

  /// @param signer the public key of who may have signed it
  static Parsed<Ledger> read(byte[] file, Bytes signer) {
    Parsed<Bytes> body = Fields.read(Bytes.wrap(file), OUTER, WHAT, VERSION, f -> {
      Bytes b = f.bytes(2, 1, FILE_BYTES_MAX);
      if (!Signer.verifies(signer, message(b), f.bytes(3, Signer.SIGNATURE_BYTES, Signer.SIGNATURE_BYTES))) {
        throw new Fields.Misfit("its signature is not this authority's");
      }
      return b;
    });
    return switch (body) {
      case Parsed.Invalid<Bytes> i -> i.cast();
      case Parsed.Valid<Bytes>(Bytes b) -> body(b);
    };
  }

  /// What a signature vouches for.
  static Parsed<Ledger> body(Bytes encoded) {
    return Fields.read(encoded, BODY, WHAT, VERSION, Ledger::body);
  }

  private static Ledger body(Fields f) throws Fields.Misfit {
    SortedMap<String, Subject> subjects = new TreeMap<>();
    for (Cbor item : Fields.array(f.at(8), "subjects", 0, SUBJECTS_MAX)) {
      Subject s = Subject.of(item);
      if (subjects.put(s.device(), s) != null) {
        throw new Fields.Misfit(s.device() + " stands there twice");
      }
    }
    return new Ledger(
        KeyFile.kind(f.number(2, 0, Long.MAX_VALUE)),
        f.bytes(3, KeyFile.AUTHORITY_BYTES, KeyFile.AUTHORITY_BYTES),
        f.number(4, 1, Long.MAX_VALUE),
        f.number(5, 1, Long.MAX_VALUE),
        new LogHead(f.number(6, 0, Long.MAX_VALUE),
            HexFormat.of().formatHex(f.bytes(7, 32, 32).toArray())),
        subjects);
  }
}

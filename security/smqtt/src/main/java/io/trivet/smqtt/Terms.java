package io.trivet.smqtt;

import io.trivet.abe.Kind;
import io.trivet.base.Bytes;
import io.trivet.base.cbor.Cbor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What a key header says beside its ciphertext. All of it is bound to the content key: it is the context of the
/// encapsulation.
///
/// @param authority 16 bytes
/// @param senderKeyId 8 bytes
/// @param scope the topic filter that the key serves
/// @param notBefore seconds since 1970, as is `notAfter`
/// @param base the first counter
record Terms(
    Bytes authority, Kind kind, String sender, Bytes senderKeyId, String scope, long epoch, long notBefore,
    long notAfter, long base, Signing signing, Algorithm algorithm) {
  static final int AUTHORITY_BYTES = 16;

  static final long VERSION = 1;
  static final int VERSION_KEY = 1;
  static final int AUTHORITY_KEY = 2;
  static final int KIND_KEY = 3;
  static final int CIPHERTEXT_KEY = 4;
  static final int SENDER_KEY = 5;
  static final int SENDER_KEY_ID_KEY = 6;
  static final int SCOPE_KEY = 7;
  static final int EPOCH_KEY = 8;
  static final int NOT_BEFORE_KEY = 9;
  static final int NOT_AFTER_KEY = 10;
  static final int BASE_KEY = 11;
  static final int SIGNING_KEY = 12;
  static final int ALGORITHM_KEY = 13;
  static final int ENTRIES = 13;

  private static final byte[] CONTEXT = "SMQTT 1 key header".getBytes(StandardCharsets.US_ASCII);

  private List<Cbor.Pair> pairs() {
    List<Cbor.Pair> pairs = new ArrayList<>();
    add(pairs, VERSION_KEY, Cbor.of(VERSION));
    add(pairs, AUTHORITY_KEY, Cbor.of(authority));
    add(pairs, KIND_KEY, Cbor.of(kind == Kind.CIPHERTEXT_POLICY ? 0 : 1));
    add(pairs, SENDER_KEY, Cbor.of(sender));
    add(pairs, SENDER_KEY_ID_KEY, Cbor.of(senderKeyId));
    add(pairs, SCOPE_KEY, Cbor.of(scope));
    add(pairs, EPOCH_KEY, Cbor.of(epoch));
    add(pairs, NOT_BEFORE_KEY, Cbor.of(notBefore));
    add(pairs, NOT_AFTER_KEY, Cbor.of(notAfter));
    add(pairs, BASE_KEY, Cbor.of(base));
    add(pairs, SIGNING_KEY, Cbor.of(signing == Signing.PER_HEADER ? 0 : 1));
    add(pairs, ALGORITHM_KEY, Cbor.of(algorithm.number()));
    return pairs;
  }

  private static void add(List<Cbor.Pair> pairs, int key, Cbor value) {
    pairs.add(new Cbor.Pair(Cbor.of(key), value));
  }

  /// What the encapsulation binds: a label and the header's map without its ciphertext.
  byte[] context() {
    byte[] map = new Cbor.Map(pairs()).encoded().toArray();
    byte[] context = java.util.Arrays.copyOf(CONTEXT, CONTEXT.length + map.length);
    System.arraycopy(map, 0, context, CONTEXT.length, map.length);
    return context;
  }

  Bytes encoded(Bytes ciphertext) {
    List<Cbor.Pair> pairs = pairs();
    add(pairs, CIPHERTEXT_KEY, Cbor.of(ciphertext));
    return new Cbor.Map(pairs).encoded();
  }
}

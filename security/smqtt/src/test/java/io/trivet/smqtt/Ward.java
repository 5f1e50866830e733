package io.trivet.smqtt;

import io.trivet.abe.Decapsulated;
import io.trivet.abe.Decapsulator;
import io.trivet.abe.Encapsulation;
import io.trivet.abe.Encapsulator;
import io.trivet.abe.Kind;
import io.trivet.base.Bytes;
import io.trivet.base.Clock;
import io.trivet.base.Parsed;
import io.trivet.base.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/// A hospital ward with a clock that is set by hand, and a stand-in for the encapsulation that keeps its promises to
/// this room: the ciphertext is "policy:number", the secret the hash of it and the context. A reader may read a policy
/// that it names.
final class Ward implements Clock {
  static final Bytes AUTHORITY = Bytes.hex("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf");
  static final String TOPIC = "ward/7/pulse";

  long millis = 1_800_000_000_000L;
  final AtomicInteger encapsulated = new AtomicInteger();
  final AtomicInteger decapsulated = new AtomicInteger();
  final SenderKey pump = senderKey("pump-1", 1);

  static SenderKey senderKey(String name, int seed) {
    byte[] b = new byte[32];
    java.util.Arrays.fill(b, (byte) seed);
    return SenderKey.of(name, SecretBytes.copyOf(b));
  }

  @Override
  public long monotonicNanos() {
    return millis * 1_000_000;
  }

  @Override
  public long wallMillis() {
    return millis;
  }

  private static byte[] secret(byte[] ciphertext, byte[] context) {
    byte[] both = java.util.Arrays.copyOf(ciphertext, ciphertext.length + context.length);
    System.arraycopy(context, 0, both, ciphertext.length, context.length);
    return Hashes.sha256(both);
  }

  Encapsulator encapsulator() {
    return new Encapsulator() {
      @Override
      public Kind kind() {
        return Kind.CIPHERTEXT_POLICY;
      }

      @Override
      public Parsed<Encapsulation> encapsulate(String scope, byte[] context) {
        if (scope.isEmpty()) {
          return Parsed.invalid("policy", "nothing");
        }
        byte[] c = (scope + ":" + encapsulated.incrementAndGet()).getBytes(StandardCharsets.UTF_8);
        return Parsed.valid(new Encapsulation(secret(c, context), c));
      }
    };
  }

  Decapsulator reader(String policy) {
    return new Decapsulator() {
      @Override
      public Kind kind() {
        return Kind.CIPHERTEXT_POLICY;
      }

      @Override
      public Decapsulated decapsulate(byte[] ciphertext, byte[] context) {
        decapsulated.incrementAndGet();
        String text = new String(ciphertext, StandardCharsets.UTF_8);
        if (text.indexOf(':') < 0) {
          return new Decapsulated.Refused("malformed");
        }
        return text.startsWith(policy + ":")
            ? new Decapsulated.Opened(secret(ciphertext, context))
            : new Decapsulated.NotForThisKey();
      }

      @Override
      public void close() {}
    };
  }

  static SealerOptions options() {
    return SealerOptions.of("nurse", "ward/7/#");
  }

  Sealer sealer() {
    return sealer(options());
  }

  Sealer sealer(SealerOptions options) {
    return new Sealer(encapsulator(), AUTHORITY, pump, options, this);
  }

  Opener opener() {
    return opener("nurse", OpenerOptions.DEFAULT, ReaderState.fresh());
  }

  Opener opener(String policy, OpenerOptions options, ReaderState state) {
    return new Opener(
        reader(policy), AUTHORITY, Senders.of(pump.identity()), options, this, Runnable::run, state);
  }

  static Sealing.Sealed sealed(Sealer sealer, String topic, byte[] payload) {
    if (sealer.seal(topic, payload) instanceof Sealing.Sealed s) {
      s.header().ifPresent(sealer::published);
      return s;
    }
    throw new AssertionError("not sealed");
  }

  static HeaderTaken give(Opener opener, Publication header) {
    return opener.header(header.topic(), header.payload().toArray());
  }

  static Opened give(Opener opener, Sealing.Sealed s) {
    s.header().ifPresent(h -> give(opener, h));
    return opener.open(s.message().topic(), s.message().payload().toArray());
  }

  static byte[] payload(int n) {
    byte[] p = new byte[n];
    for (int i = 0; i < n; i++) {
      p[i] = (byte) i;
    }
    return p;
  }
}

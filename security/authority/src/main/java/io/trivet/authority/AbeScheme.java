package io.trivet.authority;

import io.trivet.abe.Attributes;
import io.trivet.abe.Kind;
import io.trivet.abe.MasterKey;
import io.trivet.abe.Policy;
import io.trivet.abe.ReaderKey;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.Randomness;
import io.trivet.base.SecretBytes;
import java.util.Arrays;

/// The encryption of `security/abe`.
final class AbeScheme implements Scheme {
  private static SecretBytes secret(byte[] wiped) {
    try {
      return SecretBytes.copyOf(wiped);
    } finally {
      Arrays.fill(wiped, (byte) 0);
    }
  }

  private record Held(MasterKey key) implements Master {
    @Override
    public Kind kind() {
      return key.kind();
    }

    @Override
    public Bytes id() {
      return key.publicKey().id();
    }

    @Override
    public Bytes publicKey() {
      return Bytes.wrap(key.publicKey().encoded());
    }

    @Override
    public Parsed<SecretBytes> issue(String scope, Randomness randomness) {
      return key.issue(scope, randomness).map(k -> {
        try (ReaderKey issued = k) {
          return secret(issued.encoded());
        }
      });
    }

    @Override
    public SecretBytes encoded() {
      return secret(key.encoded());
    }

    @Override
    public void close() {
      key.close();
    }
  }

  @Override
  public Master generate(Kind kind, Randomness randomness) {
    return new Held(MasterKey.generate(kind, randomness));
  }

  @Override
  public Parsed<Master> decode(SecretBytes encoded) {
    return encoded.expose(MasterKey::decode).map(Held::new);
  }

  @Override
  public Parsed<String> canonical(Kind kind, String scope) {
    return switch (kind) {
      case CIPHERTEXT_POLICY -> Attributes.parse(scope).map(Attributes::toString);
      case KEY_POLICY -> Policy.parse(scope).map(Policy::toString);
    };
  }
}

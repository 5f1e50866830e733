package io.trivet.authority;

import io.trivet.abe.Kind;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.Randomness;
import io.trivet.base.SecretBytes;
import java.nio.charset.StandardCharsets;

/// No encryption: a key says in plain text what it was issued for, so that tests of the directory read it.
final class PlainScheme implements Scheme {
  private record Plain(Kind kind, Bytes id) implements Master {
    @Override
    public Bytes publicKey() {
      return id;
    }

    @Override
    public Parsed<SecretBytes> issue(String scope, Randomness randomness) {
      return scope.contains("refuse-me") ? Parsed.invalid("scope", "refused") : Parsed.valid(SecretBytes.utf8(scope));
    }

    @Override
    public SecretBytes encoded() {
      byte[] both = new byte[17];
      both[0] = (byte) KeyFile.number(kind);
      id.copyTo(both, 1);
      return SecretBytes.copyOf(both);
    }

    @Override
    public void close() {}
  }

  static String scopeOf(KeyFile key) {
    return key.readerKey().expose(k -> new String(k, StandardCharsets.UTF_8));
  }

  @Override
  public Master generate(Kind kind, Randomness randomness) {
    byte[] id = new byte[16];
    randomness.fill(id);
    return new Plain(kind, Bytes.wrap(id));
  }

  @Override
  public Parsed<Master> decode(SecretBytes encoded) {
    return Parsed.valid(encoded.expose(e -> new Plain(e[0] == 1 ? Kind.CIPHERTEXT_POLICY : Kind.KEY_POLICY, Bytes.copyOf(e, 1, 16))));
  }

  @Override
  public Parsed<String> canonical(Kind kind, String scope) {
    return scope.isBlank() ? Parsed.invalid("scope", "nothing") : Parsed.valid(scope.strip());
  }
}

package io.trivet.base;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Function;

/// A secret: a password, a key, a token. It prints as `SecretBytes[redacted]`, compares in constant time, is read
/// only through [#expose(Function)] (search for that name to find every reader) and is overwritten by [#close()].
public final class SecretBytes implements AutoCloseable {
  private final byte[] secret;
  private boolean closed;

  private SecretBytes(byte[] secret) {
    this.secret = secret;
  }

  /// Copies `secret[offset, offset + length)`.
  public static SecretBytes copyOf(byte[] secret, int offset, int length) {
    return new SecretBytes(Arrays.copyOfRange(secret, offset, offset + length));
  }

  public static SecretBytes copyOf(byte[] secret) {
    return copyOf(secret, 0, secret.length);
  }

  public static SecretBytes utf8(String secret) {
    return new SecretBytes(secret.getBytes(StandardCharsets.UTF_8));
  }

  public int length() {
    return secret.length;
  }

  /// Lends the secret to one reader, which must keep no reference to the array.
  ///
  /// @throws IllegalStateException when the secret was closed
  public synchronized <T> T expose(Function<byte[], T> reader) {
    if (closed) {
      throw new IllegalStateException("the secret was closed");
    }
    return reader.apply(secret);
  }

  /// A copy with a life of its own.
  public synchronized SecretBytes copy() {
    return expose(SecretBytes::copyOf);
  }

  /// Compares in time that depends on the lengths only.
  public boolean matches(SecretBytes other) {
    return other.expose(theirs -> expose(ours -> MessageDigest.isEqual(ours, theirs)));
  }

  @Override
  public synchronized void close() {
    closed = true;
    Arrays.fill(secret, (byte) 0);
  }

  @Override
  public String toString() {
    return "SecretBytes[redacted]";
  }
}

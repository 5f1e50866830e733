package io.trivet.identity;

import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import io.trivet.base.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Passwords that were checked a while ago, so that a fleet that reconnects at once after an outage does not wait for
/// one Argon2 hash each.
///
/// Kept is an HMAC of device, revision, stored hash and password under a random key that never leaves this process and
/// dies with it: who can read the key can read the passwords as they come in too. A changed device has another
/// revision and a new password another hash (its salt is random), so what was verified before a rotation, or before a
/// device was removed and added again, is not found. Only what Argon2 accepted is kept: guessing costs as before.
final class VerifiedPasswords {
  private static final int KEPT_MAX = 100_000;
  private static final int KEY_BYTES = 32;

  private final SecretKeySpec key;
  private final Map<String, Bytes> kept = new LinkedHashMap<>(16, 0.75f, true) {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Bytes> eldest) {
      return size() > KEPT_MAX;
    }
  };

  VerifiedPasswords(Randomness randomness) {
    byte[] k = new byte[KEY_BYTES];
    randomness.fill(k);
    this.key = new SecretKeySpec(k, "HmacSHA256");
  }

  void add(Device d, SecretBytes password) {
    Bytes tag = tag(d, password);
    synchronized (kept) {
      kept.put(d.id().text(), tag);
    }
  }

  boolean contains(Device d, SecretBytes password) {
    Bytes known;
    synchronized (kept) {
      Bytes k = kept.get(d.id().text());
      if (k == null) {
        return false;
      }
      known = k;
    }
    return java.security.MessageDigest.isEqual(known.toArray(), tag(d, password).toArray());
  }

  private static String phc(Device d) {
    return d.credential(Credential.Password.class).map(Credential.Password::phc).orElse("none");
  }

  private Bytes tag(Device d, SecretBytes password) {
    return password.expose(secret -> {
      byte[] prefix = (d.id() + "\n" + d.revision() + "\n" + phc(d) + "\n").getBytes(StandardCharsets.UTF_8);
      byte[] all = Arrays.copyOf(prefix, prefix.length + secret.length);
      System.arraycopy(secret, 0, all, prefix.length, secret.length);
      byte[] tag = hmac(all);
      Arrays.fill(all, (byte) 0);
      return Bytes.wrap(tag);
    });
  }

  private byte[] hmac(byte[] data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  /// A verifier for a user who does not exist: always the same for the same name, so that asking twice tells nothing.
  ScramVerifier decoy(String name) {
    byte[] salt = Arrays.copyOf(hmac(("salt " + name).getBytes(StandardCharsets.UTF_8)), 16);
    Bytes stored = Bytes.wrap(hmac(("stored " + name).getBytes(StandardCharsets.UTF_8)));
    Bytes server = Bytes.wrap(hmac(("server " + name).getBytes(StandardCharsets.UTF_8)));
    return new ScramVerifier(Bytes.wrap(salt), Scram.ITERATIONS, stored, server);
  }
}

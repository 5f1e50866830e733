package io.trivet.authority;

import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import io.trivet.base.SecretBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AuthProvider;
import java.security.GeneralSecurityException;
import java.security.InvalidParameterException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.security.auth.login.LoginException;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.encodings.OAEPEncoding;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.params.RSAKeyParameters;

/// A key in a PKCS#11 token, which wraps the key that encrypts the master key: an AES key by GCM, or an RSA key by OAEP
/// with SHA-256. What the token holds never leaves it.
///
/// The JDK's provider knows RSA keys only beside a certificate, and of RSA only the bare operation that every token has;
/// the padding is taken off here.
final class TokenKey implements AutoCloseable {
  private static final String AES_GCM = "AES/GCM/NoPadding";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final Bytes CONTEXT = Bytes.utf8("Trivet authority's master key, 1");

  private final AuthProvider provider;
  private final KeyStore store;
  private final String label;

  private TokenKey(AuthProvider provider, KeyStore store, String label) {
    this.provider = provider;
    this.store = store;
    this.label = label;
  }

  /// Logs in.
  ///
  /// @throws IOException where there is no such token, or the PIN is wrong
  private static TokenKey open(String library, long slot, String label, SecretBytes pin) throws IOException {
    // Checked before the provider is, whose messages do not say which of the two is missing.
    if (!Files.isReadable(Path.of(library))) {
      throw new AuthorityException(library + ": the token's PKCS#11 library is not there");
    }
    char[] chars = pin.expose(p -> StandardCharsets.UTF_8.decode(java.nio.ByteBuffer.wrap(p)).array());
    try {
      Provider blank = Security.getProvider("SunPKCS11");
      if (blank == null) {
        throw new AuthorityException("this Java runtime has no PKCS#11 (module jdk.crypto.cryptoki)");
      }
      Provider made = blank.configure("""
          --name = Trivet
          library = "%s"
          slot = %d
          attributes(generate, CKO_SECRET_KEY, CKK_AES) = {
            CKA_SENSITIVE = true
            CKA_EXTRACTABLE = false
            CKA_ENCRYPT = true
            CKA_DECRYPT = true
          }
          """.formatted(library, slot));
      KeyStore store = KeyStore.getInstance("PKCS11", made);
      store.load(null, trimmed(chars));
      return new TokenKey((AuthProvider) made, store, label);
    } catch (InvalidParameterException | ProviderException | GeneralSecurityException e) {
      throw new AuthorityException("slot " + slot + " of " + library + " cannot be used: " + deepest(e)
          + "; list the slots with the token's own tool, as 'softhsm2-util --show-slots'", e);
    } catch (AuthorityException e) {
      throw e;
    } catch (IOException e) {
      throw new AuthorityException(refusal(e, slot), e);
    } finally {
      Arrays.fill(chars, '\0');
    }
  }

  private static char[] trimmed(char[] decoded) {
    int end = decoded.length;
    while (end > 0 && decoded[end - 1] == '\0') {
      end--; // the decoder's array may be longer than what it decoded
    }
    return Arrays.copyOf(decoded, end);
  }

  private static String refusal(IOException e, long slot) {
    String why = deepest(e);
    return switch (why) {
      case "CKR_PIN_INCORRECT" -> "the PIN is wrong for the token in slot " + slot + "; tokens lock after a few wrong ones";
      case "CKR_PIN_LOCKED" -> "the token in slot " + slot + " is locked after too many wrong PINs: its security officer unlocks it";
      case "CKR_PIN_LEN_RANGE", "CKR_PIN_INVALID" -> "the token in slot " + slot + " takes no PIN like that (" + why + ")";
      default -> "the token in slot " + slot + " refuses: " + why;
    };
  }

  /// The token's own word, which stands below the provider's.
  private static String deepest(Throwable e) {
    Throwable at = e;
    while (at.getCause() != null) {
      at = at.getCause();
    }
    return String.valueOf(at.getMessage());
  }

  /// Wraps a data key under the token's key of that label; makes an AES key there where it has none.
  static Protection.Token wrap(Guard.Token with, SecretBytes dataKey, Randomness randomness) throws IOException {
    // Refuses what the record refuses before the token is touched.
    Protection.Token shape =
        new Protection.Token(with.library(), with.slot(), with.label(), Protection.Token.KeyType.AES, Bytes.EMPTY);
    try (TokenKey token = open(shape.library(), shape.slot(), shape.label(), with.pin())) {
      if (token.store.getCertificate(token.label) != null
          && token.store.getCertificate(token.label).getPublicKey() instanceof RSAPublicKey rsa) {
        return new Protection.Token(with.library(), with.slot(), with.label(), Protection.Token.KeyType.RSA,
            wrapped(rsa, dataKey));
      }
      SecretKey key = token.aes();
      byte[] nonce = new byte[NONCE_BYTES];
      randomness.fill(nonce);
      byte[] sealed = token.gcm(Cipher.ENCRYPT_MODE, key, nonce, dataKey.expose(byte[]::clone));
      byte[] both = Arrays.copyOf(nonce, nonce.length + sealed.length);
      System.arraycopy(sealed, 0, both, nonce.length, sealed.length);
      return new Protection.Token(
          with.library(), with.slot(), with.label(), Protection.Token.KeyType.AES, Bytes.wrap(both));
    } catch (GeneralSecurityException | ProviderException e) {
      throw new AuthorityException("the token could not wrap the master key: " + deepest(e), e);
    }
  }

  /// The token's AES key of that label, made where there is none.
  private SecretKey aes() throws GeneralSecurityException, IOException {
    if (!store.containsAlias(label)) {
      KeyGenerator g = KeyGenerator.getInstance("AES", provider);
      g.init(256);
      store.setKeyEntry(label, g.generateKey(), null, null);
      store.store(null);
    }
    return switch (store.getKey(label, null)) {
      case SecretKey k when k.getAlgorithm().equals("AES") -> k;
      case null, default -> throw new AuthorityException(
          "the token's '" + label + "' is neither an AES key nor an RSA key with a certificate");
    };
  }

  /// @param input is wiped
  private byte[] gcm(int mode, SecretKey key, byte[] nonce, byte[] input) throws GeneralSecurityException {
    try {
      Cipher c = Cipher.getInstance(AES_GCM, provider);
      c.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
      c.updateAAD(CONTEXT.toArray());
      return c.doFinal(input);
    } finally {
      Arrays.fill(input, (byte) 0);
    }
  }

  private static OAEPEncoding oaep(org.bouncycastle.crypto.AsymmetricBlockCipher rsa) {
    return new OAEPEncoding(rsa, new SHA256Digest(), new SHA256Digest(), CONTEXT.toArray());
  }

  private static Bytes wrapped(RSAPublicKey rsa, SecretBytes dataKey) throws GeneralSecurityException {
    OAEPEncoding oaep = oaep(new RSAEngine());
    oaep.init(true, new RSAKeyParameters(false, rsa.getModulus(), rsa.getPublicExponent()));
    byte[] plain = dataKey.expose(byte[]::clone);
    try {
      return Bytes.wrap(oaep.processBlock(plain, 0, plain.length));
    } catch (InvalidCipherTextException e) {
      throw new GeneralSecurityException("an RSA key too small for a data key", e);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  /// @throws IOException where the token is not there, the PIN is wrong, or it is not the token that wrapped the key
  static SecretBytes unwrap(Protection.Token how, SecretBytes pin) throws IOException {
    try (TokenKey token = open(how.library(), how.slot(), how.label(), pin)) {
      Key key = token.store.getKey(how.label(), null);
      byte[] opened = switch (how.type()) {
        case AES -> {
          if (!(key instanceof SecretKey aes) || how.wrapped().length() < NONCE_BYTES) {
            throw token.lost();
          }
          yield token.gcm(Cipher.DECRYPT_MODE, aes, how.wrapped().slice(0, NONCE_BYTES).toArray(),
              how.wrapped().slice(NONCE_BYTES, how.wrapped().length() - NONCE_BYTES).toArray());
        }
        case RSA -> {
          if (!(key instanceof PrivateKey rsa)
              || !(token.store.getCertificate(how.label()).getPublicKey() instanceof RSAPublicKey half)) {
            throw token.lost();
          }
          OAEPEncoding oaep = oaep(new TokenRsa(token.provider, rsa, half.getModulus().bitLength()));
          oaep.init(false, new RSAKeyParameters(true, half.getModulus(), half.getPublicExponent()));
          yield oaep.processBlock(how.wrapped().toArray(), 0, how.wrapped().length());
        }
      };
      try {
        return SecretBytes.copyOf(opened);
      } finally {
        Arrays.fill(opened, (byte) 0);
      }
    } catch (GeneralSecurityException | ProviderException | InvalidCipherTextException | IllegalArgumentException e) {
      throw new AuthorityException("the token's key '" + how.label() + "' does not open the master key: it is another "
          + "token or key than that which wrapped it, or the file was changed (" + deepest(e) + ")", e);
    }
  }

  private AuthorityException lost() {
    return new AuthorityException("the token has no key '" + label + "' of the type that wrapped the master key");
  }

  @Override
  public void close() throws IOException {
    try {
      provider.logout();
    } catch (LoginException e) {
      throw new AuthorityException("the token could not be logged out of: " + e.getMessage(), e);
    }
  }
}

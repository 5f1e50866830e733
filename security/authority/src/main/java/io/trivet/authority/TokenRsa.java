package io.trivet.authority;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.util.Arrays;
import javax.crypto.Cipher;
import org.bouncycastle.crypto.AsymmetricBlockCipher;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.InvalidCipherTextException;

/// The bare RSA operation of a token's private key, for a padding above.
final class TokenRsa implements AsymmetricBlockCipher {
  private final Provider provider;
  private final PrivateKey key;
  private final int bytes;

  TokenRsa(Provider provider, PrivateKey key, int modulusBits) {
    this.provider = provider;
    this.key = key;
    this.bytes = (modulusBits + 7) / 8;
  }

  /// The token has its key already.
  @Override
  public void init(boolean forEncryption, CipherParameters param) {
    if (forEncryption) {
      throw new AssertionError("a token only opens");
    }
  }

  @Override
  public int getInputBlockSize() {
    return bytes;
  }

  @Override
  public int getOutputBlockSize() {
    return bytes - 1;
  }

  /// Without the leading zero, as the software's own operation gives it.
  @Override
  public byte[] processBlock(byte[] in, int offset, int length) throws InvalidCipherTextException {
    try {
      Cipher raw = Cipher.getInstance("RSA/ECB/NoPadding", provider);
      raw.init(Cipher.DECRYPT_MODE, key);
      byte[] out = raw.doFinal(in, offset, length);
      int from = 0;
      while (from < out.length - 1 && out[from] == 0) {
        from++;
      }
      return Arrays.copyOfRange(out, from, out.length);
    } catch (GeneralSecurityException e) {
      throw new InvalidCipherTextException("the token refused: " + e.getMessage(), e);
    }
  }
}

package io.trivet.net.dtls;

import io.trivet.base.SecretBytes;
import io.trivet.net.transport.PskLookup;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.SecretKey;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.PskPublicInformation;
import org.eclipse.californium.scandium.dtls.PskSecretResult;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedPskStore;
import org.eclipse.californium.scandium.util.SecretUtil;
import org.eclipse.californium.scandium.util.ServerNames;
import org.jspecify.annotations.Nullable;

/// The server's keys, asked for by Scandium.
///
/// An identity that nobody has gets a random key, so that its handshake goes on and fails as that of a wrong key does:
/// who tries names learns nothing from the answer, nor from a missing one (RFC 4279, section 2).
final class PreSharedKeys implements AdvancedPskStore {
  private static final int DECOY_BYTES = 16;

  private final PskLookup lookup;
  private final SecureRandom random = new SecureRandom();

  /// Handshakes with a decoy; bounded by the handshakes under way, each taken out when it ends.
  private final Map<ConnectionId, String> decoys = new ConcurrentHashMap<>();

  PreSharedKeys(PskLookup lookup) {
    this.lookup = lookup;
  }

  /// The identity that handshake named, where nobody has it; forgets it.
  Optional<String> takeUnknown(ConnectionId of) {
    return Optional.ofNullable(decoys.remove(of));
  }

  @Override
  public boolean hasEcdhePskSupported() {
    return true;
  }

  @Override
  public PskSecretResult requestPskSecretResult(
      ConnectionId cid, @Nullable ServerNames serverName, PskPublicInformation identity, String hmacAlgorithm,
      @Nullable SecretKey otherSecret, byte[] seed, boolean useExtendedMasterSecret) {
    String name = identity.getPublicInfoAsString();
    Optional<SecretBytes> known = identity.isCompliantEncoding() ? lookup.key(name) : Optional.empty();
    if (known.isEmpty()) {
      decoys.put(cid, name);
    }
    try (SecretBytes key = known.orElseGet(this::decoy)) {
      return new PskSecretResult(cid, identity, key.expose(k -> SecretUtil.create(k, PskSecretResult.ALGORITHM_PSK)));
    }
  }

  private SecretBytes decoy() {
    byte[] b = new byte[DECOY_BYTES];
    random.nextBytes(b);
    SecretBytes key = SecretBytes.copyOf(b);
    Arrays.fill(b, (byte) 0);
    return key;
  }

  @Override
  public @Nullable PskPublicInformation getIdentity(InetSocketAddress peerAddress, @Nullable ServerNames virtualHost) {
    return null; // a client's question
  }

  @Override
  public void setResultHandler(HandshakeResultHandler resultHandler) {
    // Keys are found in memory: the answer is never late.
  }
}

package io.trivet.coap.oscore;

import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import io.trivet.broker.Principal;
import io.trivet.broker.TransportIdentity;
import io.trivet.base.cbor.Cbor;
import io.trivet.base.cbor.CborLimits;
import io.trivet.base.cbor.CborReader;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What this end shares with one other: the secret, who the other is, and the context in use, which may be renewed by
/// new randomness (RFC 8613, appendix B.2). Several loops may share it.
///
/// The server's part of a renewal keeps nothing for a request that is not completed: the nonce R2 it sends carries its
/// own proof, made with a key that is forgotten once a run completes (appendix B.2.1).
public final class OscoreAssociation {
  static final int NONCE_BYTES = 8;
  private static final int PROOF_BYTES = 8;
  private static final int R2_BYTES = NONCE_BYTES + PROOF_BYTES;

  private final String id;
  private final Principal principal;
  private final OscoreSecret secret;
  private final Optional<Bytes> provisioned;
  private final boolean isRenewable;
  private final SequenceStore store;
  private final OscoreSettings settings;
  private volatile @Nullable OscoreContext context;
  private boolean isRenewed;
  private Bytes proofKey = Bytes.EMPTY;

  private OscoreAssociation(String id, Principal principal, OscoreSecret secret, Optional<Bytes> provisioned,
      boolean isRenewable, SequenceStore store, OscoreSettings settings) {
    this.id = id;
    this.principal = principal;
    this.secret = secret;
    this.provisioned = provisioned.map(Bytes::compact);
    this.isRenewable = isRenewable;
    this.store = store;
    this.settings = settings;
  }

  /// With a context at once.
  ///
  /// @param id names the association in the store, such as the device's id
  /// @param principal who the other end is
  /// @param wasUsed whether requests may have been taken in with these keys before: true for provisioned keys at the
  ///     start of the process, false for keys just made
  /// @param isRenewable whether the other end may ask for new keys by appendix B.2
  public static OscoreAssociation of(String id, Principal principal, OscoreSecret secret, Optional<Bytes> idContext,
      boolean wasUsed, boolean isRenewable, SequenceStore store, OscoreSettings settings) {
    OscoreAssociation a = new OscoreAssociation(id, principal, secret, idContext, isRenewable, store, settings);
    a.context = a.contextOf(secret.keys(idContext), wasUsed);
    return a;
  }

  /// Without a context: the client makes one by a renewal before its first request.
  public static OscoreAssociation toBeRenewed(
      String id, Principal principal, OscoreSecret secret, SequenceStore store, OscoreSettings settings) {
    return new OscoreAssociation(id, principal, secret, Optional.empty(), true, store, settings);
  }

  public String id() {
    return id;
  }

  public Principal principal() {
    return principal;
  }

  public OscoreSecret secret() {
    return secret;
  }

  /// The other end, by what was agreed beforehand; a renewal does not change it.
  TransportIdentity.ObjectSecurity identity() {
    return new TransportIdentity.ObjectSecurity(secret.recipientId(), provisioned);
  }

  public boolean isRenewable() {
    return isRenewable;
  }

  public Optional<OscoreContext> context() {
    return Optional.ofNullable(context);
  }

  /// What a client says its ID context is: wrapped once more where it was agreed by a renewal.
  synchronized Optional<Bytes> kidContext() {
    OscoreContext c = context;
    return c == null ? Optional.empty() : c.keys().idContext().map(i -> isRenewed ? wrapped(i) : i);
  }

  /// The context that a request means: the one in use where it names that one's ID context, or none.
  Optional<OscoreContext> contextFor(Optional<Bytes> kidContext) {
    OscoreContext c = context;
    if (c == null) {
      return Optional.empty();
    }
    Optional<Bytes> own = c.keys().idContext();
    boolean isMeant = kidContext.isEmpty() || own.equals(kidContext) || own.map(OscoreAssociation::wrapped).equals(kidContext);
    return isMeant && !c.isSpent() ? Optional.of(c) : Optional.empty();
  }

  private OscoreContext contextOf(OscoreKeys keys, boolean wasUsed) {
    String suffix = keys.idContext().map(i -> "/" + HexFormat.of().formatHex(i.toArray())).orElse("");
    SenderSequence sequence = new SenderSequence(id + suffix, store, settings.sequenceStep());
    return new OscoreContext(keys, sequence, wasUsed, settings.windowSize());
  }

  // --- renewal ------------------------------------------------------------------------------------------------------

  static Bytes wrapped(Bytes idContext) {
    return Cbor.of(idContext).encoded();
  }

  static Optional<Bytes> unwrapped(Bytes kidContext) {
    return CborReader.only(kidContext, CborLimits.STRICT) instanceof CborReader.Read.Item(Cbor.ByteString(Bytes id))
        ? Optional.of(id) : Optional.empty();
  }

  static Bytes joined(Bytes a, Bytes b) {
    byte[] both = new byte[a.length() + b.length()];
    a.copyTo(both, 0);
    b.copyTo(both, a.length());
    return Bytes.wrap(both);
  }

  static Bytes drawn(Randomness randomness, int bytes) {
    byte[] b = new byte[bytes];
    randomness.fill(b);
    return Bytes.wrap(b);
  }

  /// A new R2.
  synchronized Bytes newR2(Randomness randomness) {
    if (proofKey.isEmpty()) {
      proofKey = drawn(randomness, 32);
    }
    Bytes s2 = drawn(randomness, NONCE_BYTES);
    return joined(s2, Hkdf.mac(proofKey, s2, PROOF_BYTES));
  }

  /// Whether an ID context begins with an R2 that is still good, and goes on.
  synchronized boolean beginsWithR2(Bytes idContext) {
    if (proofKey.isEmpty() || idContext.length() < R2_BYTES + NONCE_BYTES) {
      return false;
    }
    byte[] proof = idContext.slice(NONCE_BYTES, PROOF_BYTES).toArray();
    byte[] wanted = Hkdf.mac(proofKey, idContext.slice(0, NONCE_BYTES), PROOF_BYTES).toArray();
    return java.security.MessageDigest.isEqual(proof, wanted);
  }

  /// Puts the third context of a renewal in place of the one in use. At the server the R2 was checked and the request
  /// verified before; no other run can complete with an R2 given out until now.
  ///
  /// @return empty where another run has completed meanwhile
  synchronized Optional<OscoreContext> renew(OscoreKeys third, boolean isServer) {
    Bytes idContext = third.idContext().orElseThrow();
    if (isServer && !beginsWithR2(idContext)) {
      return Optional.empty();
    }
    proofKey = Bytes.EMPTY;
    OscoreContext old = context;
    OscoreContext renewed = contextOf(third, false);
    context = renewed;
    isRenewed = true;
    if (old != null && old.keys().idContext().isPresent() && isRenewable) {
      store.forget(old.sequence().contextId());
    }
    return Optional.of(renewed);
  }

  @Override
  public String toString() {
    return "OscoreAssociation[" + id + ", " + secret + "]";
  }
}

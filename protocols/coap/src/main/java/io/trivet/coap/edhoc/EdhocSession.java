package io.trivet.coap.edhoc;

import io.trivet.base.Bytes;
import io.trivet.coap.oscore.OscoreSecret;

/// What both ends hold after message 3: keys for whatever application (RFC 9528, section 4.2). Immutable; its text shows
/// none.
public final class EdhocSession {
  private static final int PRK_OUT = 7;
  private static final int PRK_EXPORTER = 10;
  private static final int KEY_UPDATE = 11;
  private static final int OSCORE_SECRET = 0;
  private static final int OSCORE_SALT = 1;
  private static final int OSCORE_SALT_BYTES = 8;

  private final Suite suite;
  private final Bytes prkOut;
  private final Bytes ownId;
  private final Bytes peerId;
  private final String peer;

  private EdhocSession(Suite suite, Bytes prkOut, Bytes ownId, Bytes peerId, String peer) {
    this.suite = suite;
    this.prkOut = prkOut;
    this.ownId = ownId;
    this.peerId = peerId;
    this.peer = peer;
  }

  static EdhocSession of(Suite suite, Bytes prk4e3m, Bytes th4, Bytes ownId, Bytes peerId, String peer) {
    return new EdhocSession(suite, Schedule.kdf(prk4e3m, PRK_OUT, th4, Hash.BYTES), ownId, peerId, peer);
  }

  public Suite suite() {
    return suite;
  }

  /// Whose credential the other end proved to hold: what [Credentials] said of it.
  public String peer() {
    return peer;
  }

  /// The connection id that we chose.
  public Bytes ownId() {
    return ownId;
  }

  Bytes prkOut() {
    return prkOut;
  }

  /// EDHOC_Exporter of section 4.2.1.
  ///
  /// @param label registered for the use
  public Bytes exported(long label, Bytes context, int bytes) {
    return Schedule.kdf(Schedule.kdf(prkOut, PRK_EXPORTER, Bytes.EMPTY, Hash.BYTES), label, context, bytes);
  }

  /// EDHOC_KeyUpdate of appendix H: new keys that the old do not lead back from, at both ends with the same context.
  public EdhocSession updated(Bytes context) {
    return new EdhocSession(suite, Schedule.kdf(prkOut, KEY_UPDATE, context, Hash.BYTES), ownId, peerId, peer);
  }

  /// For OSCORE (appendix A.1).
  public OscoreSecret oscore() {
    return new OscoreSecret(exported(OSCORE_SECRET, Bytes.EMPTY, suite.applicationAead().keyBytes()),
        exported(OSCORE_SALT, Bytes.EMPTY, OSCORE_SALT_BYTES), peerId, ownId, suite.applicationAead());
  }

  @Override
  public String toString() {
    return "EdhocSession[" + suite + ", " + peer + ", redacted]";
  }
}

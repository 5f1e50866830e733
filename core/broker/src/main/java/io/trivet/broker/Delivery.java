package io.trivet.broker;

/// One message on its way to one session: waiting, then in its window. Mutable, owned by the session's loop.
final class Delivery {
  /// No place in the store: the session does not outlive its connection, or the message is QoS 0.
  static final long NOT_STORED = -1;

  final Message message;
  final QoS qos;
  final boolean retain;
  final int[] ids;

  /// The shared subscription it came by, as the subscriber wrote it; empty for none.
  final String share;

  /// Its number in the session's inbox, or [#NOT_STORED].
  final long seq;

  int packetId;
  Stage stage = Stage.WAITING;

  enum Stage {
    WAITING,
    AWAIT_PUBACK,
    AWAIT_PUBREC,
    /// PUBREC came, and the store is being told.
    RELEASING,
    AWAIT_PUBCOMP
  }

  Delivery(Message message, QoS qos, boolean retain, int[] ids, String share, long seq) {
    this.message = message;
    this.qos = qos;
    this.retain = retain;
    this.ids = ids;
    this.share = share;
    this.seq = seq;
  }

  static Delivery of(StoredMessage m) {
    InboxEntry e = m.entry();
    Delivery d = new Delivery(m.message(), e.qos(), e.retain(), e.ids(), e.share(), m.seq());
    d.stage = m.released() ? Stage.AWAIT_PUBCOMP : Stage.WAITING;
    return d;
  }

  boolean isShared() {
    return !share.isEmpty();
  }
}

package io.trivet.broker;

/// One message on its way to one session: first in its queue, then in its window. Mutable, owned by the session's loop.
final class Delivery {
  /// No place in the store: the session does not outlive its connection, or the message is QoS 0.
  static final long NOT_STORED = -1;

  final Message message;
  final QoS qos;
  final boolean retain;
  final Target target;
  final long position;
  int packetId;
  Stage stage = Stage.QUEUED;

  enum Stage {
    QUEUED,
    AWAIT_PUBACK,
    AWAIT_PUBREC,
    AWAIT_PUBCOMP
  }

  Delivery(Message message, QoS qos, boolean retain, Target target, long position) {
    this.message = message;
    this.qos = qos;
    this.retain = retain;
    this.target = target;
    this.position = position;
  }
}

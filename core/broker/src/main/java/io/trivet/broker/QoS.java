package io.trivet.broker;

/// Quality of service (MQTT 3.1.1 and 5.0, section 4.3).
@SuppressWarnings("EnumOrdinal") // the order is the wire value
public enum QoS {
  AT_MOST_ONCE,
  AT_LEAST_ONCE,
  EXACTLY_ONCE;

  private static final QoS[] BY_LEVEL = values();

  /// @param level 0, 1 or 2; anything else is the caller's defect
  public static QoS of(int level) {
    return BY_LEVEL[level];
  }

  /// 0, 1 or 2, as on the wire.
  public int level() {
    return ordinal();
  }

  public QoS min(QoS other) {
    return ordinal() <= other.ordinal() ? this : other;
  }
}

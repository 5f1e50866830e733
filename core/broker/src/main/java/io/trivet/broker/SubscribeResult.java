package io.trivet.broker;

/// What became of one filter a client asked for.
public enum SubscribeResult {
  GRANTED_QOS_0,
  GRANTED_QOS_1,
  GRANTED_QOS_2,
  NOT_AUTHORIZED,
  QUOTA_EXCEEDED,
  STORE_FAILED;

  static SubscribeResult granted(QoS qos) {
    return switch (qos) {
      case AT_MOST_ONCE -> GRANTED_QOS_0;
      case AT_LEAST_ONCE -> GRANTED_QOS_1;
      case EXACTLY_ONCE -> GRANTED_QOS_2;
    };
  }

  public boolean isGranted() {
    return compareTo(GRANTED_QOS_2) <= 0;
  }
}

package io.trivet.cli.client;

import io.trivet.mqtt.codec.ReasonCode;
import java.util.List;

/// One packet of ours that waits for its answer, by its packet identifier. Guarded by the client's lock.
final class Exchange {
  private final String what;
  private final int answerType;
  private List<ReasonCode> reasons = List.of();
  private boolean done;

  /// @param what is under way, for people
  /// @param answerType PUBACK 4, PUBCOMP 7, SUBACK 9 or UNSUBACK 11: the packet that ends it
  Exchange(String what, int answerType) {
    this.what = what;
    this.answerType = answerType;
  }

  String what() {
    return what;
  }

  boolean isEndedBy(int type) {
    return answerType == type;
  }

  void end(List<ReasonCode> with) {
    reasons = with;
    done = true;
  }

  boolean isDone() {
    return done;
  }

  List<ReasonCode> reasons() {
    return reasons;
  }
}

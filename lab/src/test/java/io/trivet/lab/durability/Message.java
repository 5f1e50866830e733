package io.trivet.lab.durability;

/// What a publisher sent once or several times.
///
/// @param qos as published, 1 or 2
record Message(Id id, String topic, int qos, boolean retained) {
  /// @param number counts the messages of one publisher from 1 on, over all topics
  record Id(int publisher, int number) {
    /// The id at the begin of a payload.
    static Id parse(String payload) {
      String[] words = payload.split(" ", 3);
      return new Id(Integer.parseInt(words[0]), Integer.parseInt(words[1]));
    }

    @Override
    public String toString() {
      return publisher + "/" + number;
    }
  }

  /// @param filling how many bytes follow the id
  String payload(int filling) {
    return id.publisher() + " " + id.number() + " " + "x".repeat(filling);
  }

  @Override
  public String toString() {
    return "message " + id + " on " + topic + " at QoS " + qos + (retained ? ", retained" : "");
  }
}

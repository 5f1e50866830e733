package io.trivet.smqtt;

/// Why something was not sealed, opened or let pass.
public enum Refusal {
  NOT_SEALED("it is no envelope"),
  MALFORMED("the envelope is malformed"),
  TOO_LARGE("it is larger than the limit"),
  VERSION("it is of a version that is not known here"),
  TOPIC("the topic is not valid, or is a key topic"),
  UNKNOWN_AUTHORITY("its authority is not known here"),
  UNKNOWN_SENDER("its sender, or the sender's key, is not known here"),
  BAD_SIGNATURE("the sender's signature does not verify"),
  UNSIGNED("the header promises a signature with each message, this one has none"),
  SENDER_MISMATCH("the key topic names another sender or kid than the header"),
  OUT_OF_SCOPE("the header does not serve this topic"),
  NOT_YET_VALID("the header is not valid yet"),
  EXPIRED("the header is not valid any more"),
  EPOCH_OVER("the header's epoch is over"),
  NOT_FOR_THIS_KEY("the reader's attributes do not satisfy the policy"),
  KEY_REFUSED("the ciphertext of the content key does not open"),
  KEY_RETIRED("the key made room for newer ones of its sender"),
  TABLE_FULL("no more headers are taken now"),
  UNKNOWN_KEY("no header for this kid has come in time"),
  WAITING_FULL("too many messages wait for their headers"),
  ALTERED("it was altered, or belongs elsewhere"),
  REPLAYED("it has come before"),
  TOO_OLD("it is older than the replay window"),
  COUNTER("the counter is below the header's first"),
  POLICY("the policy or the attributes cannot be used"),
  EXHAUSTED("the header's counters are used up and no new one can be made");

  private final String text;

  Refusal(String text) {
    this.text = text;
  }

  /// In words, for people.
  public String text() {
    return text;
  }
}

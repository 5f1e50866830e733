package io.trivet.abe;

/// Where the policy sits.
public enum Kind {
  /// In the ciphertext: the sender says who may read, keys carry attributes.
  CIPHERTEXT_POLICY,

  /// In the reader's key: the sender says what a message is about, keys carry policies over that.
  KEY_POLICY
}

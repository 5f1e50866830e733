package io.trivet.broker;

/// What became of a message a client published.
public enum PublishResult {
  ACCEPTED,
  NO_SUBSCRIBERS,
  NOT_AUTHORIZED,
  /// It is not of the form that its topic asks for.
  UNFIT,
  QUOTA_EXCEEDED,
  STORE_FAILED,
  /// Not known yet: the answer comes through [PublishListener].
  PENDING
}

package io.trivet.broker;

/// A message as read from an inbox.
///
/// @param seq its number in the inbox
/// @param released whether PUBREC came for it, so that it continues with PUBREL
public record StoredMessage(long seq, Message message, InboxEntry entry, boolean released) {}

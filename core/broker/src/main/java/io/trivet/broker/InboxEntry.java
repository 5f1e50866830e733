package io.trivet.broker;

/// What an inbox notes of a message beside the message itself: how its session is to receive it.
///
/// @param session the number of the session
/// @param qos at which it is delivered, 1 or 2
/// @param retain the flag it is delivered with
/// @param ids the subscription identifiers of what matched, each 1 to 268,435,455
/// @param share the shared subscription it came by, as `$share/{group}/{filter}`; empty for none
public record InboxEntry(long session, QoS qos, boolean retain, int[] ids, String share) {}

package io.trivet.local;

import java.util.Locale;

/// The kinds of records that the store keeps, each sorted by its own keys. Layouts are drawn in `docs/store.md`.
enum Family {
  /// The format's version, the number of the last group written, totals.
  META,
  SESSIONS,
  SUBSCRIPTIONS,
  /// Inbound QoS 2 packet ids that wait for PUBREL.
  RECEIVED,
  WILLS,
  RETAINED,
  /// What waits for each session, by its number in the inbox: the message itself where no other inbox holds it, a
  /// reference into [#MESSAGES] otherwise.
  INBOXES,
  /// Where each inbox begins: what stands below in [#INBOXES] is done with, and gone before long.
  HEADS,
  /// Messages that several inboxes hold, once.
  MESSAGES,
  /// How many inboxes still hold a message of [#MESSAGES], from the first removal on.
  REFERENCES,
  /// Messages of inboxes for which PUBREC came.
  RELEASED,
  /// Messages of inboxes that expire, by their time.
  EXPIRIES,
  /// Sessions that ended and whose inboxes are still being emptied.
  DOOMED;

  static String label(Family f) {
    return f.name().toLowerCase(Locale.ROOT);
  }
}

package io.trivet.policy;

import io.trivet.base.Bytes;
import java.time.Duration;
import java.util.Optional;

/// What rules may read beside the event itself: clock, counters, context, trust. Reading never changes
/// anything: the order in which conditions are evaluated must not matter.
///
/// Called on event loops, by several at once; answers at once.
public interface Facts {
  /// Wall clock, milliseconds since 1970.
  long wallMillis();

  /// How often `event` happened for `key` within the window that ends now.
  long count(String event, String key, Duration window);

  /// How often `event` ever happened for `key`.
  long countTotal(String event, String key);

  /// How often `event` happened for `key` since `start` last did; since ever where it never did.
  long countSince(String event, String start, String key);

  /// How long ago `event` last happened for `key`.
  Optional<Duration> since(String event, String key);

  /// An attribute of the context now; nothing where it is unknown or stale.
  Optional<Object> context(String name);

  /// An attribute of the context as it was `ago`.
  Optional<Object> contextAt(String name, Duration ago);

  /// Whether an attribute of the context has been equal to `value` for all of the time that ends now.
  boolean held(String name, Object value, Duration time);

  /// Trust in a subject, 0 to 1.
  Optional<Double> trust(String subject, String aspect);

  /// The risk that a subject is, 0 to 1.
  double risk(String subject);

  /// A declared event happened: the counters move.
  void happened(String event, String key);

  /// A message was permitted that feeds an attribute of the context.
  default void heard(String attribute, Bytes payload) {}

  /// A policy is about to come into force that wants this kept. What is kept already goes on.
  default void follow(Declarations wanted) {}

  /// Grows whenever an attribute or level changed that stays as it is until it is changed again.
  long generation();
}

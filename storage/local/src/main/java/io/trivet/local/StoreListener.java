package io.trivet.local;

/// Hears how the store fares, for the log and the metrics. Called on the store's threads; must not block or throw.
public interface StoreListener {
  StoreListener NONE = new StoreListener() {};

  /// Nothing is stored any more, and publishers are told so, until [#worksAgain].
  ///
  /// @param why for the operator: what happened, where, what to do
  default void fails(String why) {}

  /// @param afterMillis how long it did not
  default void worksAgain(long afterMillis) {}

  /// A record that was asked for is damaged, and is passed over.
  default void damaged(String what) {}

  /// Reading what was kept goes on.
  ///
  /// @param records read so far
  default void recovering(long records) {}
}

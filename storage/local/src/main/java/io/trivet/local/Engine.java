package io.trivet.local;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A sorted map on disk in families: what the store needs of a database, so that a simulated disk can take its place.
///
/// [#write] is called by one thread; reads by any. A key or value that was given away or received is not written to.
interface Engine extends AutoCloseable {
  /// Applies the changes in their order, whole or not at all, also over a crash. Batches survive a crash in the order
  /// they were written: with one all before it.
  ///
  /// @param synced whether they are on disk when this returns
  /// @throws IOException where they may or may not have been applied: nothing is written until [#reopen]
  void write(Changes changes, boolean synced) throws IOException;

  /// @return null where there is none
  byte @Nullable [] get(Family family, byte[] key) throws IOException;

  /// What stands from `from` on and before `to`, ascending, as it is now; closed by the caller.
  Cursor scan(Family family, byte[] from, byte[] to) throws IOException;

  /// The last key before `to` and not before `from`, or null.
  byte @Nullable [] lastKey(Family family, byte[] from, byte[] to) throws IOException;

  /// Throws away what is in memory and reads from disk again what was written, after a write has failed.
  void reopen() throws IOException;

  /// Bytes that the disk has left for more.
  long usableBytes() throws IOException;

  @Override
  void close();

  /// A walk over entries; begins before the first.
  interface Cursor extends AutoCloseable {
    boolean next() throws IOException;

    byte[] key();

    byte[] value();

    @Override
    void close();
  }
}

package io.trivet.authority;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// The end of the log, to which lines are added.
record LogTail(Layout layout) {
  /// @return how long the log was before
  /// @throws IOException where it could not be written; what was is taken back
  long append(String lines) throws IOException {
    long before = layout.disk().size(layout.log());
    try {
      layout.disk().append(layout.log(), lines.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      takeBack(before, e);
      throw e;
    }
    return before;
  }

  /// Cuts the log to what it was. Where not even that can be done, the next opening finds the lines behind the signed head
  /// and says that they had no effect.
  void takeBack(long length, IOException because) {
    try {
      layout.disk().cut(layout.log(), length);
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }
}

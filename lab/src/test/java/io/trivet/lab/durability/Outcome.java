package io.trivet.lab.durability;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What came of a run.
///
/// @param kills under traffic
/// @param stillborn kills while the server started
record Outcome(String what, long seed, int kills, int stillborn, Duration took, List<Row> rows,
    List<Finding> findings, Evidence evidence) {
  private static final int SHOWN_MAX = 5;

  /// One receiver's share.
  ///
  /// @param owed acknowledged messages that match its filter
  /// @param twice QoS 2 messages delivered more than once
  /// @param again QoS 1 messages delivered more than once, which is allowed
  record Row(String receiver, String filter, int qos, int owed, int delivered, int lost, int twice, int again,
      int disordered) {}

  record Finding(Invariant invariant, List<String> breaches) {}

  static Outcome of(String what, long seed, int kills, int stillborn, Duration took, Evidence e) {
    List<Row> rows = new ArrayList<>();
    for (Receiver r : e.receivers()) {
      rows.add(new Row(r.name(), r.filter().text(), r.qos(), NothingLost.owed(e, r).size(),
          e.deliveredTo(r).size(), NothingLost.missing(e, r).size(), NothingTwice.repeated(e, r, 2).size(),
          NothingTwice.repeated(e, r, 1).size(), OrderKept.breaches(e, r).size()));
    }
    List<Finding> findings = Invariant.ALL.stream()
        .map(i -> new Finding(i, i.breaches(e)))
        .filter(f -> !f.breaches.isEmpty())
        .toList();
    return new Outcome(what, seed, kills, stillborn, took, rows, findings, e);
  }

  /// Deliveries that were owed and did not come.
  int lost() {
    return rows.stream().mapToInt(Row::lost).sum();
  }

  int owed() {
    return rows.stream().mapToInt(Row::owed).sum();
  }

  int twice() {
    return rows.stream().mapToInt(Row::twice).sum();
  }

  /// @throws AssertionError with the table and the first breaches of each promise that was broken
  void assertEverythingKept() {
    if (!findings.isEmpty()) {
      throw new AssertionError("acknowledged is not stored:\n" + this);
    }
  }

  /// The same, but for one promise that the broker under test is known to break.
  ///
  /// @throws AssertionError with the table and the first breaches of each other promise that was broken
  void assertKeptBut(Class<? extends Invariant> excused) {
    if (!findings.stream().allMatch(f -> excused.isInstance(f.invariant))) {
      throw new AssertionError("acknowledged is not stored:\n" + this);
    }
  }

  /// The table, then what was found.
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(String.format(Locale.ROOT,
        "%s: %d times under traffic, %d while starting, %d s, seed %d%n"
            + "published %d, acknowledged %d, retained messages looked at %d%n",
        what, kills, stillborn, took.toSeconds(), seed, evidence.published().size(), evidence.acknowledged().size(),
        evidence.retainedSeen()));
    out.append(String.format(Locale.ROOT, "%-10s %-12s %3s %8s %10s %6s %6s %6s %11s%n",
        "receiver", "filter", "QoS", "owed", "deliveries", "lost", "twice", "again", "disordered"));
    for (Row r : rows) {
      out.append(String.format(Locale.ROOT, "%-10s %-12s %3d %8d %10d %6d %6d %6d %11d%n",
          r.receiver, r.filter, r.qos, r.owed, r.delivered, r.lost, r.twice, r.again, r.disordered));
    }
    for (Finding f : findings) {
      out.append("BROKEN: ").append(f.invariant.promise()).append(" (").append(f.breaches.size()).append(")\n");
      f.breaches.stream().limit(SHOWN_MAX).forEach(b -> out.append("  ").append(b).append('\n'));
    }
    return out.toString();
  }
}

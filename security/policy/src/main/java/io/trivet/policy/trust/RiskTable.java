package io.trivet.policy.trust;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The risk that a subject, a network or anything else with a name is: 0 to 1, or as a level from 0 to the highest. It is
/// raised by what happens and halves with each half life.
///
/// **When the table is full**, the first of the 64 oldest whose risk has fallen below 0.005 makes room. While none has, a
/// risk that cannot be kept is put to everybody's account: who is not in the table is as great a risk as the greatest
/// that was not kept, and that decays as well.
///
/// May be used by several threads.
public final class RiskTable {
  private static final int TRIED = 64;
  private static final double NEGLIGIBLE = 0.005;
  static final int NAME_CHARS_MAX = 65_535;

  private final int levels;
  private final double halfLifeNanos;
  private final int namesMax;
  private final ConcurrentHashMap<String, Risk> byName = new ConcurrentHashMap<>();
  private final ArrayDeque<String> order = new ArrayDeque<>();
  private volatile Risk common = new Risk(0, 0);

  /// @param at nanoseconds when it was `value`
  record Risk(double value, long at) {}

  /// @param levels the highest level, 1 to 1,000
  public RiskTable(int levels, Duration halfLife, int namesMax) {
    if (levels < 1 || levels > 1_000 || namesMax < 1 || namesMax > 10_000_000) {
      throw new IllegalArgumentException(
          levels + " levels, " + namesMax + " names: give 1 to 1000 levels and 1 to 10000000 names");
    }
    if (halfLife.compareTo(Duration.ofMillis(1)) < 0) {
      throw new IllegalArgumentException("half life " + halfLife + ": give at least a millisecond");
    }
    this.levels = levels;
    this.halfLifeNanos = Decay.nanos(halfLife);
    this.namesMax = namesMax;
  }

  /// @param by -1 to 1, negative to lower it; the risk stays from 0 to 1
  public synchronized void raise(String name, double by, long now) {
    if (!(by >= -1 && by <= 1)) {
      throw new IllegalArgumentException("risk raised by " + by + ": give a value from -1 to 1");
    }
    Risk raised = new Risk(Math.clamp(risk(name, now) + by, 0, 1), now);
    if (byName.containsKey(name)) {
      byName.put(name, raised);
    } else if (by > 0 || raised.value > 0) {
      put(name, raised, now);
    }
  }

  /// @return false where it was put to everybody's account
  synchronized boolean put(String name, Risk r, long now) {
    if (name.length() > NAME_CHARS_MAX || byName.size() >= namesMax && !makeRoom(now)) {
      common = new Risk(Math.max(value(common, now), value(r, now)), now);
      return false;
    }
    byName.put(name, r);
    order.addLast(name);
    return true;
  }

  private boolean makeRoom(long now) {
    for (int i = 0; i < TRIED && !order.isEmpty(); i++) {
      String n = order.removeFirst();
      Risk r = byName.get(n);
      if (r != null && value(r, now) < NEGLIGIBLE) {
        byName.remove(n);
        return true;
      }
      order.addLast(n);
    }
    return false;
  }

  private double value(Risk r, long now) {
    return r.value == 0 ? 0 : r.value * Decay.left(now, r.at, halfLifeNanos);
  }

  /// 0 to 1.
  public double risk(String name, long now) {
    @Nullable Risk r = byName.get(name);
    return value(r == null ? common : r, now);
  }

  /// 0 to the highest, rounded.
  public int level(String name, long now) {
    return (int) Math.round(risk(name, now) * levels);
  }

  public int names() {
    return byName.size();
  }

  /// Everything, to be put back by [#restored] when the server starts again.
  public Bytes snapshot(long now, long wallMillis) {
    return RiskSnapshot.write(this, now, wallMillis);
  }

  /// @param empty with the levels, half life and room to be
  /// @return invalid where the snapshot is none; what there is no room for is put to everybody's account
  public static Parsed<RiskTable> restored(Bytes snapshot, RiskTable empty, long now, long wallMillis) {
    if (empty.names() > 0) {
      throw new IllegalArgumentException("a table of " + empty.names() + " names to restore into");
    }
    return RiskSnapshot.read(snapshot, empty, now, wallMillis);
  }

  synchronized List<String> ordered() {
    return List.copyOf(order);
  }

  @Nullable Risk find(String name) {
    return byName.get(name);
  }

  Risk common() {
    return common;
  }

  void common(Risk r) {
    common = r;
  }
}

package io.trivet.authority.service;

import java.util.LinkedHashMap;
import java.util.Map;

/// How often each device may ask: a bucket of requests that refills with time. Of at most [#DEVICES_MAX] devices a bucket
/// is kept; the one that asked longest ago is forgotten first, and then has a full one.
final class Bucket {
  static final int DEVICES_MAX = 10_000;
  private static final double NANOS = 1e9;

  private final int burst;
  private final double perSecond;
  private final LinkedHashMap<String, Level> levels = new LinkedHashMap<>(16, 0.75f, true);

  private record Level(double left, long nanos) {}

  Bucket(int burst, double perSecond) {
    this.burst = burst;
    this.perSecond = perSecond;
  }

  /// @param nanos from any origin, never going back
  synchronized boolean takes(String device, long nanos) {
    Level before = levels.getOrDefault(device, new Level(burst, nanos));
    double left = Math.min(burst, before.left + (nanos - before.nanos) / NANOS * perSecond);
    boolean takes = left >= 1;
    levels.put(device, new Level(takes ? left - 1 : left, nanos));
    if (levels.size() > DEVICES_MAX) {
      Map.Entry<String, Level> oldest = levels.firstEntry();
      levels.remove(oldest.getKey());
    }
    return takes;
  }
}

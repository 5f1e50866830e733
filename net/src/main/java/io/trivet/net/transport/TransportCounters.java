package io.trivet.net.transport;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/// What happened at the listeners since the start; each only grows. Read and written by any thread.
public final class TransportCounters {
  public final LongAdder accepted = new LongAdder();

  /// Connections handed to the protocol, after whatever handshakes their listener asks for.
  public final LongAdder ready = new LongAdder();

  /// TLS handshakes, certificate or pre-shared key, that succeeded.
  public final LongAdder handshakes = new LongAdder();

  private final Map<Refusal, LongAdder> refused = new EnumMap<>(Refusal.class);
  private final Map<SetupFailure, LongAdder> failed = new EnumMap<>(SetupFailure.class);

  public TransportCounters() {
    for (Refusal r : Refusal.values()) {
      refused.put(r, new LongAdder());
    }
    for (SetupFailure f : SetupFailure.values()) {
      failed.put(f, new LongAdder());
    }
  }

  public LongAdder refused(Refusal why) {
    return of(refused, why);
  }

  public LongAdder failed(SetupFailure why) {
    return of(failed, why);
  }

  /// By name, such as `refused_connections_max`.
  public Map<String, Long> byName() {
    Map<String, Long> all = new TreeMap<>();
    all.put("accepted", accepted.sum());
    all.put("ready", ready.sum());
    all.put("handshakes", handshakes.sum());
    refused.forEach((r, n) -> all.put("refused_" + r.name().toLowerCase(Locale.ROOT), n.sum()));
    failed.forEach((f, n) -> all.put("failed_" + f.name().toLowerCase(Locale.ROOT), n.sum()));
    return all;
  }

  private static <K> LongAdder of(Map<K, LongAdder> counters, K key) {
    LongAdder counter = counters.get(key);
    if (counter == null) {
      throw new AssertionError("no counter for " + key);
    }
    return counter;
  }
}

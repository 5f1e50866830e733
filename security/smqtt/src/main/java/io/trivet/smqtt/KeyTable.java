package io.trivet.smqtt;

import io.trivet.base.Bytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The headers a reader has taken, by hash and by what messages carry of it. A key that leaves takes its replay window
/// along, so a live one leaves only when its sender's newer ones need the place, and then no header of that sender from
/// before its time is taken again.
final class KeyTable {
  static final class Entry {
    final KeyHeader header;
    final Sender sender;
    final ReplayWindow window;
    @Nullable ContentKey key;
    @Nullable Refusal refusal;

    Entry(KeyHeader header, Sender sender, ReplayWindow window) {
      this.header = header;
      this.sender = sender;
      this.window = window;
    }

    boolean pending() {
      return key == null && refusal == null;
    }
  }

  private final OpenerOptions options;
  private final LinkedHashMap<Bytes, Entry> byKid = new LinkedHashMap<>();
  private final Map<Integer, List<Entry>> byShort = new HashMap<>();
  private final Map<String, Long> retiredUpTo = new HashMap<>();

  KeyTable(OpenerOptions options) {
    this.options = options;
  }

  Optional<Entry> find(Bytes kid) {
    return Optional.ofNullable(byKid.get(kid));
  }

  List<Entry> candidates(int kid) {
    return byShort.getOrDefault(kid, List.of());
  }

  Iterable<Entry> entries() {
    return byKid.values();
  }

  /// Makes room and adds; says why not where there is none.
  Optional<Refusal> add(Entry entry, long nowSeconds) {
    String sender = entry.header.sender();
    if (entry.header.terms().notBefore() <= retiredUpTo.getOrDefault(sender, Long.MIN_VALUE)) {
      return Optional.of(Refusal.KEY_RETIRED);
    }
    List<Entry> own = byKid.values().stream().filter(e -> e.header.sender().equals(sender)).toList();
    if (own.size() >= options.perSenderMax()) {
      Entry oldest =
          own.stream().min(Comparator.comparingLong(e -> e.header.terms().notBefore())).orElseThrow();
      if (oldest.header.terms().notBefore() > entry.header.terms().notBefore()) {
        return Optional.of(Refusal.KEY_RETIRED);
      }
      retire(oldest);
    }
    if (byKid.size() >= options.headersMax() && !makeRoom(nowSeconds)) {
      return Optional.of(Refusal.TABLE_FULL);
    }
    byKid.put(entry.header.kid(), entry);
    byShort.computeIfAbsent(shortKid(entry.header), _ -> new ArrayList<>(1)).add(entry);
    return Optional.empty();
  }

  void remove(Entry entry) {
    byKid.remove(entry.header.kid());
    int kid = shortKid(entry.header);
    List<Entry> same = byShort.getOrDefault(kid, new ArrayList<>());
    same.remove(entry);
    if (same.isEmpty()) {
      byShort.remove(kid);
    }
  }

  private void retire(Entry oldest) {
    remove(oldest);
    if (oldest.refusal == null) {
      retiredUpTo.merge(oldest.header.sender(), oldest.header.terms().notBefore(), Math::max);
    }
  }

  private boolean makeRoom(long nowSeconds) {
    long skew = options.skew().toSeconds();
    Optional<Entry> leaves = byKid.values().stream()
        .filter(e -> e.refusal != null || nowSeconds - e.header.terms().notAfter() > skew).findFirst();
    leaves.ifPresent(this::remove);
    return leaves.isPresent();
  }

  static int shortKid(KeyHeader header) {
    return Envelope.shortKid(header.kid().backingArray(), header.kid().backingOffset());
  }
}

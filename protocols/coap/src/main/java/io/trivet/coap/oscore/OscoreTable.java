package io.trivet.coap.oscore;

import io.trivet.base.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// The associations at hand, those of EDHOC and those of the registry, of which the longest unused gives way when there
/// are too many. A kid that nobody has leaves nothing behind. Several loops may share it.
public final class OscoreTable implements ContextLookup {
  private static final int OF_ONE_KID_MAX = 16;

  private final int max;
  private final ContextLookup provisioned;
  private final LinkedHashMap<Bytes, List<OscoreAssociation>> byKid = new LinkedHashMap<>(16, 0.75f, true);

  /// @param max of how many kids
  /// @param provisioned asked for what is not at hand; what it makes counts as used before, since what gave way here
  ///     took its replay window with it
  public OscoreTable(int max, ContextLookup provisioned) {
    this.max = max;
    this.provisioned = provisioned;
  }

  @Override
  public synchronized List<OscoreAssociation> find(Bytes kid) {
    List<OscoreAssociation> known = byKid.get(kid);
    if (known != null) {
      return known;
    }
    List<OscoreAssociation> loaded = provisioned.find(kid);
    if (!loaded.isEmpty()) {
      put(kid.compact(), List.copyOf(loaded));
    }
    return loaded;
  }

  /// Whether a kid is taken, as one that is to be given out must not be.
  public synchronized boolean isTaken(Bytes kid) {
    return byKid.containsKey(kid) || !provisioned.find(kid).isEmpty();
  }

  /// Whether what a kid means is at hand, so that another that is provisioned now must be added by hand.
  public synchronized boolean isAtHand(Bytes kid) {
    return byKid.containsKey(kid);
  }

  /// Adds one, in place of any older one with the same id: who agrees on keys again and again takes one place.
  public synchronized void add(OscoreAssociation a) {
    remove(a.id());
    Bytes kid = a.secret().recipientId();
    List<OscoreAssociation> all = new ArrayList<>(byKid.containsKey(kid) ? find(kid) : provisioned.find(kid));
    all.removeIf(o -> o.id().equals(a.id()));
    if (all.size() >= OF_ONE_KID_MAX) {
      all.removeFirst();
    }
    all.add(a);
    put(kid, List.copyOf(all));
  }

  /// Forgets those with that id. Looks at all there are: for what happens seldom.
  public synchronized void remove(String id) {
    byKid.replaceAll((_, all) -> all.stream().noneMatch(a -> a.id().equals(id)) ? all
        : all.stream().filter(a -> !a.id().equals(id)).toList());
    byKid.values().removeIf(List::isEmpty);
  }

  public synchronized int size() {
    return byKid.size();
  }

  private void put(Bytes kid, List<OscoreAssociation> all) {
    byKid.put(kid, all);
    if (byKid.size() > max) {
      byKid.pollFirstEntry();
    }
  }
}

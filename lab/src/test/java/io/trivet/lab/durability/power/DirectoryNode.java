package io.trivet.lab.durability.power;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The names in a directory. They change on disk in the order they were changed, each directory by itself: a
/// rename within one is whole or not at all, one from a directory to another may be seen in both or in
/// neither.
final class DirectoryNode extends Node {
  /// What becomes of some names at once; empty: the name goes.
  private record Change(Map<String, Optional<Node>> names) {}

  /// What is left of it.
  record Survivor(Map<String, Node> entries, Damage damage) {}

  private final Map<String, Node> base = new TreeMap<>();
  private final Map<String, Node> now = new TreeMap<>();
  private final List<Change> changes = new ArrayList<>();

  /// At the start.
  void contains(String name, Node node) {
    base.put(name, node);
    now.put(name, node);
  }

  @Nullable Node entry(String name) {
    return now.get(name);
  }

  /// As the process sees it.
  Iterable<Node> entries() {
    return now.values();
  }

  @Override
  int changes() {
    return changes.size();
  }

  void put(String name, Node node) {
    change(Map.of(name, Optional.of(node)));
  }

  void remove(String name) {
    change(Map.of(name, Optional.empty()));
  }

  /// What `to` named before is gone.
  void rename(String from, String to, Node node) {
    change(from.equals(to) ? Map.of() : Map.of(from, Optional.empty(), to, Optional.of(node)));
  }

  private void change(Map<String, Optional<Node>> names) {
    Change c = new Change(names);
    changes.add(c);
    apply(c, now);
  }

  private static void apply(Change c, Map<String, Node> entries) {
    c.names.forEach((name, node) -> node.ifPresentOrElse(n -> entries.put(name, n), () -> entries.remove(name)));
  }

  Survivor survive(Random random) {
    int pending = changes.size() - certain();
    int reached = Fate.draw(random).keptOf(pending, random);
    Map<String, Node> entries = new TreeMap<>(base);
    changes.subList(0, certain() + reached).forEach(c -> apply(c, entries));
    return new Survivor(entries, new Damage(0, 0, pending, pending - reached));
  }
}

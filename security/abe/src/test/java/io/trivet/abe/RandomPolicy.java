package io.trivet.abe;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A policy as text and, made at the same time and in another way, what it means.
///
/// @param text not in canonical form
/// @param truth whether a holder satisfies it
record RandomPolicy(String text, Predicate<Holder> truth) {
  static final List<String> NAMES = List.of("a", "b", "c", "role:nurse", "two words");
  static final List<String> NUMBERED = List.of("level", "epoch");
  private static final long NUMBER_MAX = 9;

  /// Who holds what.
  record Holder(Set<String> names, Map<String, Long> numbers) {
    /// Nothing held is nothing that could be written.
    boolean isEmpty() {
      return names.isEmpty() && numbers.isEmpty();
    }

    String text() {
      List<String> all = new ArrayList<>();
      names.forEach(n -> all.add(quoted(n)));
      numbers.forEach((n, v) -> all.add(n + "=" + v));
      return String.join(",", all);
    }

    Attributes attributes() {
      return Attributes.parse(text()).orThrow();
    }
  }

  static Holder holder(Random random) {
    Set<String> names = NAMES.stream().filter(_ -> random.nextBoolean()).collect(Collectors.toCollection(TreeSet::new));
    Map<String, Long> numbers = new TreeMap<>();
    NUMBERED.stream().filter(_ -> random.nextBoolean()).forEach(n -> numbers.put(n, random.nextLong(NUMBER_MAX)));
    return new Holder(names, numbers);
  }

  private static String quoted(String name) {
    return name.contains(" ") ? '"' + name + '"' : name;
  }

  static RandomPolicy of(Random random, int depth) {
    if (depth == 0 || random.nextInt(5) == 0) {
      return leaf(random);
    }
    int n = 1 + random.nextInt(4);
    List<RandomPolicy> members = IntStream.range(0, n).mapToObj(_ -> of(random, depth - 1)).toList();
    int needed = 1 + random.nextInt(n);
    Predicate<Holder> truth = h -> members.stream().filter(m -> m.truth.test(h)).count() >= needed;
    int form = random.nextInt(3);
    if (form == 0 && needed == n) {
      return new RandomPolicy(joined(members, " and "), truth);
    }
    boolean or = form == 1 && needed == 1;
    return new RandomPolicy(or ? joined(members, " OR ") : needed + " of " + joined(members, " , "), truth);
  }

  private static String joined(List<RandomPolicy> members, String between) {
    return members.stream().map(RandomPolicy::text).collect(Collectors.joining(between, "(", ")"));
  }

  private static RandomPolicy leaf(Random random) {
    if (random.nextInt(4) > 0) {
      String name = NAMES.get(random.nextInt(NAMES.size()));
      return new RandomPolicy(quoted(name), h -> h.names.contains(name));
    }
    String name = NUMBERED.get(random.nextInt(NUMBERED.size()));
    long bound = 1 + random.nextLong(NUMBER_MAX);
    String sign = List.of("==", ">=", ">", "<=", "<").get(random.nextInt(5));
    LongPredicate holds =
        v ->
            switch (sign) {
              case "==" -> v == bound;
              case ">=" -> v >= bound;
              case ">" -> v > bound;
              case "<=" -> v <= bound;
              default -> v < bound;
            };
    return new RandomPolicy(
        name + sign + bound, h -> h.numbers.containsKey(name) && holds.test(h.numbers.getOrDefault(name, -1L)));
  }
}

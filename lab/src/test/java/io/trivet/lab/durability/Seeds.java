package io.trivet.lab.durability;

/// Where the seed of a run comes from.
public final class Seeds {
  private Seeds() {}

  /// As `-Dtrivet.durability.seed=N` says, or another one each time; printed with the command that repeats
  /// the run.
  public static long next() {
    long seed = Long.getLong("trivet.durability.seed", System.nanoTime() % 1_000_000_000);
    String test = StackWalker.getInstance().walk(s -> s.skip(1).findFirst().orElseThrow().getClassName());
    System.out.println("again: ./mvnw test -pl lab -am -Dsurefire.failIfNoSpecifiedTests=false -Dtest="
        + test.substring(test.lastIndexOf('.') + 1) + " -Dtrivet.durability.seed=" + seed);
    return seed;
  }
}

package io.trivet.lab.durability.power;

import java.util.Random;

/// How kind the disk was to one file. Most files lose some changes and keep others; but a program may also
/// rely on all or none having been kept, so that these come often enough as well.
enum Fate {
  ALL,
  NONE,
  SOME;

  static Fate draw(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> ALL;
      case 1 -> NONE;
      default -> SOME;
    };
  }

  /// How many of so many changes in a row were kept.
  int keptOf(int changes, Random random) {
    return switch (this) {
      case ALL -> changes;
      case NONE -> 0;
      case SOME -> random.nextInt(changes + 1);
    };
  }
}

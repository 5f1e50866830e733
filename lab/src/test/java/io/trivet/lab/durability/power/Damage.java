package io.trivet.lab.durability.power;

/// What a power loss took.
///
/// @param sectors in which something was not yet certain
/// @param sectorsLost that kept less than all
/// @param names changes to names that were not yet certain
/// @param namesLost that did not reach the disk
public record Damage(int sectors, int sectorsLost, int names, int namesLost) {
  static final Damage NONE = new Damage(0, 0, 0, 0);

  public Damage plus(Damage other) {
    return new Damage(sectors + other.sectors, sectorsLost + other.sectorsLost, names + other.names,
        namesLost + other.namesLost);
  }
}

package io.trivet.coap.directory;

import io.trivet.coap.link.LinkLimits;

/// What the directory takes. A registration beyond is answered with 5.03, or 4.13 where it is itself too large.
///
/// @param registrationsMax in all
/// @param registrationsPerOwner of one device
/// @param linksMax in all registrations together
/// @param lookupMax so many results of a lookup that asks for no smaller page
/// @param links of one registration
public record DirectoryLimits(
    int registrationsMax, int registrationsPerOwner, int linksMax, int lookupMax, LinkLimits links) {
  public static final DirectoryLimits DEFAULT =
      new DirectoryLimits(10_000, 16, 100_000, 1_000, new LinkLimits(16_384, 100, 16, 512));

  public DirectoryLimits {
    if (registrationsMax < 1 || registrationsPerOwner < 1 || linksMax < 1 || lookupMax < 1) {
      throw new IllegalArgumentException("a limit below 1");
    }
  }
}

package io.trivet.coap.link;

/// What a document of links may have.
public record LinkLimits(int bytesMax, int linksMax, int attributesPerLinkMax, int textMax) {
  public static final LinkLimits DEFAULT = new LinkLimits(65_536, 1_000, 32, 1_024);

  public LinkLimits {
    if (bytesMax < 1 || linksMax < 1 || attributesPerLinkMax < 1 || textMax < 1) {
      throw new IllegalArgumentException("a limit below 1");
    }
  }
}

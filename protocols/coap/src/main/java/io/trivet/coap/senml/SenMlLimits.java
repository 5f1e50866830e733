package io.trivet.coap.senml;

/// What a pack may have.
///
/// @param textBytesMax of a text, or of the data of one value
public record SenMlLimits(int bytesMax, int recordsMax, int textBytesMax) {
  public static final SenMlLimits DEFAULT = new SenMlLimits(1 << 20, 10_000, 65_536);

  public SenMlLimits {
    if (bytesMax < 1 || recordsMax < 1 || textBytesMax < 1) {
      throw new IllegalArgumentException("a limit below 1");
    }
  }
}

package io.trivet.coap.block;

import java.time.Duration;

/// What block-wise transfers may take.
///
/// @param bodyBytesMax the largest body of a request
/// @param blockBytes the largest block sent and asked for: 16 to 1,024, a power of two
/// @param bodiesPerPeer transfers of one peer under way in each direction; beyond, its oldest is dropped
/// @param keptBytesMax what all transfers of a loop hold; beyond, the oldest of all is dropped
/// @param patience after which a transfer that does not go on is dropped
public record BlockSettings(int bodyBytesMax, int blockBytes, int bodiesPerPeer, long keptBytesMax, Duration patience) {
  public static final BlockSettings DEFAULT =
      new BlockSettings(1 << 20, 1_024, 8, 64L << 20, Duration.ofSeconds(60));

  public BlockSettings {
    if (Integer.bitCount(blockBytes) != 1 || blockBytes < 16 || blockBytes > 1_024) {
      throw new IllegalArgumentException("coap.block-bytes = " + blockBytes + ": give 16, 32, 64, 128, 256, 512 or 1024");
    }
  }

  /// The same, with a share of what a loop may hold.
  public BlockSettings withKeptBytesMax(long share) {
    return new BlockSettings(bodyBytesMax, blockBytes, bodiesPerPeer, share, patience);
  }
}

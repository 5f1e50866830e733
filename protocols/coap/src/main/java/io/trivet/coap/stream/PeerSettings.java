package io.trivet.coap.stream;

import io.trivet.base.Bytes;
import io.trivet.coap.Options;

/// What one end takes, as its CSM says (RFC 8323, section 5.3; RFC 8974, section 2.2.1).
///
/// @param messageBytesMax the longest message
/// @param blockWise whether it knows block-wise transfer, and with a longer message than the base value also BERT
/// @param tokenBytesMax the longest token in a request
public record PeerSettings(int messageBytesMax, boolean blockWise, int tokenBytesMax) {
  static final int MAX_MESSAGE_SIZE = 2;
  static final int BLOCK_WISE_TRANSFER = 4;
  static final int EXTENDED_TOKEN_LENGTH = 6;

  /// What holds before the first CSM has said otherwise.
  static final PeerSettings BASE =
      new PeerSettings(StreamCodec.BASE_MESSAGE_BYTES, false, StreamCodec.BASE_TOKEN_BYTES);

  /// Changes what a further CSM changes; what it does not name stays (section 5.3). Options that break their
  /// definition are elective, thus ignored.
  PeerSettings changedBy(Options csm) {
    int message = messageBytesMax;
    boolean blocks = blockWise;
    int token = tokenBytesMax;
    for (int i = 0; i < csm.count(); i++) {
      switch (csm.number(i)) {
        case MAX_MESSAGE_SIZE -> {
          if (csm.length(i) <= 4) {
            message = (int) Math.min(Integer.MAX_VALUE, csm.uint(i));
          }
        }
        case BLOCK_WISE_TRANSFER -> blocks |= csm.length(i) == 0;
        case EXTENDED_TOKEN_LENGTH -> {
          if (csm.length(i) <= 3) {
            token = Math.clamp(csm.uint(i), StreamCodec.BASE_TOKEN_BYTES, StreamCodec.TOKEN_BYTES_MAX);
          }
        }
        default -> {}
      }
    }
    return new PeerSettings(message, blocks, token);
  }

  /// The options of a CSM that says this.
  Options toOptions() {
    Options.Builder b = Options.builder().add(MAX_MESSAGE_SIZE, uint(messageBytesMax));
    if (blockWise) {
      b.add(BLOCK_WISE_TRANSFER, Bytes.EMPTY);
    }
    if (tokenBytesMax > StreamCodec.BASE_TOKEN_BYTES) {
      b.add(EXTENDED_TOKEN_LENGTH, uint(tokenBytesMax));
    }
    return b.build();
  }

  static Bytes uint(int value) {
    int n = (32 - Integer.numberOfLeadingZeros(value) + 7) / 8;
    byte[] b = new byte[n];
    for (int i = 0; i < n; i++) {
      b[i] = (byte) (value >>> 8 * (n - 1 - i));
    }
    return Bytes.wrap(b);
  }
}

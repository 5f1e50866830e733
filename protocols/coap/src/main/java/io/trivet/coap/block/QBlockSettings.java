package io.trivet.coap.block;

import java.time.Duration;

/// How blocks are sent in bursts (RFC 9177, section 7.2). What a body may take is for [BlockSettings].
///
/// @param maxPayloads blocks in a burst, after which the sender waits for a word or for `pause`
/// @param pause NON_TIMEOUT; drawn between one and one and a half times that
/// @param patience NON_RECEIVE_TIMEOUT, after which missing blocks are asked for; doubles each time
/// @param asksMax NON_MAX_RETRANSMIT, how often
/// @param kept NON_PARTIAL_TIMEOUT, after which a body that does not go on is dropped
/// @param remembered how long a block of a body that is whole may still come late: NON_LIFETIME (RFC 7252, section 4.8.2)
public record QBlockSettings(int maxPayloads, Duration pause, Duration patience, int asksMax, Duration kept,
    Duration remembered) {
  public static final QBlockSettings DEFAULT = new QBlockSettings(10, Duration.ofSeconds(2), Duration.ofSeconds(4), 4,
      Duration.ofSeconds(247), Duration.ofSeconds(145));

  public QBlockSettings {
    if (maxPayloads < 1 || maxPayloads > 64 || asksMax < 1) {
      throw new IllegalArgumentException("a burst of " + maxPayloads + " blocks, " + asksMax + " times");
    }
    if (patience.compareTo(pause.multipliedBy(3).dividedBy(2)) <= 0) {
      throw new IllegalArgumentException("patience of " + patience + " ends before a pause of " + pause);
    }
  }
}

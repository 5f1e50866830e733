package io.trivet.coap.oscore;

import java.time.Duration;

/// @param windowSize how far requests of one context may overtake each other, 1 to 64
/// @param sequenceStep how many sender sequence numbers are reserved at once
/// @param echoLifetime how long a challenge after a restart may be answered
/// @param peersMax of how many addresses a layer remembers that a context was used from them
public record OscoreSettings(int windowSize, int sequenceStep, Duration echoLifetime, int peersMax) {
  public static final OscoreSettings DEFAULT = new OscoreSettings(32, 1_000, Duration.ofSeconds(30), 100_000);

  public OscoreSettings {
    if (windowSize < 1 || windowSize > 64 || sequenceStep < 1 || peersMax < 1) {
      throw new IllegalArgumentException("a window of 1 to 64, a step and a number of peers above 0");
    }
  }
}

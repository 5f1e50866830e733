package io.trivet.smqtt;

import java.time.Duration;

/// How a publisher seals.
///
/// @param policy who may read, or under a key policy what the messages are about
/// @param scope the topic filter a key serves; one that is narrow tells readers more
/// @param epoch the authority's
/// @param rotateAfterMessages a fresh header after so many, 1 to 2^32 (the limit of AES-GCM's use with one key is far off)
/// @param rotateAfter a fresh header after so long
/// @param validity how long a header's messages can be opened; at least twice `rotateAfter`, so that what is under way
///     at a rotation, and what is retained, still opens
public record SealerOptions(String policy, String scope, long epoch, Algorithm algorithm, Form form, Signing signing,
    long rotateAfterMessages, Duration rotateAfter, Duration validity) {
  /// At 65,536 messages a counter has two bytes at most, which is what 36 and 24 bytes of overhead are counted with.
  public static final long ROTATE_AFTER_MESSAGES = 1 << 16;
  private static final long ROTATE_AFTER_MESSAGES_MAX = 1L << 32;

  public SealerOptions {
    if (!Topics.isFilter(scope) || epoch < 0) {
      throw new IllegalArgumentException("scope = " + scope + ", epoch = " + epoch + ": give a topic filter, and an epoch from 0");
    }
    if (rotateAfterMessages < 1 || rotateAfterMessages > ROTATE_AFTER_MESSAGES_MAX) {
      throw new IllegalArgumentException("rotateAfterMessages = " + rotateAfterMessages + ": give 1 to 4294967296");
    }
    if (rotateAfter.toSeconds() < 1 || validity.compareTo(rotateAfter.multipliedBy(2)) < 0) {
      throw new IllegalArgumentException("rotateAfter = " + rotateAfter + ", validity = " + validity
          + ": give a second or more, and a validity of at least twice that");
    }
  }

  /// AES-128-GCM in COSE, signed per header; a fresh key each hour, readable for a day.
  public static SealerOptions of(String policy, String scope) {
    return new SealerOptions(policy, scope, 0, Algorithm.AES_128_GCM, Form.COSE, Signing.PER_HEADER,
        ROTATE_AFTER_MESSAGES, Duration.ofHours(1), Duration.ofDays(1));
  }

  public SealerOptions epoch(long number) {
    return new SealerOptions(policy, scope, number, algorithm, form, signing, rotateAfterMessages, rotateAfter, validity);
  }

  public SealerOptions algorithm(Algorithm other) {
    return new SealerOptions(policy, scope, epoch, other, form, signing, rotateAfterMessages, rotateAfter, validity);
  }

  public SealerOptions form(Form other) {
    return new SealerOptions(policy, scope, epoch, algorithm, other, signing, rotateAfterMessages, rotateAfter, validity);
  }

  public SealerOptions signing(Signing other) {
    return new SealerOptions(policy, scope, epoch, algorithm, form, other, rotateAfterMessages, rotateAfter, validity);
  }

  public SealerOptions rotation(long afterMessages, Duration after, Duration validFor) {
    return new SealerOptions(policy, scope, epoch, algorithm, form, signing, afterMessages, after, validFor);
  }
}

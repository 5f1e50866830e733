package io.trivet.broker;

/// How long and how deep a topic name or filter may be; checked before anything is allocated for it.
///
/// @param bytesMax length in UTF-8, 1 to 65,535
/// @param levelsMax number of levels, 1 to 65,536: `a/b` has two
public record TopicLimits(int bytesMax, int levelsMax) {
  public static final TopicLimits PROTOCOL = new TopicLimits(65_535, 65_536);
  public static final TopicLimits DEFAULT = new TopicLimits(1_024, 32);
}

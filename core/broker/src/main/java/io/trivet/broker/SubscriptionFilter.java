package io.trivet.broker;

import io.trivet.base.Parsed;

/// A filter as a subscriber writes it: plain, or `$share/{group}/{filter}` for a shared subscription
/// (MQTT 5.0, section 4.8.2). Identity within a session is the whole text.
///
/// @param group the share name; empty where the subscription is not shared
/// @param filter the filter that messages are matched with and that authorization looks at
public record SubscriptionFilter(String group, TopicFilter filter) {
  private static final String SHARE = "$share";

  public static Parsed<SubscriptionFilter> parse(String text, TopicLimits limits) {
    if (!text.equals(SHARE) && !text.startsWith(SHARE + "/")) {
      return TopicFilter.parse(text, limits).map(f -> new SubscriptionFilter("", f));
    }
    int end = text.length() <= SHARE.length() ? -1 : text.indexOf('/', SHARE.length() + 1);
    String group = end < 0 ? "" : text.substring(SHARE.length() + 1, end);
    if (group.isEmpty() || group.indexOf('+') >= 0 || group.indexOf('#') >= 0) {
      return Parsed.invalid("MQTT-4.8.2-1", "a shared subscription needs a share name without / + #");
    }
    return TopicFilter.parse(text.substring(end + 1), limits).map(f -> new SubscriptionFilter(group, f));
  }

  /// @throws IllegalArgumentException when the text is no filter
  public static SubscriptionFilter of(String text) {
    return parse(text, TopicLimits.PROTOCOL).orThrow();
  }

  public boolean isShared() {
    return !group.isEmpty();
  }

  /// As the subscriber wrote it.
  @Override
  public String toString() {
    return isShared() ? SHARE + "/" + group + "/" + filter : filter.toString();
  }
}

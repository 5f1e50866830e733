package io.trivet.smqtt;

import java.nio.charset.StandardCharsets;

/// Topic names and filters (MQTT 5.0, section 4.7) and where keys are published. A name that begins with `$` is not
/// matched by a filter that begins with a wildcard.
///
/// A key header is published at `smqtt/keys/{sender}/{kid}`. Not below `$`: ordinary clients may not publish there
/// (section 4.7.2). Not below the data topic: a subscriber of `ward/#` who knows nothing of sealing would get keys as
/// data, and one filter could not name all keys of a sender. One topic for each header, since two are valid at once
/// while a sender rotates, and a topic retains one message.
public final class Topics {
  public static final String KEY_PREFIX = "smqtt/keys/";

  /// What a reader subscribes to, beside its data topics, to hear of every sender's headers.
  public static final String ALL_KEYS = KEY_PREFIX + "+/+";

  static final int TOPIC_BYTES_MAX = 65_535;

  /// Bytes of the header's hash that its key topic shows in hexadecimal.
  static final int KID_BYTES_IN_TOPIC = 16;

  private Topics() {}

  static boolean isKeyTopic(String topic) {
    return topic.startsWith(KEY_PREFIX);
  }

  static String keyTopic(KeyHeader header) {
    return KEY_PREFIX + header.sender() + "/" + hex(header.kid().toArray(), KID_BYTES_IN_TOPIC);
  }

  /// What to subscribe to for one sender's headers.
  public static String keysOf(String sender) {
    return KEY_PREFIX + sender + "/+";
  }

  private static String hex(byte[] hash, int bytes) {
    return java.util.HexFormat.of().formatHex(hash, 0, bytes);
  }

  static boolean isName(String topic) {
    return fits(topic) && topic.indexOf('+') < 0 && topic.indexOf('#') < 0;
  }

  static boolean isFilter(String filter) {
    if (!fits(filter)) {
      return false;
    }
    int n = filter.length();
    for (int i = 0; i < n; i++) {
      char c = filter.charAt(i);
      if (c != '+' && c != '#') {
        continue;
      }
      boolean alone = (i == 0 || filter.charAt(i - 1) == '/') && (i + 1 == n || filter.charAt(i + 1) == '/');
      if (!alone || c == '#' && i + 1 != n) {
        return false;
      }
    }
    return true;
  }

  /// Both valid.
  static boolean matches(String filter, String topic) {
    if (topic.charAt(0) == '$' && (filter.charAt(0) == '+' || filter.charAt(0) == '#')) {
      return false;
    }
    int f = 0;
    int t = 0;
    while (true) {
      if (filter.startsWith("#", f)) {
        return true;
      }
      int fEnd = levelEnd(filter, f);
      int tEnd = levelEnd(topic, t);
      boolean any = fEnd == f + 1 && filter.charAt(f) == '+';
      if (!any && !(fEnd - f == tEnd - t && filter.regionMatches(f, topic, t, fEnd - f))) {
        return false;
      }
      if (tEnd == topic.length()) {
        // "a/#" also matches "a" (MQTT 5.0, section 4.7.1.2).
        return fEnd == filter.length() || filter.length() == fEnd + 2 && filter.charAt(fEnd + 1) == '#';
      }
      if (fEnd == filter.length()) {
        return false;
      }
      f = fEnd + 1;
      t = tEnd + 1;
    }
  }

  private static int levelEnd(String s, int from) {
    int slash = s.indexOf('/', from);
    return slash < 0 ? s.length() : slash;
  }

  private static boolean fits(String text) {
    return !text.isEmpty()
        && text.indexOf('\0') < 0
        && text.length() <= TOPIC_BYTES_MAX
        && StandardCharsets.UTF_8.newEncoder().canEncode(text)
        && (text.length() <= TOPIC_BYTES_MAX / 3 || text.getBytes(StandardCharsets.UTF_8).length <= TOPIC_BYTES_MAX);
  }
}

package io.trivet.broker;

/// Topic levels: the text between slashes, each possibly empty (MQTT 5.0, section 4.7.1.1).
final class Levels {
  private Levels() {}

  static String[] split(String text) {
    int count = 1;
    for (int i = text.indexOf('/'); i >= 0; i = text.indexOf('/', i + 1)) {
      count++;
    }
    String[] levels = new String[count];
    int start = 0;
    for (int n = 0; n < count - 1; n++) {
      int slash = text.indexOf('/', start);
      levels[n] = text.substring(start, slash);
      start = slash + 1;
    }
    levels[count - 1] = text.substring(start);
    return levels;
  }
}

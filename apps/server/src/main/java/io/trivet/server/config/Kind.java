package io.trivet.server.config;

/// What form an option's value has.
public enum Kind {
  /// A number of bytes: `65536`, `64KiB`, `16MiB`, `1GiB`.
  SIZE("size"),
  /// A whole number.
  COUNT("number"),
  /// `500ms`, `10s`, `5m`, `1h`, `7d`.
  DURATION("duration"),
  /// `true` or `false`.
  FLAG("true or false"),
  /// One of the words that the option lists.
  CHOICE("word"),
  /// A path, relative to the directory of the configuration file.
  PATH("path"),
  /// A text.
  TEXT("text"),
  /// A list of texts, possibly empty.
  TEXTS("list");

  private final String title;

  Kind(String title) {
    this.title = title;
  }

  @Override
  public String toString() {
    return title;
  }
}

package io.trivet.coap;

import org.jspecify.annotations.Nullable;

/// The options that Trivet knows, by their numbers, and what each number says of itself (RFC 7252, section 5.4.6).
public enum OptionNumber {
  IF_MATCH(1, Format.OPAQUE, 0, 8, true),
  URI_HOST(3, Format.STRING, 1, 255, false),
  ETAG(4, Format.OPAQUE, 1, 8, true),
  IF_NONE_MATCH(5, Format.EMPTY, 0, 0, false),
  OBSERVE(6, Format.UINT, 0, 3, false),
  URI_PORT(7, Format.UINT, 0, 2, false),
  LOCATION_PATH(8, Format.STRING, 0, 255, true),
  OSCORE(9, Format.OPAQUE, 0, 255, false),
  URI_PATH(11, Format.STRING, 0, 255, true),
  CONTENT_FORMAT(12, Format.UINT, 0, 2, false),
  MAX_AGE(14, Format.UINT, 0, 4, false),
  URI_QUERY(15, Format.STRING, 0, 255, true),
  HOP_LIMIT(16, Format.UINT, 1, 1, false),
  ACCEPT(17, Format.UINT, 0, 2, false),
  Q_BLOCK1(19, Format.UINT, 0, 3, false),
  LOCATION_QUERY(20, Format.STRING, 0, 255, true),
  EDHOC(21, Format.EMPTY, 0, 0, false),
  BLOCK2(23, Format.UINT, 0, 3, false),
  BLOCK1(27, Format.UINT, 0, 3, false),
  SIZE2(28, Format.UINT, 0, 4, false),
  Q_BLOCK2(31, Format.UINT, 0, 3, true),
  PROXY_URI(35, Format.STRING, 1, 1_034, false),
  PROXY_SCHEME(39, Format.STRING, 1, 255, false),
  SIZE1(60, Format.UINT, 0, 4, false),
  ECHO(252, Format.OPAQUE, 1, 40, false),
  NO_RESPONSE(258, Format.UINT, 0, 1, false),
  REQUEST_TAG(292, Format.OPAQUE, 0, 8, true);

  public enum Format {
    EMPTY,
    OPAQUE,
    UINT,
    STRING
  }

  private static final @Nullable OptionNumber[] BY_NUMBER = byNumber();

  private final int number;
  private final Format format;
  private final int lengthMin;
  private final int lengthMax;
  private final boolean repeatable;

  OptionNumber(int number, Format format, int lengthMin, int lengthMax, boolean repeatable) {
    this.number = number;
    this.format = format;
    this.lengthMin = lengthMin;
    this.lengthMax = lengthMax;
    this.repeatable = repeatable;
  }

  private static @Nullable OptionNumber[] byNumber() {
    @Nullable OptionNumber[] found = new @Nullable OptionNumber[293];
    for (OptionNumber o : values()) {
      found[o.number] = o;
    }
    return found;
  }

  /// The known option of that number, or null.
  public static @Nullable OptionNumber of(int number) {
    return number < BY_NUMBER.length ? BY_NUMBER[number] : null;
  }

  /// 1 to 65,535.
  public int number() {
    return number;
  }

  public Format format() {
    return format;
  }

  public int lengthMin() {
    return lengthMin;
  }

  public int lengthMax() {
    return lengthMax;
  }

  public boolean isRepeatable() {
    return repeatable;
  }

  /// Whether whoever does not understand the option must refuse the message (section 5.4.1).
  public static boolean isCritical(int number) {
    return (number & 1) != 0;
  }

  /// Whether a proxy that does not understand the option must not forward the message (section 5.4.2).
  public static boolean isUnsafe(int number) {
    return (number & 2) != 0;
  }

  /// Whether the option is no part of the cache key (section 5.4.2).
  public static boolean isNoCacheKey(int number) {
    return (number & 0x1e) == 0x1c;
  }
}

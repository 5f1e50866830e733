package io.trivet.server.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An option's value as typed: sizes and counts a `Long`, durations a `Duration`, and so on.
final class Value {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,16})\\s*(B|KiB|MiB|GiB|TiB)?");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*(ms|s|m|h|d)");

  private Value() {}

  static ConfigException refused(Option o, String value, String what) {
    return new ConfigException(o.path() + " = " + value + ": " + what);
  }

  /// @throws ConfigException saying what to give instead
  static Object parse(Option o, String text) {
    return switch (o.kind()) {
      case SIZE -> bounded(o, text, size(o, text));
      case COUNT -> bounded(o, text, count(o, text));
      case DURATION -> bounded(o, text, duration(o, text));
      case FLAG -> switch (text) {
        case "true" -> true;
        case "false" -> false;
        default -> throw refused(o, text, "give true or false");
      };
      case CHOICE -> {
        if (!o.words().contains(text)) {
          throw refused(o, text, "give " + String.join(" or ", o.words()));
        }
        yield text;
      }
      case PATH, TEXT -> text;
      case TEXTS -> text.isBlank() ? List.of() : List.of(text.trim().split("\\s+"));
    };
  }

  private static long size(Option o, String text) {
    Matcher m = SIZE.matcher(text);
    if (!m.matches()) {
      throw refused(o, text, "give a size such as 65536, 64KiB or 16MiB");
    }
    int shift = switch (m.group(2) == null ? "B" : m.group(2)) {
      case "KiB" -> 10;
      case "MiB" -> 20;
      case "GiB" -> 30;
      case "TiB" -> 40;
      default -> 0;
    };
    long n = Long.parseLong(m.group(1));
    if (n > Long.MAX_VALUE >> shift) {
      throw refused(o, text, "too large");
    }
    return n << shift;
  }

  private static long count(Option o, String text) {
    if (!text.matches("\\d{1,18}")) {
      throw refused(o, text, "give a whole number" + range(o));
    }
    return Long.parseLong(text);
  }

  private static Duration duration(Option o, String text) {
    Matcher m = DURATION.matcher(text);
    if (!m.matches()) {
      throw refused(o, text, "give a duration such as 500ms, 10s, 5m, 1h or 7d");
    }
    long n = Long.parseLong(m.group(1));
    return switch (m.group(2)) {
      case "ms" -> Duration.ofMillis(n);
      case "s" -> Duration.ofSeconds(n);
      case "m" -> Duration.ofMinutes(n);
      case "h" -> Duration.ofHours(n);
      default -> Duration.ofDays(n);
    };
  }

  private static String range(Option o) {
    return o.least().isPresent() ? " from " + o.least().get() + " to " + o.most().orElse("") : "";
  }

  private static <T extends Comparable<T>> T bounded(Option o, String text, T value) {
    if (o.least().isEmpty() || o.most().isEmpty()) {
      return value;
    }
    @SuppressWarnings("unchecked") // a bound is written as the value is
    T least = (T) unbounded(o, o.least().get());
    @SuppressWarnings("unchecked")
    T most = (T) unbounded(o, o.most().get());
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw refused(o, text, "give a value" + range(o));
    }
    return value;
  }

  private static Comparable<?> unbounded(Option o, String text) {
    return switch (o.kind()) {
      case SIZE -> size(o, text);
      case DURATION -> duration(o, text);
      default -> count(o, text);
    };
  }

  /// The key that was probably meant: the one with the fewest letters to change.
  static String nearest(String unknown, List<String> known) {
    String best = known.getFirst();
    int least = Integer.MAX_VALUE;
    for (String k : known) {
      int d = distance(unknown.toLowerCase(Locale.ROOT), k);
      if (d < least) {
        least = d;
        best = k;
      }
    }
    return best;
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        row[j] = Math.min(Math.min(row[j - 1], above) + 1, diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}

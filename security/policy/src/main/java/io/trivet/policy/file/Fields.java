package io.trivet.policy.file;

import io.trivet.policy.condition.Durations;
import io.trivet.policy.file.Node.Entry;
import io.trivet.policy.file.Node.Mapping;
import io.trivet.policy.file.Node.Scalar;
import io.trivet.policy.file.Node.Sequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Takes values out of the tree; each refusal knows the place.
public final class Fields {
  static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,63}");

  /// As conditions can write it.
  static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,63}(\\.[A-Za-z][A-Za-z0-9_]{0,63}){0,7}");

  private static final int LIST_MAX = 1_000;

  private Fields() {}

  public static Mapping mapping(Node n, String help) {
    if (n instanceof Mapping m) {
      return m;
    }
    if (n instanceof Scalar s && s.isNothing()) {
      return new Mapping(List.of(), s.at());
    }
    throw new Wrong(n.at(), help);
  }

  public static void known(Mapping m, Collection<String> keys) {
    for (Entry e : m.entries()) {
      if (!keys.contains(e.key().text())) {
        throw new Wrong(e.key().at(), unknown("key", e.key().text(), keys));
      }
    }
  }

  /// Names the nearest that there is.
  ///
  /// @param known never empty
  public static String unknown(String what, String name, Collection<String> known) {
    String shown = name.length() > 64 ? name.substring(0, 64) + "..." : name;
    String nearest = Collections.min(known, Comparator.comparingInt((String k) -> distance(name, k))
        .thenComparing(Comparator.naturalOrder()));
    return "unknown " + what + " '" + shown + "'"
        + (distance(name, nearest) <= 3 ? ", did you mean '" + nearest + "'?" : "")
        + " There are " + String.join(", ", new TreeSet<>(known));
  }

  /// How many characters to add, drop or replace (Levenshtein); long keys are cut, since they are near none
  /// of ours.
  private static int distance(String a, String b) {
    String s = a.length() > 32 ? a.substring(0, 32) : a;
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= s.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (s.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }

  public static Scalar scalar(Node n) {
    if (n instanceof Scalar s && !s.isNothing() && !s.text().isEmpty()) {
      return s;
    }
    throw new Wrong(n.at(), "give a text; quote one that begins with # or *");
  }

  static String name(Node n, String what) {
    Scalar s = scalar(n);
    if (!NAME.matcher(s.text()).matches()) {
      throw new Wrong(s.at(), what + ": '" + s.text() + "' is no name: give a letter, then letters, digits, _ . -");
    }
    return s.text();
  }

  static String identifier(Scalar s, String what) {
    if (!IDENTIFIER.matcher(s.text()).matches()) {
      throw new Wrong(s.at(), what + ": '" + s.text() + "' is no name that conditions can read: give a letter, then "
          + "letters, digits and _, in parts joined by dots");
    }
    return s.text();
  }

  public static boolean flag(Node n) {
    if (n instanceof Scalar s && (s.text().equals("true") || s.text().equals("false"))) {
      return s.text().equals("true");
    }
    throw new Wrong(n.at(), "give true or false");
  }

  public static int whole(Node n, String what, int min, int max) {
    Scalar s = scalar(n);
    String t = s.text();
    try {
      int value = t.startsWith("0x") || t.startsWith("0X") ? Integer.parseInt(t, 2, t.length(), 16) : Integer.parseInt(t);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException _) { // said below, with what is taken
    }
    throw new Wrong(s.at(), what + ": give a whole number from " + min + " to " + max);
  }

  public static double number(Node n, String what, double min, double max) {
    Scalar s = scalar(n);
    try {
      double value = Double.parseDouble(s.text());
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException _) { // said below, with what is taken
    }
    throw new Wrong(s.at(), what + ": give a number from " + min + " to " + max);
  }

  public static Duration duration(Node n, String what) {
    Scalar s = scalar(n);
    Optional<Duration> d = Durations.parse(s.text());
    if (d.isEmpty() || d.get().isZero()) {
      throw new Wrong(s.at(), what + ": give a span of time such as 500ms, 10s, 5m, 2h or 30d");
    }
    return d.get();
  }

  /// One text or a list of them.
  public static List<Scalar> texts(Node n) {
    if (!(n instanceof Sequence s)) {
      return List.of(scalar(n));
    }
    if (s.items().size() > LIST_MAX) {
      throw new Wrong(s.at(), "more than " + LIST_MAX + " in one list");
    }
    List<Scalar> found = new ArrayList<>();
    s.items().forEach(i -> found.add(scalar(i)));
    return found;
  }

  public static String choice(Node n, String what, List<String> choices) {
    Scalar s = scalar(n);
    if (!choices.contains(s.text())) {
      throw new Wrong(s.at(), what + ": give " + String.join(" or ", choices));
    }
    return s.text();
  }
}

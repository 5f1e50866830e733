package io.trivet.policy.index;

import io.trivet.base.Parsed;
import io.trivet.broker.Principal;
import io.trivet.broker.TopicFilter;
import io.trivet.broker.TopicLimits;
import io.trivet.broker.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A topic filter with places for what is known of a subject: `ward/${subject.attr.ward}/#`, or in an access
/// list `ward/{attr.ward}/#`. It is compared with a topic level by level, so that deciding needs neither a
/// filter of its own for each subject nor any allocation.
///
/// A value never widens what is allowed: one that is missing, empty, or holds `+`, `#` or `/`, or that would
/// begin the topic with `$`, makes the pattern match nothing. Nor does it narrow what is denied: see
/// [#matchesWide].
public final class TopicPattern {
  private static final Pattern SUBJECT = Pattern.compile("\\$\\{([^{}]*)}");
  private static final Pattern ACCESS = Pattern.compile("\\{([^{}]*)}");
  private static final String ATTRIBUTE = "[A-Za-z][A-Za-z0-9_.-]{0,63}";
  private static final Pattern KNOWN =
      Pattern.compile("device\\.id|client\\.id|attr\\." + ATTRIBUTE + "|subject\\.(id|client|attr\\." + ATTRIBUTE + ")");

  /// One level: `+`, `#`, a text, or texts and places in turn.
  private record Level(String text, List<Object> pieces, boolean any, boolean rest) {
    boolean hasPlaces() {
      return !pieces.isEmpty();
    }
  }

  private final String text;
  private final Level[] levels;
  private final boolean placeFirst;
  private final boolean places;

  private TopicPattern(String text, Level[] levels, boolean placeFirst) {
    this.text = text;
    this.levels = levels;
    this.placeFirst = placeFirst;
    boolean any = false;
    for (Level l : levels) {
      any |= l.hasPlaces();
    }
    this.places = any;
  }

  /// Reads `${subject.id}`, `${subject.client}`, `${subject.attr.NAME}`.
  public static Parsed<TopicPattern> parse(String text) {
    return parse(text, SUBJECT, "subject.", "${subject.id}, ${subject.client} or ${subject.attr.NAME}");
  }

  /// Reads the places of access lists: `{device.id}`, `{client.id}`, `{attr.NAME}`.
  public static Parsed<TopicPattern> parseAccess(String text) {
    return parse(text, ACCESS, "", "{device.id}, {client.id} or {attr.NAME}");
  }

  private static Parsed<TopicPattern> parse(String text, Pattern place, String prefix, String known) {
    Matcher m = place.matcher(text);
    while (m.find()) {
      String name = m.group(1);
      if (!KNOWN.matcher(name).matches() || name.startsWith("subject.") == prefix.isEmpty()) {
        return Parsed.invalid("place", m.group() + ": give " + known);
      }
    }
    String filled = place.matcher(text).replaceAll("x");
    if (filled.indexOf('{') >= 0 || filled.indexOf('}') >= 0) {
      return Parsed.invalid("place", "topic " + text + ": a brace that is no place; give " + known);
    }
    if (TopicFilter.parse(filled, TopicLimits.PROTOCOL) instanceof Parsed.Invalid<TopicFilter> wrong) {
      return wrong.cast();
    }
    // Places hold no slash, so splitting is safe.
    String[] parts = text.split("/", -1);
    Level[] levels = new Level[parts.length];
    for (int i = 0; i < parts.length; i++) {
      levels[i] = level(parts[i], place);
      if (levels[i].hasPlaces() && (parts[i].indexOf('+') >= 0 || parts[i].indexOf('#') >= 0)) {
        return Parsed.invalid("place", "topic " + text + ": a wildcard beside a place in one level");
      }
    }
    Matcher first = place.matcher(text);
    return Parsed.valid(new TopicPattern(text, levels, first.find() && first.start() == 0));
  }

  private static Level level(String part, Pattern place) {
    Matcher m = place.matcher(part);
    List<Object> pieces = new ArrayList<>();
    int end = 0;
    while (m.find()) {
      if (m.start() > end) {
        pieces.add(part.substring(end, m.start()));
      }
      pieces.add(placeOf(m.group(1)));
      end = m.end();
    }
    if (end > 0 && end < part.length()) {
      pieces.add(part.substring(end));
    }
    return new Level(part, List.copyOf(pieces), part.equals("+"), part.equals("#"));
  }

  private static Place placeOf(String name) {
    String known = name.startsWith("subject.") ? name.substring("subject.".length()) : name;
    return switch (known) {
      case "device.id", "id" -> new Place.Device();
      case "client.id", "client" -> new Place.Client();
      default -> new Place.Attribute(known.substring("attr.".length()));
    };
  }

  public boolean hasPlaces() {
    return places;
  }

  int depth() {
    return levels.length;
  }

  boolean isPlace(int level) {
    return levels[level].hasPlaces();
  }

  boolean isAny(int level) {
    return levels[level].any;
  }

  boolean isRest(int level) {
    return levels[level].rest;
  }

  String levelText(int level) {
    return levels[level].text;
  }

  /// Whether a topic is one of those meant for that subject.
  public boolean matches(TopicName topic, Principal who, String client) {
    return (!placeFirst || !firstValue(who, client).startsWith("$")) && matchesFrom(topic, who, client, levels.length);
  }

  /// As [#matches], for what is denied: a value that does not fit its level makes the pattern match
  /// everything from that level on, since leaving the pattern out would give rights away. A value that is
  /// missing names nothing to deny.
  public boolean matchesWide(TopicName topic, Principal who, String client) {
    if (!places) {
      return matchesFrom(topic, who, client, levels.length);
    }
    int wide = wideAt(who, client);
    return wide >= 0 && matchesFrom(topic, who, client, wide);
  }

  /// The level from which on the pattern is `#` for that subject; the number of levels where all values fit;
  /// -1 where one is missing.
  private int wideAt(Principal who, String client) {
    for (int i = 0; i < levels.length; i++) {
      for (Object piece : levels[i].pieces) {
        if (piece instanceof Place p) {
          String value = p.value(who, client);
          if (value.isEmpty()) {
            return -1;
          }
          if (!Place.fits(value)) {
            return i;
          }
        }
      }
    }
    return levels.length;
  }

  private String firstValue(Principal who, String client) {
    return levels[0].pieces.getFirst() instanceof Place p ? p.value(who, client) : "";
  }

  /// @param wide the level from which on anything matches; the number of levels for none
  private boolean matchesFrom(TopicName topic, Principal who, String client, int wide) {
    int depth = topic.depth();
    if (topic.isReserved() && (wide == 0 || levels[0].any || levels[0].rest)) {
      return false; // MQTT-4.7.2-1
    }
    for (int i = 0; i < levels.length; i++) {
      Level l = levels[i];
      if (i == wide || l.rest) {
        return true; // also the parent level itself: "sport/#" matches "sport"
      }
      if (i == depth) {
        return false;
      }
      if (!l.any && !levelMatches(l, topic.level(i), who, client)) {
        return false;
      }
    }
    return depth == levels.length;
  }

  private static boolean levelMatches(Level l, String level, Principal who, String client) {
    if (!l.hasPlaces()) {
      return l.text.equals(level);
    }
    int at = 0;
    for (Object piece : l.pieces) {
      String part = piece instanceof Place p ? p.value(who, client) : (String) piece;
      if (piece instanceof Place && !Place.fits(part) || !level.startsWith(part, at)) {
        return false;
      }
      at += part.length();
    }
    return at == level.length();
  }

  /// The filter for one subject, or nothing where a value does not fit.
  public Optional<TopicFilter> fill(Principal who, String client) {
    if (placeFirst && firstValue(who, client).startsWith("$")) {
      return Optional.empty();
    }
    return wideAt(who, client) == levels.length ? filled(who, client, levels.length) : Optional.empty();
  }

  /// The filter of what is denied to one subject: see [#matchesWide].
  public Optional<TopicFilter> fillWide(Principal who, String client) {
    int wide = wideAt(who, client);
    return wide < 0 ? Optional.empty() : filled(who, client, wide);
  }

  private Optional<TopicFilter> filled(Principal who, String client, int wide) {
    StringBuilder filter = new StringBuilder();
    for (int i = 0; i < levels.length; i++) {
      if (i > 0) {
        filter.append('/');
      }
      if (i == wide) {
        filter.append('#');
        break;
      }
      if (!levels[i].hasPlaces()) {
        filter.append(levels[i].text);
      }
      for (Object piece : levels[i].pieces) {
        filter.append(piece instanceof Place p ? p.value(who, client) : piece);
      }
    }
    return TopicFilter.parse(filter.toString(), TopicLimits.PROTOCOL)
        instanceof Parsed.Valid<TopicFilter>(TopicFilter f) ? Optional.of(f) : Optional.empty();
  }

  /// As the file writes it.
  @Override
  public String toString() {
    return text;
  }
}

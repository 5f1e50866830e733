package io.trivet.identity.rules;

import io.trivet.broker.ClientId;
import io.trivet.broker.Principal;
import io.trivet.broker.TopicFilter;
import io.trivet.broker.TopicLimits;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A topic filter with places for what the registry knows of a device: `{device.id}`, `{client.id}`, `{attr.NAME}`.
///
/// A value can never widen what is allowed: one that is missing, empty, or holds `+`, `#` or `/`, or that would begin the
/// topic with `$`, makes the rule not apply. Nor can it narrow what is denied: see [#fillWide].
public record Template(String text) {
  private static final Pattern PLACE = Pattern.compile("\\{([^{}]*)\\}");
  private static final Pattern KNOWN = Pattern.compile("device\\.id|client\\.id|attr\\.[A-Za-z][A-Za-z0-9_.-]{0,63}");

  /// @throws IllegalArgumentException where the text is no filter once its places are filled
  public Template {
    Matcher m = PLACE.matcher(text);
    while (m.find()) {
      if (!KNOWN.matcher(m.group(1)).matches()) {
        throw new IllegalArgumentException(
            "{" + m.group(1) + "}: give {device.id}, {client.id} or {attr.NAME}");
      }
    }
    String filled = PLACE.matcher(text).replaceAll("x");
    if (filled.indexOf('{') >= 0 || filled.indexOf('}') >= 0) {
      throw new IllegalArgumentException("topic " + text + ": a brace without its other half");
    }
    TopicFilter.parse(filled, TopicLimits.PROTOCOL).orThrow();
    for (String level : text.split("/", -1)) {
      if (level.indexOf('{') >= 0 && (level.indexOf('+') >= 0 || level.indexOf('#') >= 0)) {
        throw new IllegalArgumentException("topic " + text + ": a wildcard beside a place in one level");
      }
    }
  }

  /// The filter for one device, or nothing where a value does not fit.
  public Optional<TopicFilter> fill(Principal who, ClientId clientId) {
    Matcher m = PLACE.matcher(text);
    StringBuilder filled = new StringBuilder();
    while (m.find()) {
      String value = value(m.group(1), who, clientId);
      if (!fitsOneLevel(value) || m.start() == 0 && value.charAt(0) == '$') {
        return Optional.empty();
      }
      m.appendReplacement(filled, Matcher.quoteReplacement(value));
    }
    m.appendTail(filled);
    return parsed(filled.toString());
  }

  /// The filter for what is denied to one device. Here it is leaving the rule out that would give rights away, so a value
  /// that does not fit makes everything from its level on denied. A value that is missing names nothing to deny.
  Optional<TopicFilter> fillWide(Principal who, ClientId clientId) {
    StringBuilder filled = new StringBuilder();
    for (String level : text.split("/", -1)) {
      Matcher m = PLACE.matcher(level);
      StringBuilder part = new StringBuilder();
      while (m.find()) {
        String value = value(m.group(1), who, clientId);
        if (value.isEmpty()) {
          return Optional.empty();
        }
        if (!fitsOneLevel(value)) {
          return parsed(filled + "#");
        }
        m.appendReplacement(part, Matcher.quoteReplacement(value));
      }
      m.appendTail(part);
      filled.append(part).append('/');
    }
    return parsed(filled.substring(0, filled.length() - 1));
  }

  private static String value(String place, Principal who, ClientId clientId) {
    return switch (place) {
      case "device.id" -> who.device();
      case "client.id" -> clientId.text();
      default -> who.attributes().getOrDefault(place.substring("attr.".length()), "");
    };
  }

  private static boolean fitsOneLevel(String value) {
    return !value.isEmpty() && value.indexOf('+') < 0 && value.indexOf('#') < 0 && value.indexOf('/') < 0;
  }

  private static Optional<TopicFilter> parsed(String filter) {
    return TopicFilter.parse(filter, TopicLimits.PROTOCOL)
        instanceof io.trivet.base.Parsed.Valid<TopicFilter>(TopicFilter f) ? Optional.of(f) : Optional.empty();
  }
}

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
/// A value can never widen it: one that is missing, empty, or holds `+`, `#` or `/`, or that would begin the topic with
/// `$`, makes the rule not apply.
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
      String value = switch (m.group(1)) {
        case "device.id" -> who.device();
        case "client.id" -> clientId.text();
        default -> who.attributes().getOrDefault(m.group(1).substring("attr.".length()), "");
      };
      boolean widens = value.isEmpty() || value.indexOf('+') >= 0 || value.indexOf('#') >= 0 || value.indexOf('/') >= 0
          || m.start() == 0 && value.charAt(0) == '$';
      if (widens) {
        return Optional.empty();
      }
      m.appendReplacement(filled, Matcher.quoteReplacement(value));
    }
    m.appendTail(filled);
    return TopicFilter.parse(filled.toString(), TopicLimits.PROTOCOL)
        instanceof io.trivet.base.Parsed.Valid<TopicFilter>(TopicFilter f) ? Optional.of(f) : Optional.empty();
  }
}

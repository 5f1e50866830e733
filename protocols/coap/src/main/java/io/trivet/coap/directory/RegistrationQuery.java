package io.trivet.coap.directory;

import io.trivet.base.Parsed;
import io.trivet.coap.link.LinkAttribute;
import io.trivet.coap.link.LinkFormat;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What the query of a registration or update says (RFC 9176, sections 5 and 5.3.1). Absent texts are empty, an absent
/// lifetime is 0.
///
/// @param lifetimeSeconds 1 to 4,294,967,295
record RegistrationQuery(
    String endpoint, String sector, long lifetimeSeconds, String base, List<LinkAttribute> attributes) {
  private static final String RULE = "RFC 9176, section 5";

  /// Of an endpoint's name and a sector's (section 5).
  private static final int NAME_BYTES_MAX = 63;

  private static final int BASE_MAX = 255;
  private static final int ATTRIBUTES_MAX = 16;
  private static final long LIFETIME_MAX = 0xFFFF_FFFFL;
  private static final Set<String> TAKEN_ELSEWHERE = Set.of("href", "anchor", "page", "count", "rt");

  RegistrationQuery {
    attributes = List.copyOf(attributes);
  }

  static Parsed<RegistrationQuery> parse(List<String> query) {
    String endpoint = "";
    String sector = "";
    String base = "";
    long lifetime = 0;
    List<LinkAttribute> attributes = new ArrayList<>();
    for (String q : query) {
      int equals = q.indexOf('=');
      String name = equals < 0 ? q : q.substring(0, equals);
      String value = equals < 0 ? "" : q.substring(equals + 1);
      boolean again = switch (name) {
        case "ep" -> !endpoint.isEmpty();
        case "d" -> !sector.isEmpty();
        case "lt" -> lifetime > 0;
        case "base" -> !base.isEmpty();
        default -> false;
      };
      String fault = again ? name + " twice" : fault(name, value);
      if (!fault.isEmpty()) {
        return Parsed.invalid(RULE, fault);
      }
      switch (name) {
        case "ep" -> endpoint = value;
        case "d" -> sector = value;
        case "lt" -> lifetime = Long.parseLong(value);
        case "base" -> base = value;
        default -> attributes.add(equals < 0 ? LinkAttribute.flag(name) : LinkAttribute.text(name, value));
      }
    }
    return attributes.size() > ATTRIBUTES_MAX
        ? Parsed.invalid(RULE, "more than " + ATTRIBUTES_MAX + " attributes")
        : Parsed.valid(new RegistrationQuery(endpoint, sector, lifetime, base, attributes));
  }

  private static String fault(String name, String value) {
    return switch (name) {
      case "ep", "d" -> isName(value) ? "" : name + ": give 1 to " + NAME_BYTES_MAX + " bytes, none of them a control";
      case "lt" -> isLifetime(value) ? "" : "lt: give seconds from 1 to " + LIFETIME_MAX;
      case "base" -> isBase(value) ? "" : "base: give a scheme and a host, such as coap://[2001:db8::1]:5683";
      default -> !LinkFormat.isName(name) || TAKEN_ELSEWHERE.contains(name) ? "no attribute of an endpoint has such a name"
          : value.length() > 255 ? name + ": more than 255 characters" : "";
    };
  }

  private static boolean isName(String s) {
    return !s.isEmpty() && s.getBytes(StandardCharsets.UTF_8).length <= NAME_BYTES_MAX
        && s.chars().noneMatch(Character::isISOControl);
  }

  private static boolean isLifetime(String s) {
    if (s.isEmpty() || s.length() > 10 || !s.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return false;
    }
    long n = Long.parseLong(s);
    return n >= 1 && n <= LIFETIME_MAX;
  }

  /// A scheme and an authority without user, no path, query or fragment: relative links are put behind it.
  static boolean isBase(String s) {
    int authority = s.indexOf("://");
    if (s.length() > BASE_MAX || authority < 1 || !Registration.isAbsolute(s) || s.indexOf(':') != authority) {
      return false;
    }
    String host = s.substring(authority + 3);
    return !host.isEmpty() && LinkFormat.isReference(host) && host.chars().noneMatch(c -> "/?#@\\".indexOf(c) >= 0);
  }
}

package io.trivet.coap.link;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// One criterion of a lookup, `name=value` as a Uri-Query has it (RFC 6690, section 4.1): the whole value, or its
/// beginning where a `*` stands last. A name alone asks whether the attribute is there.
///
/// @param value without the star
public record LinkFilter(String name, String value, boolean prefix) implements Predicate<Link> {
  /// Attributes whose value is a list with spaces between.
  private static final Set<String> LISTS = Set.of("rt", "if", "rel", "rev", "ct");

  /// @param query a Uri-Query, percent-decoded as CoAP carries it
  public static LinkFilter of(String query) {
    int equals = query.indexOf('=');
    if (equals < 0) {
      return new LinkFilter(query, "", true);
    }
    boolean prefix = query.endsWith("*");
    return new LinkFilter(query.substring(0, equals),
        query.substring(equals + 1, query.length() - (prefix ? 1 : 0)), prefix);
  }

  /// Takes the links that meet all of the criteria.
  public static Predicate<Link> all(List<String> queries) {
    Predicate<Link> all = _ -> true;
    for (String q : queries) {
      all = all.and(of(q));
    }
    return all;
  }

  @Override
  public boolean test(Link l) {
    if (name.equals("href")) {
      return takes(l.target());
    }
    for (LinkAttribute a : l.attributes()) {
      if (a.name().equals(name) && (takes(a.value()) || LISTS.contains(name) && takesOne(a.value()))) {
        return true;
      }
    }
    return false;
  }

  /// Whether a value meets the criterion.
  public boolean takes(String found) {
    return prefix ? found.startsWith(value) : found.equals(value);
  }

  private boolean takesOne(String list) {
    int from = 0;
    while (from <= list.length()) {
      int end = list.indexOf(' ', from);
      end = end < 0 ? list.length() : end;
      if (end > from && takes(list.substring(from, end))) {
        return true;
      }
      from = end + 1;
    }
    return false;
  }
}

package io.trivet.coap.directory;

import io.trivet.base.Parsed;
import io.trivet.coap.link.Link;
import io.trivet.coap.link.LinkFilter;
import java.util.ArrayList;
import java.util.List;

/// What a lookup asks: criteria, each met by a link or by the registration it stands in, and a part of what is found
/// (RFC 9176, section 6.2).
///
/// @param page from 0
/// @param count links of a page; 0 for all at once
record Lookup(List<LinkFilter> criteria, long page, int count) {
  private static final String RULE = "RFC 9176, section 6.2";
  private static final int CRITERIA_MAX = 16;
  private static final int NUMBER_DIGITS_MAX = 9;

  Lookup {
    criteria = List.copyOf(criteria);
  }

  static Parsed<Lookup> parse(List<String> query) {
    List<LinkFilter> criteria = new ArrayList<>();
    long page = -1;
    long count = -1;
    for (String q : query) {
      if (q.startsWith("page=")) {
        page = page >= 0 ? -2 : number(q.substring(5));
        if (page < 0) {
          return Parsed.invalid(RULE, "page: give one number from 0");
        }
      } else if (q.startsWith("count=")) {
        count = count >= 0 ? -2 : number(q.substring(6));
        if (count < 1) {
          return Parsed.invalid(RULE, "count: give one number from 1");
        }
      } else if (criteria.size() == CRITERIA_MAX) {
        return Parsed.invalid(RULE, "more than " + CRITERIA_MAX + " criteria");
      } else {
        criteria.add(LinkFilter.of(q));
      }
    }
    return page >= 0 && count < 0 ? Parsed.invalid(RULE, "page needs count")
        : Parsed.valid(new Lookup(criteria, Math.max(page, 0), (int) Math.max(count, 0)));
  }

  /// The number, or -1.
  private static long number(String s) {
    return s.isEmpty() || s.length() > NUMBER_DIGITS_MAX || !s.chars().allMatch(c -> c >= '0' && c <= '9')
        ? -1 : Long.parseLong(s);
  }

  /// The links of all registrations that meet the criteria, their targets absolute.
  List<Link> resources(List<Registration> all, int most) {
    Page found = new Page(most);
    for (Registration r : all) {
      Link endpoint = r.asEndpoint();
      for (Link l : r.links()) {
        Link resolved = r.resolved(l);
        if (criteria.stream().allMatch(c -> c.test(resolved) || c.test(l) || c.test(endpoint)) && !found.add(resolved)) {
          return found.links;
        }
      }
    }
    return found.links;
  }

  /// The registrations that meet the criteria, each by itself or by one of its links.
  List<Link> endpoints(List<Registration> all, int most) {
    Page found = new Page(most);
    for (Registration r : all) {
      Link endpoint = r.asEndpoint();
      if (criteria.stream().allMatch(c -> c.test(endpoint) || r.links().stream().anyMatch(
          l -> c.test(l) || c.test(r.resolved(l)))) && !found.add(endpoint)) {
        return found.links;
      }
    }
    return found.links;
  }

  /// Passes over the pages before.
  private final class Page {
    final List<Link> links = new ArrayList<>();
    private final int size;
    private long toPass;

    Page(int most) {
      size = count == 0 ? most : Math.min(count, most);
      toPass = count == 0 ? 0 : page * count;
    }

    /// Whether more fit.
    boolean add(Link l) {
      if (toPass > 0) {
        toPass--;
        return true;
      }
      links.add(l);
      return links.size() < size;
    }
  }
}

package io.trivet.coap.directory;

import io.trivet.coap.link.Link;
import io.trivet.coap.link.LinkAttribute;
import java.util.ArrayList;
import java.util.List;

/// What one endpoint has told of itself.
///
/// @param id the last segment of its place, `/rd/{id}`
/// @param sector the empty text where it named none
/// @param owner the device that registered it and alone may change it; the empty text for an anonymous one
/// @param base absolute, without a path: what relative links are resolved against
/// @param givenBase whether the endpoint gave its base; otherwise it follows the address that updates come from
/// @param expiresMillis since 1970
/// @param attributes of the endpoint, beside those above
/// @param links as it wrote them
public record Registration(String id, String endpoint, String sector, String owner, String base, boolean givenBase,
    long lifetimeSeconds, long expiresMillis, List<LinkAttribute> attributes, List<Link> links) {
  static final String PLACE = "/rd/";

  public Registration {
    attributes = List.copyOf(attributes);
    links = List.copyOf(links);
  }

  /// As an endpoint lookup tells of it (section 6.4).
  Link asEndpoint() {
    List<LinkAttribute> all = new ArrayList<>();
    all.add(LinkAttribute.text("ep", endpoint));
    if (!sector.isEmpty()) {
      all.add(LinkAttribute.text("d", sector));
    }
    all.add(LinkAttribute.text("base", base));
    all.add(LinkAttribute.text("rt", "core.rd-ep"));
    all.addAll(attributes);
    return new Link(PLACE + id, all);
  }

  /// A link of it as a resource lookup tells of it: target and anchor absolute (section 6.1).
  Link resolved(Link l) {
    List<LinkAttribute> all = new ArrayList<>(l.attributes().size());
    for (LinkAttribute a : l.attributes()) {
      all.add(a.name().equals("anchor") ? LinkAttribute.text("anchor", absolute(a.value())) : a);
    }
    return new Link(absolute(l.target()), all);
  }

  private String absolute(String reference) {
    if (isAbsolute(reference)) {
      return reference;
    }
    if (reference.startsWith("//")) {
      return base.substring(0, base.indexOf(':') + 1) + reference;
    }
    return reference.isEmpty() || reference.startsWith("/") ? base + reference : base + "/" + reference;
  }

  /// Whether it begins with a scheme (RFC 3986, section 4.3).
  static boolean isAbsolute(String reference) {
    for (int i = 0; i < reference.length(); i++) {
      char c = reference.charAt(i);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      if (c == ':') {
        return i > 0;
      }
      if (!letter && (i == 0 || !(c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'))) {
        return false;
      }
    }
    return false;
  }
}

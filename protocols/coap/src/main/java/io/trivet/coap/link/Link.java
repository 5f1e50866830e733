package io.trivet.coap.link;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Where something is and what it is.
///
/// @param target a URI reference, such as `/ps/ward/7`
public record Link(String target, List<LinkAttribute> attributes) {
  public Link {
    if (!LinkFormat.isReference(target)) {
      throw new IllegalArgumentException("no target of a link: " + target);
    }
    attributes = List.copyOf(attributes);
  }

  public static Link to(String target) {
    return new Link(target, List.of());
  }

  public Link with(LinkAttribute more) {
    List<LinkAttribute> all = new ArrayList<>(attributes);
    all.add(more);
    return new Link(target, all);
  }

  /// With a quoted value, such as `rt="temperature"`.
  public Link with(String name, String value) {
    return with(LinkAttribute.text(name, value));
  }

  public Link with(String name, long value) {
    return with(LinkAttribute.number(name, value));
  }

  /// With a name that stands alone, such as `obs`.
  public Link flagged(String name) {
    return with(LinkAttribute.flag(name));
  }

  public Link withTarget(String other) {
    return new Link(other, attributes);
  }

  public Link without(String name) {
    return new Link(target, attributes.stream().filter(a -> !a.name().equals(name)).toList());
  }

  /// The first value of that name; the empty text for a flag.
  public Optional<String> attribute(String name) {
    for (LinkAttribute a : attributes) {
      if (a.name().equals(name)) {
        return Optional.of(a.value());
      }
    }
    return Optional.empty();
  }

  /// As the link format writes it.
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    LinkFormat.write(this, out);
    return out.toString();
  }
}

package io.trivet.coap.resource;

import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.link.Link;
import io.trivet.coap.link.LinkAttribute;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// What a resource says of itself; [Resources] refuses the requests that it does not take, so that it need not.
/// Immutable: each `with` or verb makes another.
public final class Traits {
  private static final Traits NONE =
      new Traits(0, new int[0], new int[0], new int[0], false, false, List.of());

  private final int methods;
  private final int[] options;
  private final int[] taken;
  private final int[] offered;
  private final boolean forGroups;
  private final boolean listed;
  private final List<LinkAttribute> attributes;

  private Traits(int methods, int[] options, int[] taken, int[] offered, boolean forGroups, boolean listed,
      List<LinkAttribute> attributes) {
    this.methods = methods;
    this.options = options;
    this.taken = taken;
    this.offered = offered;
    this.forGroups = forGroups;
    this.listed = listed;
    this.attributes = attributes;
  }

  /// Of a resource that takes these methods: any content format, no options but those that name it, not from groups, and
  /// listed in `/.well-known/core`.
  public static Traits of(Code... methods) {
    int bits = 0;
    for (Code m : methods) {
      if (!m.isRequest()) {
        throw new IllegalArgumentException("no method: " + m);
      }
      bits |= 1 << m.detail();
    }
    return new Traits(bits, NONE.options, NONE.taken, NONE.offered, false, true, List.of());
  }

  /// Of a handler that judges methods, options and formats itself, such as one under which other trees begin.
  public static Traits own() {
    return new Traits(-1, new int[] {-1}, NONE.taken, NONE.offered, false, true, List.of());
  }

  /// These critical options are understood beside those of the URI and those that a layer before takes.
  public Traits understanding(OptionNumber... more) {
    int[] all = Arrays.copyOf(options, options.length + more.length);
    for (int i = 0; i < more.length; i++) {
      all[options.length + i] = more[i].number();
    }
    return new Traits(methods, all, taken, offered, forGroups, listed, attributes);
  }

  /// A payload must be of one of these content formats; one that states none is taken.
  public Traits taking(int... contentFormats) {
    return new Traits(methods, options, contentFormats.clone(), offered, forGroups, listed, attributes);
  }

  /// Reads are answered in one of these content formats, also told as the attribute `ct`.
  public Traits offering(int... contentFormats) {
    String ct = IntStream.of(contentFormats).mapToObj(Integer::toString).collect(Collectors.joining(" "));
    return new Traits(methods, options, taken, contentFormats.clone(), forGroups, listed, attributes)
        .with(new LinkAttribute("ct", ct,
            contentFormats.length == 1 ? LinkAttribute.Form.TOKEN : LinkAttribute.Form.QUOTED));
  }

  /// A request to a group is answered too (RFC 7252, section 8.2).
  public Traits forGroups() {
    return new Traits(methods, options, taken, offered, true, listed, attributes);
  }

  /// Not told in `/.well-known/core`.
  public Traits unlisted() {
    return new Traits(methods, options, taken, offered, forGroups, false, attributes);
  }

  public Traits with(LinkAttribute more) {
    List<LinkAttribute> all = new ArrayList<>(attributes);
    all.add(more);
    return new Traits(methods, options, taken, offered, forGroups, listed, List.copyOf(all));
  }

  public Traits with(String attribute, String value) {
    return with(LinkAttribute.text(attribute, value));
  }

  public Traits flagged(String attribute) {
    return with(LinkAttribute.flag(attribute));
  }

  boolean takesMethod(Code m) {
    return (methods & 1 << m.detail()) != 0;
  }

  boolean understands(int option) {
    if (option == OptionNumber.ACCEPT.number() && offered.length > 0) {
      return true;
    }
    for (int o : options) {
      if (o == option || o < 0) {
        return true;
      }
    }
    return false;
  }

  boolean takesFormat(int contentFormat) {
    return taken.length == 0 || contentFormat < 0 || contains(taken, contentFormat);
  }

  boolean offersFormat(int accept) {
    return offered.length == 0 || accept < 0 || contains(offered, accept);
  }

  private static boolean contains(int[] formats, int f) {
    for (int x : formats) {
      if (x == f) {
        return true;
      }
    }
    return false;
  }

  boolean isForGroups() {
    return forGroups;
  }

  boolean isListed() {
    return listed;
  }

  Link link(String path) {
    return new Link(path, attributes);
  }
}

package io.trivet.coap.link;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.base.Utf8;
import java.util.ArrayList;
import java.util.List;

/// Reads and writes `application/link-format` (RFC 6690, section 2): `</a>;rt="x";sz=3,</b>;obs`. Taken strictly: no white
/// space between the parts, as the grammar has none.
public final class LinkFormat {
  private static final String RULE = "RFC 6690, section 2";

  private final String text;
  private final LinkLimits limits;
  private final List<Link> links = new ArrayList<>();
  private int at;

  private LinkFormat(String text, LinkLimits limits) {
    this.text = text;
    this.limits = limits;
  }

  /// A fault in the document, thrown no further than [#parse].
  private static final class Fault extends Exception {
    private static final long serialVersionUID = 1;

    Fault(String message) {
      super(message, null, false, false);
    }
  }

  /// The links of a document; what is wrong otherwise, and at which character. An empty document has none.
  public static Parsed<List<Link>> parse(Bytes document, LinkLimits limits) {
    if (document.length() > limits.bytesMax()) {
      return Parsed.invalid(RULE, "more than " + limits.bytesMax() + " bytes of links");
    }
    int from = document.backingOffset();
    String text = Utf8.decode(document.backingArray(), from, from + document.length());
    if (text == null) {
      return Parsed.invalid(RULE, "no UTF-8");
    }
    LinkFormat f = new LinkFormat(text, limits);
    try {
      f.document();
    } catch (Fault e) {
      return Parsed.invalid(RULE, e.getMessage() + " at character " + f.at);
    }
    return Parsed.valid(List.copyOf(f.links));
  }

  private void document() throws Fault {
    if (text.isEmpty()) {
      return;
    }
    while (true) {
      if (links.size() == limits.linksMax()) {
        throw new Fault("more than " + limits.linksMax() + " links");
      }
      links.add(link());
      if (at == text.length()) {
        return;
      }
      expect(',');
    }
  }

  private Link link() throws Fault {
    expect('<');
    int from = at;
    while (at < text.length() && isReferenceCharacter(text.charAt(at))) {
      at++;
    }
    String target = bounded(from, at);
    expect('>');
    List<LinkAttribute> attributes = new ArrayList<>();
    while (at < text.length() && text.charAt(at) == ';') {
      at++;
      if (attributes.size() == limits.attributesPerLinkMax()) {
        throw new Fault("more than " + limits.attributesPerLinkMax() + " attributes");
      }
      attributes.add(attribute());
    }
    return new Link(target, attributes);
  }

  private LinkAttribute attribute() throws Fault {
    int from = at;
    while (at < text.length() && isNameCharacter(text.charAt(at))) {
      at++;
    }
    if (at > from && at < text.length() && text.charAt(at) == '*') {
      at++;
    }
    String name = bounded(from, at);
    if (name.isEmpty()) {
      throw new Fault("the name of an attribute is missing");
    }
    if (at == text.length() || text.charAt(at) != '=') {
      return LinkAttribute.flag(name);
    }
    at++;
    if (at < text.length() && text.charAt(at) == '"') {
      return new LinkAttribute(name, quoted(), LinkAttribute.Form.QUOTED);
    }
    int begin = at;
    while (at < text.length() && isTokenCharacter(text.charAt(at))) {
      at++;
    }
    if (at == begin) {
      throw new Fault("the value of " + name + " is missing");
    }
    return new LinkAttribute(name, bounded(begin, at), LinkAttribute.Form.TOKEN);
  }

  private String quoted() throws Fault {
    at++;
    StringBuilder value = new StringBuilder();
    while (true) {
      if (at == text.length()) {
        throw new Fault("a quoted value does not end");
      }
      char c = text.charAt(at++);
      if (c == '"') {
        return value.toString();
      }
      if (c == '\\') {
        if (at == text.length()) {
          throw new Fault("a quoted value does not end");
        }
        c = text.charAt(at++);
      }
      if (value.length() == limits.textMax()) {
        throw new Fault("a value of more than " + limits.textMax() + " characters");
      }
      value.append(c);
    }
  }

  private String bounded(int from, int to) throws Fault {
    if (to - from > limits.textMax()) {
      throw new Fault("a text of more than " + limits.textMax() + " characters");
    }
    return text.substring(from, to);
  }

  private void expect(char c) throws Fault {
    if (at == text.length() || text.charAt(at) != c) {
      throw new Fault("'" + c + "' is missing");
    }
    at++;
  }

  // --- characters ---------------------------------------------------------------------------------------------------

  /// What may stand between the angle brackets: also an IRI's characters, since devices write them.
  private static boolean isReferenceCharacter(char c) {
    return c > ' ' && c != '<' && c != '>' && c != '"' && c != 0x7f;
  }

  private static boolean isNameCharacter(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "!#$&+-.^_`|~%'".indexOf(c) >= 0;
  }

  private static boolean isTokenCharacter(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
        || "!#$%&'()*+-./:<=>?@[]^_`{|}~".indexOf(c) >= 0;
  }

  /// Whether it may be the target of a link.
  public static boolean isReference(String s) {
    return s.chars().allMatch(c -> isReferenceCharacter((char) c));
  }

  /// Whether it may name an attribute (`parmname`, or one with a `*` behind it).
  public static boolean isName(String s) {
    int end = s.endsWith("*") ? s.length() - 1 : s.length();
    return end > 0 && s.chars().limit(end).allMatch(c -> isNameCharacter((char) c));
  }

  /// Whether the value may stand without quotes (`ptoken`).
  public static boolean isToken(String s) {
    return !s.isEmpty() && s.chars().allMatch(c -> isTokenCharacter((char) c));
  }

  // --- writing ------------------------------------------------------------------------------------------------------

  public static Bytes write(List<Link> links) {
    StringBuilder out = new StringBuilder(links.size() * 40);
    for (Link l : links) {
      if (!out.isEmpty()) {
        out.append(',');
      }
      write(l, out);
    }
    return Bytes.utf8(out.toString());
  }

  static void write(Link l, StringBuilder out) {
    out.append('<').append(l.target()).append('>');
    for (LinkAttribute a : l.attributes()) {
      out.append(';').append(a.name());
      switch (a.form()) {
        case FLAG -> {}
        case TOKEN -> out.append('=').append(a.value());
        case QUOTED -> quote(a.value(), out.append('='));
      }
    }
  }

  private static void quote(String value, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c);
    }
    out.append('"');
  }
}

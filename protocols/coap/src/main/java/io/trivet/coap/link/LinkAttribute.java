package io.trivet.coap.link;

/// A parameter of a link, such as `rt="core.ps"` (RFC 6690, section 2).
///
/// @param name a token; its last character may be `*` (RFC 8187)
/// @param value without its quotes and backslashes; the empty text for a flag
public record LinkAttribute(String name, String value, Form form) {
  public enum Form {
    /// The name stands alone, such as `obs`.
    FLAG,
    /// The value stands without quotes.
    TOKEN,
    QUOTED
  }

  public LinkAttribute {
    if (!LinkFormat.isName(name)) {
      throw new IllegalArgumentException("no name of a link attribute: " + name);
    }
    if (form == Form.TOKEN && !LinkFormat.isToken(value) || form == Form.FLAG && !value.isEmpty()) {
      throw new IllegalArgumentException("the value of " + name + " must be quoted: " + value);
    }
  }

  public static LinkAttribute flag(String name) {
    return new LinkAttribute(name, "", Form.FLAG);
  }

  public static LinkAttribute text(String name, String value) {
    return new LinkAttribute(name, value, Form.QUOTED);
  }

  public static LinkAttribute number(String name, long value) {
    return new LinkAttribute(name, Long.toString(value), Form.TOKEN);
  }
}

package io.trivet.broker;

import io.trivet.base.Parsed;

/// The client identifier that names a session (MQTT 5.0, section 3.1.3.1): 1 to 256 characters of UTF-8 without
/// control characters. The empty identifier of the wire stands for "assign me one" and is never a `ClientId`.
public record ClientId(String text) implements Comparable<ClientId> {
  public static final int CHARS_MAX = 256;

  public ClientId {
    if (text.isEmpty() || text.length() > CHARS_MAX || hasControl(text)) {
      throw new IllegalArgumentException("a client identifier has 1 to 256 characters, none of them control");
    }
  }

  public static Parsed<ClientId> parse(String text) {
    if (text.isEmpty()) {
      return Parsed.invalid("MQTT-3.1.3-5", "the client identifier is empty");
    }
    if (text.length() > CHARS_MAX) {
      return Parsed.invalid("client-id", "a client identifier of " + text.length() + " characters, at most "
          + CHARS_MAX + " are taken");
    }
    if (hasControl(text)) {
      return Parsed.invalid("client-id", "the client identifier holds a control character");
    }
    return Parsed.valid(new ClientId(text));
  }

  private static boolean hasControl(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public int compareTo(ClientId other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}

package io.trivet.identity;

import java.util.Locale;

/// Which client identifiers a device may use, so that nobody takes another's session.
public enum ClientIdRule {
  /// The device id itself.
  SAME,
  /// The device id, alone or followed by `-`, `.`, `:` or `_` and anything.
  PREFIX,
  /// Any at all: only for devices that are trusted with all sessions.
  ANY;

  public boolean allows(DeviceId device, String clientId) {
    return switch (this) {
      case SAME -> clientId.equals(device.text());
      case PREFIX -> clientId.equals(device.text())
          || clientId.startsWith(device.text()) && "-.:_".indexOf(clientId.charAt(device.text().length())) >= 0;
      case ANY -> true;
    };
  }

  /// @throws IllegalArgumentException for anything but `same`, `prefix`, `any`
  public static ClientIdRule of(String text) {
    return switch (text) {
      case "same" -> SAME;
      case "prefix" -> PREFIX;
      case "any" -> ANY;
      default -> throw new IllegalArgumentException("client-id = " + text + ": give same, prefix or any");
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

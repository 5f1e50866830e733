package io.trivet.cli.client;

import io.trivet.mqtt.codec.Disconnect;
import io.trivet.mqtt.codec.ReasonCode;
import java.util.Locale;

/// Reasons in words for people.
final class Words {
  private static final int TEXT_MAX = 300;

  private Words() {}

  /// Such as `not authorized (0x87): the device is blocked`.
  static String of(ReasonCode reason, String text) {
    String name = reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return name + String.format(" (0x%02X)", reason.code()) + (text.isEmpty() ? "" : ": " + printable(text));
  }

  static String of(Disconnect d) {
    return of(d.reason(), d.reasonString())
        + (d.serverReference().isEmpty() ? "" : "; it names another server: " + printable(d.serverReference()));
  }

  /// A stranger's text without anything that a terminal would obey.
  static String printable(String text) {
    StringBuilder s = new StringBuilder();
    text.codePoints().limit(TEXT_MAX).forEach(c -> {
      if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
        s.append(String.format("\\u%04x", c));
      } else {
        s.appendCodePoint(c);
      }
    });
    return s.toString();
  }
}

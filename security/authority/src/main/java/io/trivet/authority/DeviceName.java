package io.trivet.authority;

import java.util.regex.Pattern;

/// What devices are called: as in the registry, so that a name fits a file and a certificate.
final class DeviceName {
  static final int CHARS_MAX = 128;
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}");

  private DeviceName() {}

  /// @throws IllegalArgumentException where it is no device's name
  static String checked(String name) {
    if (!FORM.matcher(name).matches()) {
      throw new IllegalArgumentException("'" + printable(name) + "' is no device id: give 1 to " + CHARS_MAX
          + " letters, digits or . _ : @ -, beginning with a letter or digit");
    }
    return name;
  }

  private static String printable(String name) {
    String cut = name.length() > CHARS_MAX ? name.substring(0, CHARS_MAX) + "…" : name;
    return cut.replaceAll("\\p{C}", "?");
  }
}

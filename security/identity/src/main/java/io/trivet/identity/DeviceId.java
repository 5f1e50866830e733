package io.trivet.identity;

import io.trivet.base.Parsed;
import java.util.regex.Pattern;

/// The name of a device: 1 to 128 letters, digits and `. _ : @ -`, so that it fits a topic level, a file name, a
/// certificate's common name and a shell without quoting.
public record DeviceId(String text) implements Comparable<DeviceId> {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}");

  public DeviceId {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("'" + text + "' is no device id: give 1 to 128 letters, digits or . _ : @ -, "
          + "beginning with a letter or digit");
    }
  }

  public static Parsed<DeviceId> parse(String text) {
    return FORM.matcher(text).matches()
        ? Parsed.valid(new DeviceId(text))
        : Parsed.invalid("device-id", "the name is no device id");
  }

  @Override
  public int compareTo(DeviceId other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}

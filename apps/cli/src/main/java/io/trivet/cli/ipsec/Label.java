package io.trivet.cli.ipsec;

import io.trivet.identity.DeviceId;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/// A device's name for sections and files: strongSwan gives `. : @` a meaning in the name of a section.
record Label(String text) {
  static Label of(DeviceId id) {
    String plain = id.text().replaceAll("[^A-Za-z0-9_-]", "_");
    if (plain.equals(id.text())) {
      return new Label("trivet-" + plain);
    }
    // a.b and a:b are two devices.
    CRC32 crc = new CRC32();
    crc.update(id.text().getBytes(StandardCharsets.UTF_8));
    return new Label("trivet-" + plain + "--" + String.format("%08x", crc.getValue()));
  }

  @Override
  public String toString() {
    return text;
  }
}

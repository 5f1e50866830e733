package io.trivet.mqtt.codec;

import java.util.Arrays;
import java.util.Random;

/// Packets made wrong in small ways; half of the time the remaining length is put right afterwards, so that the fault
/// lies deeper.
final class Mutations {
  private Mutations() {}

  static byte[] of(byte[] packet, Random random) {
    byte[] b = packet;
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      b = one(b, random);
    }
    return random.nextBoolean() ? withLength(b) : b;
  }

  private static byte[] one(byte[] b, Random random) {
    int at = random.nextInt(b.length);
    return switch (random.nextInt(5)) {
      case 0 -> changed(b, at, (byte) random.nextInt(256));
      case 1 -> changed(b, at, (byte) (b[at] ^ 1 << random.nextInt(8)));
      case 2 -> changed(b, at, (byte) new int[] {0, 1, 0x7F, 0x80, 0xFF}[random.nextInt(5)]);
      case 3 -> {
        byte[] longer = new byte[b.length + 1];
        System.arraycopy(b, 0, longer, 0, at);
        longer[at] = (byte) random.nextInt(256);
        System.arraycopy(b, at, longer, at + 1, b.length - at);
        yield longer;
      }
      default -> {
        if (b.length < 3) {
          yield b;
        }
        byte[] shorter = Arrays.copyOf(b, b.length - 1);
        System.arraycopy(b, at + 1, shorter, at, b.length - at - 1);
        yield shorter;
      }
    };
  }

  private static byte[] changed(byte[] b, int at, byte value) {
    byte[] c = b.clone();
    c[at] = value;
    return c;
  }

  private static byte[] withLength(byte[] b) {
    int body = 1;
    while (body < Math.min(b.length, 5) && b[body] < 0) {
      body++;
    }
    body = Math.min(body + 1, b.length);
    ByteSink s = new ByteSink(b.length + 4);
    s.u8(b[0]);
    s.varint(b.length - body);
    byte[] rest = Arrays.copyOfRange(b, body, b.length);
    s.bytes(io.trivet.base.Bytes.wrap(rest));
    return s.toBytes().toArray();
  }
}

package io.trivet.abe;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// What the scheme itself knows as an attribute: a name that is held or not, or one thing that is known of a
/// number. See [Numbers].
sealed interface Atom {
  String name();

  /// What is hashed to the curve. The first byte tells the forms apart, and none begins with the one of the
  /// second base; the name comes last, so that nothing can be taken for something else.
  byte[] hashed();

  /// The attribute as it stands.
  record Held(String name) implements Atom {
    @Override
    public byte[] hashed() {
      return tagged('N', name, 0, 0, 0);
    }
  }

  /// The number has exactly `bits` bits, and the uppermost `known` of them are `prefix`.
  ///
  /// @param bits 0 for the number 0, otherwise 1 to 32
  /// @param known 0 where only the length matters, otherwise 1 to `bits`
  record Begins(String name, int bits, int known, long prefix) implements Atom {
    @Override
    public byte[] hashed() {
      return tagged('P', name, bits, known, (int) prefix);
    }
  }

  /// The number has at least `bits` bits.
  record Reaches(String name, int bits) implements Atom {
    @Override
    public byte[] hashed() {
      return tagged('R', name, bits, 0, 0);
    }
  }

  private static byte[] tagged(char tag, String name, int bits, int known, int prefix) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    boolean held = tag == 'N';
    ByteBuffer out = ByteBuffer.allocate(utf8.length + (held ? 1 : 7)).put((byte) tag);
    if (!held) {
      out.put((byte) bits).put((byte) known).putInt(prefix);
    }
    return out.put(utf8).array();
  }
}

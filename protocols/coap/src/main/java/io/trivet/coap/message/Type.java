package io.trivet.coap.message;

/// The type of a message, in the order of its two bits on the wire (RFC 7252, section 3).
public enum Type {
  CON(0),
  NON(1),
  ACK(2),
  RST(3);

  private static final Type[] ALL = values();

  private final int bits;

  Type(int bits) {
    this.bits = bits;
  }

  int bits() {
    return bits;
  }

  static Type of(int bits) {
    return ALL[bits & 3];
  }
}

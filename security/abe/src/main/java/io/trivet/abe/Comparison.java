package io.trivet.abe;

/// How a number is compared.
enum Comparison {
  EQUAL("=="),
  AT_LEAST(">="),
  ABOVE(">"),
  AT_MOST("<="),
  BELOW("<");

  private final String sign;

  Comparison(String sign) {
    this.sign = sign;
  }

  String sign() {
    return sign;
  }

  boolean holds(long value, long bound) {
    return switch (this) {
      case EQUAL -> value == bound;
      case AT_LEAST -> value >= bound;
      case ABOVE -> value > bound;
      case AT_MOST -> value <= bound;
      case BELOW -> value < bound;
    };
  }
}

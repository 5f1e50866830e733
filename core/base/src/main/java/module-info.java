/// What every room may use: bytes, secrets, time, randomness and the vocabulary of failure.
module io.trivet.base {
  requires static transitive org.jspecify;

  exports io.trivet.base.cbor;
  exports io.trivet.base;
}

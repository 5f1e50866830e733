package io.trivet.mqtt.codec;

/// Whose bytes a decoder reads: a server's decoder takes what clients may send, and the other way round.
public enum Side {
  SERVER,
  CLIENT
}

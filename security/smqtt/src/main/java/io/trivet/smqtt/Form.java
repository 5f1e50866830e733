package io.trivet.smqtt;

/// How a message is written.
public enum Form {
  /// COSE_Encrypt0 (RFC 9052, section 5.2): what other libraries read; 36 bytes over the payload.
  COSE,

  /// After SFrame (RFC 9605): 24 bytes over the payload, for MQTT-SN frames and small radios.
  COMPACT
}

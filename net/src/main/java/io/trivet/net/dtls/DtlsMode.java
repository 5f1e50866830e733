package io.trivet.net.dtls;

/// How the two ends prove themselves (RFC 7252, section 9.1.3).
public enum DtlsMode {
  /// A key shared beforehand, one for each device.
  PRE_SHARED_KEY,
  /// A bare key pair on either side, known to the other beforehand.
  RAW_PUBLIC_KEY,
  /// A chain of certificates on either side.
  CERTIFICATE
}

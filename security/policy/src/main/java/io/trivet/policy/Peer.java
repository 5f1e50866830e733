package io.trivet.policy;

/// The other end of a connection; a text is empty where it is not known.
///
/// @param address such as `192.0.2.7`
/// @param prefix the network it counts as, such as `192.0.2.0/24`
/// @param transport such as `tls`, `ws`, `dtls`
public record Peer(String address, String prefix, String transport) {
  public static final Peer UNKNOWN = new Peer("", "", "");
}

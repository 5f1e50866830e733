package io.trivet.cli.ipsec;

import io.trivet.net.ipsec.EspMode;
import java.util.regex.Pattern;

/// What holds for all devices of one run of `trivet ipsec init`.
///
/// @param serverAddress where devices find the server: a name, or an IPv4 or IPv6 address without brackets
/// @param strongSwan the version that will read the files
/// @param udpPort where CoAP listens
/// @param tcpPort where MQTT listens
public record Plan(
    String serverAddress, Proof proof, EspMode mode, StrongSwan strongSwan, int udpPort, int tcpPort) {

  /// What both ends prove themselves with in IKE.
  public enum Proof {
    PSK,
    CERTIFICATE
  }

  /// The first two numbers of a version.
  public record StrongSwan(int major, int minor) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})(\\.\\d{1,3})?");

    public static StrongSwan parse(String text) {
      var m = FORM.matcher(text);
      if (!m.matches() || Integer.parseInt(m.group(1)) < 5) {
        throw new IllegalArgumentException(
            "strongSwan " + text + ": give the version that will read the files, 5.9 or 6.0");
      }
      return new StrongSwan(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)));
    }

    /// Additional key exchanges (RFC 9370) and ML-KEM came with 6.0.
    boolean hasMlKem() {
      return major >= 6;
    }
  }

  private static final Pattern ADDRESS =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45}");
  private static final int PORT_MAX = 65_535;

  public Plan {
    if (!ADDRESS.matcher(serverAddress).matches()) {
      throw new IllegalArgumentException("'" + serverAddress + "' is no address for devices to find the server at: "
          + "give a name or an IP address, without port or brackets");
    }
    port("--coap-port", udpPort);
    port("--mqtt-port", tcpPort);
  }

  private static void port(String option, int port) {
    if (port < 1 || port > PORT_MAX) {
      throw new IllegalArgumentException(option + " " + port + ": give a port from 1 to " + PORT_MAX);
    }
  }

  /// Key exchanges, first the one that is wanted most. Each is an AEAD, so there is no separate integrity algorithm.
  String ikeProposals() {
    String classic = "aes256gcm16-prfsha384-ecp384,aes128gcm16-prfsha256-x25519";
    return strongSwan.hasMlKem() ? "aes256gcm16-prfsha384-x25519-ke1_mlkem768," + classic : classic;
  }

  /// The same groups again: new keys do not follow from old ones.
  String espProposals() {
    String classic = "aes256gcm16-ecp384,aes128gcm16-x25519";
    return strongSwan.hasMlKem() ? "aes256gcm16-x25519-ke1_mlkem768," + classic : classic;
  }
}

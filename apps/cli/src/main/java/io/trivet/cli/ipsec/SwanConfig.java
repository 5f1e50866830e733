package io.trivet.cli.ipsec;

import io.trivet.identity.DeviceId;
import io.trivet.net.ipsec.EspMode;

/// The text of the two files that belong together: the server's about one device, and that device's.
///
/// Traffic selectors are the server's two ports towards the device and nothing else, so that IPsec changes nothing for
/// other services of either host. The device's policy stands before there is a tunnel (`trap`): what it sends to those
/// ports waits for the tunnel and never leaves in the clear. In tunnel mode it starts at once as well, because
/// strongSwan's own ESP, which knows no other mode, has no such policies.
final class SwanConfig {
  static final String SERVER_CERTIFICATE = "trivet-server.crt";
  /// Blanks are in no device's name, so no certificate of a device can take the server's part.
  static final String SERVER_NAME = "trivet ipsec server";
  private static final String SERVER_KEY_ID = "keyid:trivet-server";

  private final Plan plan;
  private final DeviceId device;
  private final Label label;

  SwanConfig(Plan plan, DeviceId device) {
    this.plan = plan;
    this.device = device;
    this.label = Label.of(device);
  }

  String certificateFile() {
    return label + ".crt";
  }

  String keyFile() {
    return label + ".key";
  }

  /// Drops what is in the clear at the server's two ports, in both directions: strongSwan gives such a policy the
  /// lowest priority, so it holds wherever there is no tunnel. Without it, what a server sends of its own accord, such as a
  /// notification, would leave in the clear once a tunnel has ended. Nobody is at the address it names, so no peer is
  /// taken for it.
  static String guard(Plan plan) {
    return """
        connections {
          trivet-guard {
            remote_addrs = 127.0.0.1
            children {
              trivet-guard {
                mode = drop
                local_ts = %1$s
                remote_ts = 0.0.0.0/0,::/0
                start_action = trap
              }
            }
          }
        }
        """.formatted("0.0.0.0/0[udp/%1$d],::/0[udp/%1$d],0.0.0.0/0[tcp/%2$d],::/0[tcp/%2$d]"
            .formatted(plan.udpPort(), plan.tcpPort()));
  }

  /// @param secret in hexadecimal; empty with certificates
  String server(String secret) {
    return """
        connections {
          %1$s {
            version = 2
            proposals = %2$s
            remote_addrs = %%any
            unique = replace
            rekey_time = 4h
            dpd_delay = 30s
            local {
        %3$s
            }
            remote {
        %4$s
            }
            children {
              %1$s {
                mode = %5$s
                esp_proposals = %6$s
                local_ts = %7$s
                remote_ts = dynamic
                rekey_time = 1h
                dpd_action = clear
              }
            }
          }
        }
        """.formatted(label, plan.ikeProposals(), serverSide(), deviceSide(), plan.mode(), plan.espProposals(),
            ports()) + secrets(secret);
  }

  /// @param secret as for [#server]
  String device(String secret) {
    return """
        connections {
          %1$s {
            version = 2
            proposals = %2$s
            remote_addrs = %8$s
            keyingtries = 0
            rekey_time = 4h
            dpd_delay = 30s
            local {
        %3$s
            }
            remote {
        %4$s
            }
            children {
              %1$s {
                mode = %5$s
                esp_proposals = %6$s
                local_ts = dynamic
                remote_ts = %7$s
                start_action = %9$s
                rekey_time = 1h
                dpd_action = restart
                close_action = %9$s
              }
            }
          }
        }
        """.formatted(label, plan.ikeProposals(), deviceSide(), serverSide(), plan.mode(), plan.espProposals(),
            ports(), plan.serverAddress(), plan.mode() == EspMode.TUNNEL ? "trap|start" : "trap") + secrets(secret);
  }

  private String ports() {
    return "dynamic[udp/" + plan.udpPort() + "],dynamic[tcp/" + plan.tcpPort() + "]";
  }

  /// The same in both files: each names its own certificate and pins the other.
  private String serverSide() {
    return plan.proof() == Plan.Proof.PSK
        ? side("psk", SERVER_KEY_ID, "")
        : side("pubkey", "CN=" + SERVER_NAME, SERVER_CERTIFICATE);
  }

  private String deviceSide() {
    return plan.proof() == Plan.Proof.PSK
        ? side("psk", keyId(), "")
        : side("pubkey", "CN=" + device, certificateFile());
  }

  private String keyId() {
    return "keyid:" + device;
  }

  private static String side(String auth, String id, String certificate) {
    String text = "      auth = " + auth + "\n      id = \"" + id + "\"";
    return certificate.isEmpty() ? text : text + "\n      certs = " + certificate;
  }

  private String secrets(String secret) {
    return plan.proof() == Plan.Proof.CERTIFICATE ? "" : """
        secrets {
          ike-%s {
            id-1 = "%s"
            id-2 = "%s"
            secret = 0x%s
          }
        }
        """.formatted(label, SERVER_KEY_ID, keyId(), secret);
  }
}

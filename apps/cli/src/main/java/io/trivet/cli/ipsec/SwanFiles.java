package io.trivet.cli.ipsec;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.identity.DeviceId;
import io.trivet.net.ipsec.EspMode;
import io.trivet.net.ipsec.IpsecProof.Protocol;
import io.trivet.net.ipsec.NftRule;
import io.trivet.server.admin.Admin;
import io.trivet.server.admin.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/// What `trivet ipsec init` writes: below `server` and below `devices/ID` each a tree to be copied into /etc/swanctl.
/// ```
/// server/conf.d/trivet-ID.conf          devices/ID/conf.d/trivet-ID.conf
/// server/x509/trivet-server.crt         devices/ID/x509/trivet-server.crt
/// server/x509/trivet-ID.crt             devices/ID/x509/trivet-ID.crt
/// server/private/trivet-server.key      devices/ID/private/trivet-ID.key
/// server/conf.d/trivet-guard.conf       nothing in the clear, in transport mode
/// trivet.nft                            the firewall rule
/// ```
public final class SwanFiles {
  private static final int SECRET_BYTES = 32;
  private static final int COMMON_NAME_CHARS_MAX = 64;

  private final Plan plan;
  private final Path out;
  private final boolean force;
  private final SecureRandom random = new SecureRandom();

  /// @param force whether what is there may be replaced
  public SwanFiles(Plan plan, Path out, boolean force) {
    this.plan = plan;
    this.out = out;
    this.force = force;
  }

  /// @param admin asked for certificates
  /// @param renewServer whether the server gets another certificate although it has one, which every device must be
  ///     told of
  /// @throws IllegalArgumentException where something is there already, or a device cannot be named
  public void write(List<DeviceId> devices, Admin admin, boolean renewServer) throws IOException {
    FileSet files = new FileSet(out);
    for (DeviceId d : devices) {
      Label label = Label.of(d);
      files.add("server/conf.d/" + label + ".conf", "");
      files.add("devices/" + label + "/conf.d/" + label + ".conf", "");
    }
    if (!force && !files.present().isEmpty()) {
      throw new IllegalArgumentException(files.present().getFirst() + " is there already: --force makes new keys for "
          + "it, --device names the devices that are new, --out another directory");
    }
    String serverCertificate = plan.proof() == Plan.Proof.CERTIFICATE ? server(files, admin, renewServer) : "";
    for (DeviceId d : devices) {
      device(files, d, admin, serverCertificate);
    }
    if (plan.mode() == EspMode.TRANSPORT) {
      files.add("server/conf.d/trivet-guard.conf", SwanConfig.guard(plan));
    }
    files.add("trivet.nft", "table inet trivet_ipsec\ndelete table inet trivet_ipsec\n"
        + NftRule.ruleset(Protocol.UDP, plan.udpPort()) + NftRule.ruleset(Protocol.TCP, plan.tcpPort()));
    files.write();
  }

  private String server(FileSet files, Admin admin, boolean renew) throws IOException {
    Path certificate = out.resolve("server/x509/" + SwanConfig.SERVER_CERTIFICATE);
    if (Files.exists(certificate) && !(force && renew)) {
      return Files.readString(certificate);
    }
    ObjectNode issued = admin.call("ipsec.server", Json.object().put("name", SwanConfig.SERVER_NAME));
    String pem = issued.path("certificate").asText();
    files.add("server/x509/" + SwanConfig.SERVER_CERTIFICATE, pem);
    files.add("server/private/trivet-server.key", issued.path("key").asText());
    return pem;
  }

  private void device(FileSet files, DeviceId id, Admin admin, String serverCertificate) {
    SwanConfig config = new SwanConfig(plan, id);
    Label label = Label.of(id);
    String home = "devices/" + label + "/";
    String secret = "";
    if (plan.proof() == Plan.Proof.PSK) {
      byte[] bytes = new byte[SECRET_BYTES];
      random.nextBytes(bytes);
      secret = HexFormat.of().formatHex(bytes);
    } else {
      if (id.text().length() > COMMON_NAME_CHARS_MAX) {
        throw new IllegalArgumentException("device " + id + ": its name has more than " + COMMON_NAME_CHARS_MAX
            + " characters, which is all a certificate's common name holds (RFC 5280, A.1): give it --psk");
      }
      ObjectNode issued = admin.call("ipsec.device", Json.object().put("id", id.text()));
      String pem = issued.path("certificate").asText();
      files.add("server/x509/" + config.certificateFile(), pem);
      files.add(home + "x509/" + config.certificateFile(), pem);
      files.add(home + "x509/" + SwanConfig.SERVER_CERTIFICATE, serverCertificate);
      files.add(home + "private/" + config.keyFile(), issued.path("key").asText());
    }
    files.add("server/conf.d/" + label + ".conf", config.server(secret));
    files.add(home + "conf.d/" + label + ".conf", config.device(secret));
  }

  /// Where the tree of one device is.
  public Path home(DeviceId id) {
    return out.resolve("devices").resolve(Label.of(id).text());
  }
}

package io.trivet.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.trivet.cli.ipsec.Plan;
import io.trivet.cli.ipsec.SwanFiles;
import io.trivet.identity.DeviceId;
import io.trivet.net.ipsec.EspMode;
import io.trivet.server.admin.Admin;
import io.trivet.server.admin.AdminClient;
import io.trivet.server.admin.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Configuration for both ends, from the registry.
@Command(
    name = "init",
    description = {
      "Write configuration for strongSwan (swanctl), to be copied into /etc/swanctl of the server and of each device: "
          + "IKEv2, ESP in transport mode for CoAP over UDP and MQTT over TCP.",
      "Every device gets a key of its own for IKE, made now and kept in these files only."
    },
    mixinStandardHelpOptions = true)
final class IpsecInitCommand implements Callable<Integer> {
  @Mixin
  private Place place = new Place();

  @Option(
      names = "--server-address",
      paramLabel = "ADDRESS",
      description = "Where devices find the server: a name or an IP address; without it the name of this machine.")
  private @Nullable String serverAddress;

  @Option(
      names = "--device",
      paramLabel = "ID",
      description = "For this device; may be given again. Without it for all that are not blocked.")
  private @Nullable List<String> devices;

  @Option(
      names = "--psk",
      description = "Both prove themselves with a pre-shared key (the default). It is a fresh one, not the device's "
          + "key for TLS-PSK or DTLS: one key serves one protocol.")
  private boolean psk;

  @Option(
      names = "--certificate",
      description = "Both prove themselves with certificates of the built-in authority, which each end pins.")
  private boolean certificate;

  @Option(
      names = "--tunnel",
      description = "ESP in tunnel mode: for devices behind one NAT, and for strongSwan's own ESP where the kernel has "
          + "none.")
  private boolean tunnel;

  @Option(
      names = "--strongswan",
      paramLabel = "VERSION",
      defaultValue = "5.9",
      description = "The version that reads the files; from 6.0 on keys are agreed with ML-KEM-768 too. "
          + "(${DEFAULT-VALUE})")
  private String version = "";

  @Option(
      names = "--coap-port",
      paramLabel = "PORT",
      defaultValue = "5683",
      description = "The server's port for CoAP over UDP. (${DEFAULT-VALUE})")
  private int coapPort;

  @Option(
      names = "--mqtt-port",
      paramLabel = "PORT",
      defaultValue = "1883",
      description = "The server's port for MQTT over TCP. (${DEFAULT-VALUE})")
  private int mqttPort;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where to write; without it ipsec in the data directory.")
  private @Nullable Path out;

  @Option(names = "--force", description = "Replace what is there, with new keys.")
  private boolean force;

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (psk && certificate) {
      throw new CommandFailed("--psk and --certificate: give one of them");
    }
    Path dir = (out == null ? place.data().resolve("ipsec") : out).toAbsolutePath().normalize();
    Plan plan = new Plan(
        serverAddress == null ? thisMachine() : serverAddress,
        certificate ? Plan.Proof.CERTIFICATE : Plan.Proof.PSK,
        tunnel ? EspMode.TUNNEL : EspMode.TRANSPORT,
        Plan.StrongSwan.parse(version), coapPort, mqttPort);
    SwanFiles files = new SwanFiles(plan, dir, force);
    List<DeviceId> chosen;
    try (Admin admin = AdminClient.open(place.data())) {
      chosen = chosen(admin);
      files.write(chosen, admin, devices == null);
    }
    print(plan, dir, chosen, files);
    return Trivet.OK;
  }

  private static String thisMachine() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      throw new CommandFailed("this machine has no name that resolves (" + e.getMessage()
          + "): give --server-address");
    }
  }

  private List<DeviceId> chosen(Admin admin) {
    List<DeviceId> active = new ArrayList<>();
    for (JsonNode d : admin.call("device.list", Json.object()).path("devices")) {
      if (d.path("state").asText().equals("active")) {
        active.add(new DeviceId(d.path("id").asText()));
      }
    }
    Optional<List<String>> named = Optional.ofNullable(devices);
    if (named.isEmpty()) {
      if (active.isEmpty()) {
        throw new CommandFailed("there is no device to write configuration for: see 'trivet device add'");
      }
      return active;
    }
    List<DeviceId> asked = named.get().stream().map(DeviceId::new).distinct().toList();
    for (DeviceId d : asked) {
      if (!active.contains(d)) {
        throw new CommandFailed("there is no device " + d + " that may connect: see 'trivet device list'");
      }
    }
    return asked;
  }

  private void print(Plan plan, Path dir, List<DeviceId> written, SwanFiles files) {
    var to = Output.of(spec);
    to.println("IPsec for " + written.size() + (written.size() == 1 ? " device" : " devices")
        + " with the server at " + plan.serverAddress() + ": IKEv2 with "
        + (plan.proof() == Plan.Proof.PSK ? "fresh pre-shared keys" : "certificates") + ",");
    to.println("ESP in " + plan.mode() + " mode for UDP " + plan.udpPort() + " and TCP " + plan.tcpPort() + ".");
    to.println();
    to.println("On the server:");
    to.println("  cp -r " + word(dir.resolve("server")) + "/. /etc/swanctl/ && swanctl --load-all");
    to.println();
    for (DeviceId d : written) {
      to.println("On " + d + ", after copying " + word(files.home(d)) + " there by a way that keeps it secret:");
      to.println("  cp -r " + Shell.word(String.valueOf(files.home(d).getFileName()))
          + "/. /etc/swanctl/ && swanctl --load-all");
    }
    to.println();
    to.println("Then delete the copies that are not in /etc/swanctl: they hold the keys.");
    to.println("A listener with 'require: ipsec' takes what ESP protected and nothing else;");
    to.println(word(dir.resolve("trivet.nft")) + " is the firewall's rule to the same end.");
  }

  private static String word(Path file) {
    return Shell.word(Shell.near(file.toString()));
  }
}

package io.trivet.cli.authority;

import io.trivet.abe.Kind;
import io.trivet.authority.Authority;
import io.trivet.authority.DeviceList;
import io.trivet.authority.Recipient;
import io.trivet.cli.CommandFailed;
import io.trivet.cli.Output;
import io.trivet.cli.Shell;
import io.trivet.cli.Trivet;
import io.trivet.identity.Device;
import io.trivet.identity.DeviceId;
import io.trivet.identity.Registry;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "issue",
    description = {
      "Issue a key of this epoch, sealed for the device's own public key.",
      "Issued again it replaces the one before; what a device has already goes on reading until the epoch ends."
    },
    mixinStandardHelpOptions = true)
final class IssueCommand implements Callable<Integer> {
  @Mixin
  private Keeper keeper = new Keeper();

  @Parameters(paramLabel = "DEVICE", arity = "0..1", description = "Letters, digits and . _ : @ -")
  private @Nullable String device;

  @Option(
      names = {"--attributes", "--policy"},
      paramLabel = "TEXT",
      description = "What the key is for: attributes between commas, such as 'role:nurse, ward:7, level=3', or in an "
          + "authority of kind kp a policy, such as 'room:3 or room:4'.")
  private @Nullable String scope;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "The device's public key, as 'trivet authority device-key' writes it, or PEM on X25519 or P-256; "
          + "not needed where it is known from an earlier key.")
  private @Nullable Path key;

  @Option(
      names = "--registry",
      paramLabel = "FILE",
      description = "Take attributes and groups from this file of a server, devices.json in its data directory: ward=7 "
          + "becomes ward:7, the group lights group:lights. Without DEVICE for all in it that are not blocked.")
  private @Nullable Path registry;

  @Option(
      names = "--keys",
      paramLabel = "DIR",
      description = "With --registry: where the devices' public keys are, each in ID.pub.")
  private @Nullable Path keys;

  @Option(names = "--file", paramLabel = "FILE", description = "Many devices, from a list in YAML; see docs/authority.md.")
  private @Nullable Path file;

  @Option(names = "--reinstate", description = "Trust a device again that was revoked.")
  private boolean reinstate;

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    List<Authority.Request> requests = requests();
    try (Authority authority = keeper.open()) {
      List<Authority.Issued> issued =
          authority.issue(requests, reinstate, new ProgressLine(Output.errors(spec), "issued"));
      PrintWriter out = Output.of(spec);
      for (Authority.Issued i : issued) {
        out.println(i.subject().device() + " has a key of epoch " + i.subject().keyEpoch() + " for "
            + Shell.printable(i.subject().scope()) + ": " + Shell.near(i.file().toString()));
      }
    }
    return Trivet.OK;
  }

  private List<Authority.Request> requests() throws IOException {
    int sources = (scope == null ? 0 : 1) + (registry == null ? 0 : 1) + (file == null ? 0 : 1);
    if (sources != 1) {
      throw new CommandFailed("give one of --attributes, --registry and --file");
    }
    if (file != null) {
      if (device != null || key != null) {
        throw new CommandFailed("--file names the devices and their keys: leave DEVICE and --key away");
      }
      return listed(file);
    }
    if (registry != null) {
      return registered(registry);
    }
    String named = device;
    String text = scope;
    if (named == null || text == null) {
      throw new CommandFailed("give the DEVICE that is to have a key");
    }
    return List.of(new Authority.Request(named, text, recipient(named, Optional.ofNullable(key))));
  }

  private static Optional<Recipient> recipient(String device, Optional<Path> file) throws IOException {
    if (file.isEmpty()) {
      return Optional.empty();
    }
    Recipient.Named read = Bounded.read(file.get(), Recipient.FILE_BYTES_MAX, Recipient::read);
    if (read.subject().isPresent() && !read.subject().get().equals(device)) {
      throw new CommandFailed(file.get() + ": is the public key of " + Shell.printable(read.subject().get())
          + ", not of " + device);
    }
    return Optional.of(read.recipient());
  }

  private static List<Authority.Request> listed(Path list) throws IOException {
    List<Authority.Request> all = new ArrayList<>();
    Path beside = list.toAbsolutePath().getParent();
    for (DeviceList.Entry e : Bounded.read(list, DeviceList.FILE_BYTES_MAX, DeviceList::read)) {
      Optional<Path> at = e.keyFile().map(f -> beside == null ? Path.of(f) : beside.resolve(f));
      all.add(new Authority.Request(e.device(), e.scope(), recipient(e.device(), at)));
    }
    return all;
  }

  private List<Authority.Request> registered(Path from) throws IOException {
    if (keeper.shelf().parameters().kind() == Kind.KEY_POLICY) {
      throw new CommandFailed("the registry has attributes, and keys of this authority carry policies: give --policy or --file");
    }
    if (!Files.exists(from)) {
      throw new CommandFailed(from + ": no such file");
    }
    Registry read = Registry.open(from);
    String one = device;
    List<Device> devices = one == null
        ? read.all().stream().filter(d -> !d.isBlocked()).toList()
        : List.of(read.find(Bounded.valid(one, DeviceId.parse(one)))
            .orElseThrow(() -> new CommandFailed("there is no device " + one + " in " + from)));
    if (one == null && key != null) {
      throw new CommandFailed("--key is of one device: give DEVICE, or --keys DIR");
    }
    List<Authority.Request> all = new ArrayList<>();
    for (Device d : devices) {
      Optional<Path> own = Optional.ofNullable(keys).map(k -> k.resolve(d.id() + ".pub")).filter(Files::exists)
          .or(() -> Optional.ofNullable(key));
      all.add(new Authority.Request(d.id().text(), RegistryScope.of(d), recipient(d.id().text(), own)));
    }
    return all;
  }
}

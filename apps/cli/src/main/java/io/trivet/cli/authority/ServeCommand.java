package io.trivet.cli.authority;

import io.trivet.authority.Shelf;
import io.trivet.authority.service.KeyService;
import io.trivet.cli.CommandFailed;
import io.trivet.cli.Output;
import io.trivet.cli.Shell;
import io.trivet.cli.Trivet;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "serve",
    description = {
      "Hand out sealed keys over HTTPS to devices that show their certificate.",
      "Needs no passphrase: it reads the directory, and what it hands out was issued before."
    },
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Mixin
  private Keeper keeper = new Keeper();

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:8446",
      description = "Where to listen; * for every address. (${DEFAULT-VALUE})")
  private String listen = "";

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "${env:TRIVET_DATA:-data}",
      description = "The server's data directory, whose registry and certificate authority know the devices. "
          + "(${DEFAULT-VALUE})")
  private Path data = Path.of("data");

  @Option(names = "--registry", paramLabel = "FILE", description = "The registry, where it is elsewhere.")
  private @Nullable Path registry;

  @Option(names = "--client-ca", paramLabel = "FILE", description = "Who vouches for devices, where it is elsewhere.")
  private @Nullable Path clientCa;

  @Option(names = "--crl", paramLabel = "FILE", description = "Their list of the revoked, where it is elsewhere.")
  private @Nullable Path crl;

  @Option(names = "--cert", paramLabel = "FILE", description = "The service's own certificate; without it one is made.")
  private @Nullable Path cert;

  @Option(names = "--cert-key", paramLabel = "FILE", description = "The private key of --cert.")
  private @Nullable Path key;

  @Option(names = "--name", paramLabel = "NAME", description = "What devices connect to, for the certificate that is made.")
  private List<String> names = List.of();

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Path own = cert;
    Path ownKey = key;
    if (own == null != (ownKey == null)) {
      throw new CommandFailed("a certificate needs its key: give both --cert and --cert-key");
    }
    Path ca = data.resolve("ca");
    Shelf shelf = keeper.shelf();
    RegistryCallers callers = RegistryCallers.open(
        registry == null ? data.resolve("devices.json") : registry,
        clientCa == null ? ca.resolve("ca.crt") : clientCa,
        Optional.of(crl == null ? ca.resolve("ca.crl") : crl));
    ServiceTls tls = own == null || ownKey == null ? ServiceTls.issued(ca, names) : ServiceTls.files(own, ownKey);
    PrintWriter out = Output.of(spec);
    CountDownLatch stopping = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Thread atExit = Thread.ofPlatform().name("trivet signal").unstarted(() -> {
      stopping.countDown();
      try {
        stopped.await(); // the process ends when this thread does: not before the last answer is out
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    try (KeyService service = KeyService.start(address(), tls.context(callers.trust()), shelf, callers,
        (device, path, status, note) -> said(device, path, status, note))) {
      Runtime.getRuntime().addShutdownHook(atExit);
      out.println("Keys of authority " + shelf.parameters().name() + " at https://" + shown(service.address()));
      out.flush();
      stopping.await();
    } catch (InterruptedException e) {
      Runtime.getRuntime().removeShutdownHook(atExit); // stopped from inside this process, as a test does
    } finally {
      stopped.countDown();
    }
    return Trivet.OK;
  }

  /// One line a request, on standard error: who, what, and how it was answered.
  private void said(String device, String path, int status, String note) {
    PrintWriter err = Output.errors(spec);
    err.println(Instant.now() + " " + status + " " + (device.isEmpty() ? "-" : device) + " "
        + Shell.printable(path.length() > 64 ? path.substring(0, 64) : path) + (note.isEmpty() ? "" : " " + Shell.printable(note)));
    err.flush();
  }

  private static String shown(InetSocketAddress a) {
    String host = a.getAddress().isAnyLocalAddress() ? "*" : a.getAddress().getHostAddress();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + a.getPort();
  }

  private InetSocketAddress address() {
    int colon = listen.lastIndexOf(':');
    String host = colon < 0 ? "" : listen.substring(0, colon).replaceAll("^\\[|]$", "");
    if (host.isEmpty() || !listen.substring(colon + 1).matches("\\d{1,5}")) {
      throw new CommandFailed("--listen " + listen + ": give HOST:PORT, such as *:8446");
    }
    int port = Integer.parseInt(listen.substring(colon + 1));
    if (port > 65_535) {
      throw new CommandFailed("--listen " + listen + ": ports end at 65535");
    }
    InetSocketAddress at = host.equals("*") ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    if (at.isUnresolved()) {
      throw new CommandFailed("--listen " + listen + ": " + host + " has no address");
    }
    return at;
  }
}

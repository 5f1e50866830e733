package io.trivet.cli;

import io.trivet.server.Restoration;
import io.trivet.server.ServerSetup;
import io.trivet.server.TrivetServer;
import io.trivet.server.config.Config;
import io.trivet.server.config.ConfigException;
import io.trivet.server.config.Option;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Runs the server until it is stopped.
@Command(
    name = "serve",
    description = {
      "Run the server. The first start makes the data directory: a private certificate authority, a certificate for "
          + "this host, an administrator and a commented trivet.yaml.",
      "An ADDR is HOST:PORT, [IPV6]:PORT or *:PORT; port 0 lets the system choose. Address options replace those of "
          + "the file and may be repeated."
    },
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Mixin
  private Place place = new Place();

  @picocli.CommandLine.Option(names = "--mqtts", paramLabel = "ADDR", description = "MQTT over TLS.")
  private @Nullable List<String> mqtts;

  @picocli.CommandLine.Option(names = "--wss", paramLabel = "ADDR", description = "MQTT over secure WebSocket.")
  private @Nullable List<String> wss;

  @picocli.CommandLine.Option(
      names = "--psk",
      paramLabel = "ADDR",
      description = "MQTT over TLS with pre-shared keys.")
  private @Nullable List<String> psk;

  @picocli.CommandLine.Option(names = "--coaps", paramLabel = "ADDR", description = "CoAP over DTLS.")
  private @Nullable List<String> coaps;

  @picocli.CommandLine.Option(names = "--coaps-tcp", paramLabel = "ADDR", description = "CoAP over TLS.")
  private @Nullable List<String> coapsTcp;

  @picocli.CommandLine.Option(
      names = "--insecure-coap",
      paramLabel = "ADDR",
      description = "CoAP in the clear, only to be read: everybody on the path reads and alters all.")
  private @Nullable List<String> coap;

  @picocli.CommandLine.Option(
      names = "--insecure-coap-writes",
      description = "With --insecure-coap: let anybody publish and clear who can send a datagram, as far as rules with "
          + "'anonymous: true' allow.")
  private boolean coapWrites;

  @picocli.CommandLine.Option(
      names = "--plugtest",
      description = "Serve the resources of ETSI's CoAP plugtests to anybody, for trying clients.")
  private boolean plugtest;

  @picocli.CommandLine.Option(
      names = "--insecure-plaintext",
      paramLabel = "ADDR",
      description = "MQTT in the clear: everybody on the path reads and alters all, passwords included.")
  private @Nullable List<String> plaintext;

  @picocli.CommandLine.Option(
      names = "--insecure-websocket",
      paramLabel = "ADDR",
      description = "WebSocket in the clear, with the same risk.")
  private @Nullable List<String> websocket;

  @picocli.CommandLine.Option(
      names = "--insecure-anonymous",
      description = "Let in peers without any credential; what they may do is what the rules allow 'anonymous: true'.")
  private boolean anonymous;

  @picocli.CommandLine.Option(
      names = "--set",
      paramLabel = "OPTION=VALUE",
      description = "Any option of the file, such as mqtt.packet-bytes-max=16MiB; see 'trivet options'.")
  private Map<String, String> set = new LinkedHashMap<>();

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    ServerSetup setup = setup();
    LogSetup.level(level());
    Running running = new Running(TrivetServer.start(setup));
    // From here on the server ends with the process, whichever way that ends.
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("trivet signal").unstarted(() -> {
      running.server.close();
      LogSetup.flush();
    }));
    HangUp.runs(() -> reload(running.server));
    PrintWriter out = Output.of(spec);
    new ReportText(out, System.getProperty("trivet.command", "./trivet")).print(running.server.report());
    out.println("ready in " + seconds() + " s");
    out.flush();
    running.server.awaitStopped();
    Optional<Path> backup = running.server.restoring();
    while (backup.isPresent()) {
      running.server = restored(setup, backup.get());
      running.server.awaitStopped();
      backup = running.server.restoring();
    }
    LogSetup.flush();
    return Trivet.OK;
  }

  /// The server of this process: another one after a restore.
  private static final class Running {
    volatile TrivetServer server;

    Running(TrivetServer first) {
      this.server = first;
    }
  }

  /// Starts on a backup; on what was there before where that does not work.
  private TrivetServer restored(ServerSetup setup, Path backup) {
    PrintWriter err = Output.errors(spec);
    Restoration done = null;
    try {
      done = Restoration.run(setup.data(), backup);
      TrivetServer server = TrivetServer.start(setup.restored(backup));
      err.println("trivet: runs on " + backup + "; what was there before is in " + done.aside());
      return server;
    } catch (ConfigException e) {
      err.println("trivet: goes on with what was there before: " + e.getMessage());
      if (done != null) {
        done.undo();
      }
      return TrivetServer.start(setup);
    } finally {
      err.flush();
    }
  }

  private void reload(TrivetServer server) {
    try {
      server.reload();
      LogSetup.level(level());
    } catch (ConfigException e) {
      PrintWriter err = Output.errors(spec);
      err.println("trivet: not reloaded: " + e.getMessage() + "; the server goes on as before");
      err.flush();
    }
  }

  private String level() {
    String given = set.get(Option.LOG_LEVEL.path());
    Config config = given == null ? place.read() : place.read().with(Option.LOG_LEVEL, given);
    return config.text(Option.LOG_LEVEL);
  }

  private ServerSetup setup() {
    Map<Option, String> over = new LinkedHashMap<>();
    set.forEach((path, value) -> over.put(named(path), value));
    put(over, Option.LISTEN_MQTTS, mqtts);
    put(over, Option.LISTEN_WSS, wss);
    put(over, Option.LISTEN_PSK, psk);
    put(over, Option.LISTEN_COAPS, coaps);
    put(over, Option.LISTEN_COAPS_TCP, coapsTcp);
    put(over, Option.INSECURE_COAP, coap);
    if (plugtest) {
      over.put(Option.COAP_PLUGTEST, "true");
    }
    if (coapWrites) {
      over.put(Option.INSECURE_COAP_WRITES, "true");
    }
    put(over, Option.INSECURE_PLAINTEXT, plaintext);
    put(over, Option.INSECURE_WEBSOCKET, websocket);
    if (anonymous) {
      over.put(Option.INSECURE_ANONYMOUS, "true");
    }
    return new ServerSetup(place.data(), place.configFile(), over, Optional.empty());
  }

  private static Option named(String path) {
    return Arrays.stream(Option.values()).filter(o -> o.path().equals(path)).findFirst()
        .orElseThrow(() -> new CommandFailed("--set " + path + ": no such option; 'trivet options' lists all"));
  }

  private static void put(Map<Option, String> over, Option o, @Nullable List<String> addresses) {
    if (addresses != null) {
      over.put(o, String.join(" ", addresses));
    }
  }

  private static String seconds() {
    return String.format(Locale.ROOT, "%.2f", SinceStart.elapsed().toMillis() / 1_000.0);
  }
}

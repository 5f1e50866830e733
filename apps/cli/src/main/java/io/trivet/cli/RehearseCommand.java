package io.trivet.cli;

import io.trivet.server.DataDirectory;
import io.trivet.server.ServerSetup;
import io.trivet.server.TrivetServer;
import io.trivet.server.config.Option;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Does once what a start does, in a directory of its own, while the launcher has the Java machine record which classes
/// are loaded and linked, so that later starts find them prepared.
@Command(name = "rehearse", hidden = true, description = "Record a start for the launcher.")
final class RehearseCommand implements Callable<Integer> {
  private enum Part {
    SERVER,
    COMMAND
  }

  @Parameters(paramLabel = "PART")
  private Part part = Part.SERVER;

  @Override
  public Integer call() throws IOException, GeneralSecurityException, InterruptedException {
    Path dir = Files.createTempDirectory("trivet-rehearsal");
    try {
      switch (part) {
        case SERVER -> server(dir);
        case COMMAND -> commands(dir);
      }
    } finally {
      delete(dir);
    }
    return Trivet.OK;
  }

  private static void server(Path dir) throws IOException {
    LogSetup.level("info");
    ServerSetup setup = ServerSetup.in(dir.resolve("data")).with(Option.LISTEN_MQTTS, "127.0.0.1:0")
        .with(Option.LISTEN_WSS, "127.0.0.1:0").with(Option.LISTEN_PSK, "127.0.0.1:0");
    try (TrivetServer server = TrivetServer.start(setup)) {
      new ReportText(new PrintWriter(new StringWriter()), "./trivet").print(server.report());
      HangUp.runs(server::reload);
    }
    // Again: a second start reads what the first has made.
    try (TrivetServer server = TrivetServer.start(setup)) {
      server.reload();
    }
    LogSetup.flush();
  }

  private static void commands(Path dir) {
    String data = dir.resolve("data").toString();
    // Without a server, whose classes the commands have no use for.
    DataDirectory.openOrCreate(Path.of(data));
    List<List<String>> lines = List.of(
        List.of("device", "add", "lamp-1", "--cert", "--password", "--attr", "ward=7", "--data", data),
        List.of("device", "list", "--data", data),
        List.of("device", "show", "lamp-1", "--json", "--data", data),
        List.of("config", "show", "--data", data),
        List.of("options"),
        List.of("--help"));
    for (List<String> line : lines) {
      StringWriter said = new StringWriter();
      PrintWriter out = new PrintWriter(said);
      Trivet.commandLine(out, out).execute(line.toArray(String[]::new));
    }
  }

  private static void delete(Path dir) throws IOException {
    try (Stream<Path> all = Files.walk(dir)) {
      for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(p);
      }
    }
  }
}

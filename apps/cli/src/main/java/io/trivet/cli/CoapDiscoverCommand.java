package io.trivet.cli;

import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.cli.coap.CoapClient;
import io.trivet.cli.coap.CoapScheme;
import io.trivet.cli.coap.CoapUri;
import io.trivet.cli.coap.GroupClient;
import io.trivet.cli.coap.Heard;
import io.trivet.coap.Code;
import io.trivet.coap.ContentFormat;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.coap.link.Link;
import io.trivet.coap.link.LinkAttribute;
import io.trivet.coap.link.LinkFormat;
import io.trivet.coap.link.LinkLimits;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Lists what a server offers, or which servers there are.
@Command(
    name = "discover",
    description = "List what a server offers, as its /.well-known/core has it; without a URI ask all CoAP servers near by.",
    mixinStandardHelpOptions = true)
final class CoapDiscoverCommand implements Callable<Integer> {
  private static final LinkLimits LIMITS = new LinkLimits(16 << 20, 100_000, 64, 4_096);

  @Parameters(arity = "0..1", paramLabel = "URI",
      description = "Such as coap://host; without it the groups 224.0.1.187, ff02::fd and ff05::fd are asked.")
  private @Nullable String uri;

  @Mixin
  private final CoapTarget target = new CoapTarget();

  @Option(names = {"-q", "--query"}, paramLabel = "NAME=VALUE",
      description = "Only links of that attribute, such as rt=core.ps; may be repeated.")
  private List<String> queries = new ArrayList<>();

  @Option(names = "--interface", paramLabel = "NAME",
      description = "Without a URI: the network interface to ask on; otherwise all.")
  private @Nullable String networkInterface;

  @Option(names = "--port", paramLabel = "PORT", defaultValue = "5683",
      description = "Without a URI: the port of the servers. (${DEFAULT-VALUE})")
  private int port;

  @Option(names = {"-W", "--time"}, paramLabel = "SECONDS", defaultValue = "6",
      description = "Without a URI: how long to wait for answers, which come within 5 s. (${DEFAULT-VALUE})")
  private int seconds;

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    return uri == null ? all() : one(CoapUri.parse(uri));
  }

  private Options.Builder wellKnown() {
    Options.Builder o = Options.builder().path(".well-known/core");
    queries.forEach(q -> o.add(OptionNumber.URI_QUERY, q));
    return o;
  }

  private int one(CoapUri to) throws IOException, InterruptedException {
    if (!to.path().isEmpty() || !to.query().isEmpty()) {
      throw new IllegalArgumentException("give the server alone, such as " + to.server());
    }
    Options.Builder o = wellKnown();
    to.into(o);
    PrintWriter errors = Output.errors(spec);
    try (CoapClient client = target.open(to, 0, errors)) {
      client.send(new Request(true, Code.GET, o.build(), Bytes.EMPTY));
      return switch (client.await(target.patience())) {
        case Heard.Answer(Response r, _) when !r.code().isSuccess() -> {
          errors.println("trivet: " + CoapResponseText.error(r));
          yield Trivet.FAILED;
        }
        case Heard.Answer(Response r, _) -> print(links(r));
        case Heard.Silence(String why) -> {
          errors.println("trivet: " + to.server() + ": " + why);
          yield CoapMethodCommand.NO_ANSWER;
        }
        case Heard.Broken(Throwable why) -> throw new AssertionError(why);
      };
    }
  }

  private static List<Link> links(Response r) {
    return switch (LinkFormat.parse(r.payload(), LIMITS)) {
      case Parsed.Valid<List<Link>>(List<Link> links) -> links;
      case Parsed.Invalid<List<Link>>(String rule, String what) ->
        throw new CommandFailed("what the server sent is no list of links: " + what + " (" + rule + ")");
    };
  }

  private int print(List<Link> links) {
    Table table = new Table("PATH", "TYPE", "FORMAT", "OBSERVE", "MORE");
    links.forEach(l -> row(table, l));
    table.print(Output.of(spec));
    Output.of(spec).flush();
    return Trivet.OK;
  }

  private static void row(Table table, Link l) {
    String more = l.attributes().stream().filter(a -> !List.of("rt", "ct", "obs").contains(a.name()))
        .map(CoapDiscoverCommand::written).collect(Collectors.joining(" "));
    table.row(Shell.printable(l.target()), Shell.printable(l.attribute("rt").orElse("")),
        Shell.printable(l.attribute("ct").map(CoapDiscoverCommand::formats).orElse("")),
        l.attribute("obs").isPresent() ? "yes" : "", Shell.printable(more));
  }

  private static String written(LinkAttribute a) {
    return switch (a.form()) {
      case FLAG -> a.name();
      case TOKEN -> a.name() + "=" + a.value();
      case QUOTED -> a.name() + "=\"" + a.value() + "\"";
    };
  }

  private static String formats(String numbers) {
    List<String> names = new ArrayList<>();
    for (String n : numbers.split(" ")) {
      names.add(n.matches("\\d{1,5}") ? ContentFormat.name(Integer.parseInt(n)).map(t -> t.split(";")[0]).orElse(n) : n);
    }
    return String.join(" ", names);
  }

  private int all() throws IOException, InterruptedException {
    if (port < 1 || port > 65_535 || seconds < 1 || seconds > 3_600) {
      throw new IllegalArgumentException("give a --port from 1 to 65535 and a --time from 1 to 3600");
    }
    PrintWriter out = Output.of(spec);
    Map<String, List<Link>> servers = new TreeMap<>();
    try (GroupClient client = GroupClient.open(networkInterface, port, target.trace(Output.errors(spec)))) {
      client.send(new Request(false, Code.GET, wellKnown().build(), Bytes.EMPTY));
      long deadline = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
      while (deadline - System.nanoTime() > 0) {
        if (client.await(Duration.ofNanos(deadline - System.nanoTime()))
            instanceof Heard.Answer(Response r, var from) && r.code().isSuccess()) {
          CoapUri server = server(from.peer().address());
          servers.put(server.server(), links(isWhole(r) ? r : whole(server)));
        }
      }
    }
    if (servers.isEmpty()) {
      Output.errors(spec).println("trivet: no CoAP server answered within " + seconds + " s");
      return CoapMethodCommand.NO_ANSWER;
    }
    Table table = new Table("SERVER", "PATH", "TYPE", "FORMAT", "OBSERVE");
    servers.forEach((server, links) -> {
      for (Link l : links) {
        table.row(server, Shell.printable(l.target()), Shell.printable(l.attribute("rt").orElse("")),
            Shell.printable(l.attribute("ct").map(CoapDiscoverCommand::formats).orElse("")),
            l.attribute("obs").isPresent() ? "yes" : "");
      }
    });
    table.print(out);
    out.flush();
    return Trivet.OK;
  }

  private static CoapUri server(InetSocketAddress a) {
    return new CoapUri(CoapScheme.COAP, a.getAddress().getHostAddress(), a.getPort(), List.of(), List.of());
  }

  private static boolean isWhole(Response r) {
    return !r.options().has(OptionNumber.BLOCK2) || (r.options().uint(OptionNumber.BLOCK2, 0) & 8) == 0;
  }

  /// What came to the group was the first block: the rest is asked of the one server.
  private Response whole(CoapUri server) throws IOException, InterruptedException {
    try (CoapClient client = target.open(server, 0, Output.errors(spec))) {
      client.send(new Request(true, Code.GET, wellKnown().build(), Bytes.EMPTY));
      return client.await(target.patience()) instanceof Heard.Answer(Response r, _) && r.code().isSuccess()
          ? r : Response.of(Code.CONTENT);
    }
  }
}

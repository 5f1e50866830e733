package io.trivet.cli;

import io.trivet.base.Bytes;
import io.trivet.cli.coap.CoapClient;
import io.trivet.cli.coap.CoapUri;
import io.trivet.cli.coap.Heard;
import io.trivet.cli.coap.Freshness;
import io.trivet.cli.smqtt.CoapOpening;
import io.trivet.cli.smqtt.OpenOptions;
import io.trivet.cli.smqtt.Reading;
import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.server.admin.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Observes a resource and prints each notification, until it was enough.
@Command(
    name = "observe",
    description = "Observe a resource: print what it is, and what it becomes.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Ends with 0 after --count notifications, or after --time where no count was asked for; with 3 where the time"
          + " ran out before the count; with 1 where the server ends it.",
      "For example:",
      "  trivet coap observe coap://localhost/ps/ward/7 --count 10"
    })
final class CoapObserveCommand implements Callable<Integer> {
  private static final Duration FOR_EVER = Duration.ofDays(36_500);
  private static final Duration LOOK = Duration.ofMillis(100);

  @Parameters(paramLabel = "URI", description = "Such as coap://host/ps/ward/7.")
  private @Nullable String uri;

  @Mixin
  private final CoapTarget target = new CoapTarget();

  @Mixin
  private final CoapRequestOptions options = new CoapRequestOptions();

  @Mixin
  private final OpenOptions open = new OpenOptions();

  @Option(names = {"-C", "--count"}, paramLabel = "N", description = "Stop after so many notifications.")
  private int count;

  @Option(names = {"-W", "--time"}, paramLabel = "SECONDS", description = "Stop after so long.")
  private int seconds;

  @Option(names = "--json", description = "A JSON object a line.")
  private boolean json;

  @Spec
  private @Nullable CommandSpec spec;

  private int printed;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (count < 0 || seconds < 0) {
      throw new IllegalArgumentException("--count and --time are not negative");
    }
    CoapUri to = CoapTarget.uri(uri);
    Request plain = options.request(Code.GET, to, Bytes.EMPTY, null);
    Request request = plain.with(plain.options().with(OptionNumber.OBSERVE, 0));
    Reading reading = open.open().orElse(null);
    try (CoapOpening opening = reading == null ? null : new CoapOpening(reading, to, this::tell);
        CoapClient client = target.open(to, options.blockSize(), Output.errors(spec))) {
      if (opening != null) {
        client.send(opening.keys());
        client.send(request);
        return open(client, opening, to);
      }
      client.send(request);
      return follow(client, to);
    }
  }

  private void tell(String line) {
    Output.errors(spec).println("trivet: " + MessageText.payload(Bytes.utf8(line)));
  }

  /// As [#follow], of what is sealed: keys come beside.
  private int open(CoapClient client, CoapOpening opening, CoapUri to) throws InterruptedException {
    long start = System.nanoTime();
    long time = (seconds > 0 ? Duration.ofSeconds(seconds) : FOR_EVER).toNanos();
    boolean begun = false;
    while (true) {
      List<Response> opened = opening.late();
      switch (client.poll(LOOK)) {
        case null -> {
          if (System.nanoTime() - start >= time) {
            return count > 0 ? SubCommand.OUT_OF_TIME : Trivet.OK;
          }
          if (!begun && System.nanoTime() - start >= target.patience().toNanos()) {
            Output.errors(spec).println("trivet: " + to.server() + ": no answer");
            return CoapMethodCommand.NO_ANSWER;
          }
        }
        case Heard.Answer(Response r, _) -> {
          if (!r.code().isSuccess() || !r.options().has(OptionNumber.OBSERVE)) {
            return ended(r);
          }
          begun = true;
          opened = Stream.concat(opened.stream(), opening.take(r).stream()).toList();
        }
        case Heard.Silence(String why) -> {
          Output.errors(spec).println("trivet: " + to.server() + ": " + why);
          return CoapMethodCommand.NO_ANSWER;
        }
        case Heard.Broken(Throwable why) -> throw new AssertionError(why);
      }
      for (Response r : opened) {
        print(r);
        if (count > 0 && printed == count) {
          return Trivet.OK;
        }
      }
    }
  }

  private int follow(CoapClient client, CoapUri to) throws InterruptedException {
    long deadline = System.nanoTime() + (seconds > 0 ? Duration.ofSeconds(seconds) : FOR_EVER).toNanos();
    Freshness freshness = new Freshness();
    boolean begun = false;
    while (true) {
      Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      boolean last = begun || left.compareTo(target.patience()) < 0;
      switch (client.await(last ? left : target.patience())) {
        case Heard.Answer(Response r, _) -> {
          long observe = r.options().uint(OptionNumber.OBSERVE, -1);
          if (!r.code().isSuccess() || observe < 0) {
            return ended(r);
          }
          begun = true;
          if (freshness.isNewer(observe, System.nanoTime())) {
            print(r);
          }
          if (count > 0 && printed == count) {
            return Trivet.OK;
          }
        }
        case Heard.Silence _ when System.nanoTime() - deadline >= 0 -> {
          return count > 0 ? SubCommand.OUT_OF_TIME : Trivet.OK;
        }
        case Heard.Silence(String why) -> {
          Output.errors(spec).println("trivet: " + to.server() + ": " + why);
          return CoapMethodCommand.NO_ANSWER;
        }
        case Heard.Broken(Throwable why) -> throw new AssertionError(why);
      }
    }
  }

  private int ended(Response r) {
    if (r.code().isSuccess()) {
      print(r);
      Output.errors(spec).println("trivet: the server lets nobody observe this, or no more observers");
    } else {
      Output.errors(spec).println("trivet: " + CoapResponseText.error(r));
    }
    return Trivet.FAILED;
  }

  private void print(Response r) {
    PrintWriter out = Output.of(spec);
    Instant now = Instant.now();
    out.println(json ? Json.object().put("received", now.toString()).setAll(CoapResponseText.json(r))
        : CoapResponseText.line(r, now));
    out.flush();
    printed++;
  }
}

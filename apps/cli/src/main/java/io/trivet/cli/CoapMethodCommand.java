package io.trivet.cli;

import io.trivet.base.Bytes;
import io.trivet.cli.coap.CoapClient;
import io.trivet.cli.coap.CoapUri;
import io.trivet.cli.coap.Heard;
import io.trivet.cli.smqtt.CoapOpening;
import io.trivet.cli.smqtt.CoapSealing;
import io.trivet.cli.smqtt.OpenOptions;
import io.trivet.cli.smqtt.Reading;
import io.trivet.cli.smqtt.SealOptions;
import io.trivet.coap.Code;
import io.trivet.coap.NoResponse;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// One request and its response.
abstract class CoapMethodCommand implements Callable<Integer> {
  static final int NO_ANSWER = 3;
  private static final int PAYLOAD_BYTES_MAX = 64 << 20;

  @Parameters(paramLabel = "URI", description = "Such as coap://host/ps/ward/7.")
  private @Nullable String uri;

  @Mixin
  private final CoapTarget target = new CoapTarget();

  @Mixin
  private final CoapRequestOptions options = new CoapRequestOptions();

  @Option(names = "--output", paramLabel = "FORM", defaultValue = "raw",
      description = "raw: the payload, byte for byte; json: code, options and payload. (${DEFAULT-VALUE})")
  private @Nullable String output;

  @Spec
  private @Nullable CommandSpec spec;

  private final Code method;

  private CoapMethodCommand(Code method) {
    this.method = method;
  }

  Bytes payload() throws IOException {
    return Bytes.EMPTY;
  }

  @Nullable String contentFormat() {
    return null;
  }

  /// The request as it is sent; what has to be sent before has been.
  Request ready(Request plain, CoapClient client, CoapUri to, Duration patience) throws IOException, InterruptedException {
    return plain;
  }

  /// A success as it is shown.
  Response shown(Response r, CoapClient client, CoapUri to) throws IOException, InterruptedException {
    return r;
  }

  final void tell(String line) {
    Output.errors(spec).println("trivet: " + MessageText.payload(Bytes.utf8(line)));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    CoapUri to = CoapTarget.uri(uri);
    if (!"raw".equals(output) && !"json".equals(output)) {
      throw new IllegalArgumentException("--output " + output + ": give raw or json");
    }
    Request plain = options.request(method, to, payload(), contentFormat());
    PrintWriter errors = Output.errors(spec);
    try (CoapClient client = target.open(to, options.blockSize(), errors)) {
      Request request = ready(plain, client, to, target.patience());
      client.send(request);
      return switch (client.await(target.patience())) {
        case Heard.Answer(Response r, _) -> print(r.code().isSuccess() ? shown(r, client, to) : r);
        case Heard.Silence _ when NoResponse.suppresses(request, Code.CHANGED) -> Trivet.OK; // as was asked for
        case Heard.Silence(String why) -> {
          errors.println("trivet: " + to.server() + ": " + why);
          yield NO_ANSWER;
        }
        case Heard.Broken(Throwable why) -> throw new AssertionError(why);
      };
    }
  }

  private int print(Response r) {
    PrintWriter out = Output.of(spec);
    boolean json = "json".equals(output);
    if (json) {
      out.println(CoapResponseText.json(r));
      out.flush();
    } else if (r.code().isSuccess()) {
      CoapResponseText.raw(r, out);
    }
    if (r.code().isSuccess()) {
      return Trivet.OK;
    }
    Output.errors(spec).println("trivet: " + CoapResponseText.error(r));
    return Trivet.FAILED;
  }

  /// A method that carries a payload.
  abstract static class WithPayload extends CoapMethodCommand {
    @ArgGroup
    private @Nullable Payload payload;

    @Option(names = {"-t", "--format"}, paramLabel = "FORMAT",
        description = "The payload's content format: a number, or a media type such as application/json.")
    private @Nullable String format;

    private WithPayload(Code method) {
      super(method);
    }

    private static final class Payload {
      @Option(names = {"-m", "--message"}, paramLabel = "TEXT", description = "The payload.")
      private @Nullable String message;

      @Option(names = {"-f", "--file"}, paramLabel = "FILE", description = "The payload is this file's content.")
      private @Nullable Path file;

      @Option(names = "--payload-hex", paramLabel = "HEX", description = "The payload in hexadecimal.")
      private @Nullable String hex;

      @Option(names = {"-s", "--stdin"}, description = "The payload is all of standard input.")
      @SuppressWarnings("UnusedVariable") // what is left where nothing else of the group was given
      private boolean stdin;
    }

    @Override
    @Nullable String contentFormat() {
      return format;
    }

    @Override
    Bytes payload() throws IOException {
      Payload p = payload;
      if (p == null) {
        return Bytes.EMPTY;
      }
      if (p.message != null) {
        return Bytes.utf8(p.message);
      }
      if (p.hex != null) {
        return CoapRequestOptions.hex("--payload-hex", p.hex);
      }
      if (p.file != null) {
        try (InputStream in = Files.newInputStream(p.file)) {
          return bounded(in, p.file.toString());
        }
      }
      return bounded(System.in, "standard input");
    }

    private static Bytes bounded(InputStream in, String name) throws IOException {
      byte[] all = in.readNBytes(PAYLOAD_BYTES_MAX + 1);
      if (all.length > PAYLOAD_BYTES_MAX) {
        throw new IllegalArgumentException(name + ": more than " + PAYLOAD_BYTES_MAX + " bytes");
      }
      return Bytes.wrap(all);
    }
  }

  @Command(name = "get", description = "Read a resource.", mixinStandardHelpOptions = true)
  static final class Get extends CoapMethodCommand {
    @Mixin
    private final OpenOptions open = new OpenOptions();

    @Override
    Response shown(Response r, CoapClient client, CoapUri to) throws IOException, InterruptedException {
      Reading reading = open.open().orElse(null);
      if (reading == null) {
        return r;
      }
      try (CoapOpening opening = new CoapOpening(reading, to, this::tell)) {
        return opening.open(client, r);
      }
    }

    Get() {
      super(Code.GET);
    }
  }

  @Command(name = "delete", description = "Remove a resource, or what is kept of it.", mixinStandardHelpOptions = true)
  static final class Delete extends CoapMethodCommand {
    Delete() {
      super(Code.DELETE);
    }
  }

  @Command(name = "put", description = "Set a resource.", mixinStandardHelpOptions = true)
  static final class Put extends WithPayload {
    @Mixin
    private final SealOptions seal = new SealOptions();

    @Override
    Request ready(Request plain, CoapClient client, CoapUri to, Duration patience)
        throws IOException, InterruptedException {
      return CoapSealing.sealed(seal, client, to, plain, patience);
    }

    Put() {
      super(Code.PUT);
    }
  }

  @Command(name = "post", description = "Hand something to a resource.", mixinStandardHelpOptions = true)
  static final class Post extends WithPayload {
    @Mixin
    private final SealOptions seal = new SealOptions();

    @Override
    Request ready(Request plain, CoapClient client, CoapUri to, Duration patience)
        throws IOException, InterruptedException {
      return CoapSealing.sealed(seal, client, to, plain, patience);
    }

    Post() {
      super(Code.POST);
    }
  }

  @Command(name = "fetch", description = "Read the part of a resource that the payload asks for (RFC 8132).",
      mixinStandardHelpOptions = true)
  static final class Fetch extends WithPayload {
    Fetch() {
      super(Code.FETCH);
    }
  }

  @Command(name = "patch", description = "Change part of a resource (RFC 8132).", mixinStandardHelpOptions = true)
  static final class Patch extends WithPayload {
    Patch() {
      super(Code.PATCH);
    }
  }

  @Command(name = "ipatch", description = "Change part of a resource, with the same effect however often it comes.",
      mixinStandardHelpOptions = true)
  static final class IPatch extends WithPayload {
    IPatch() {
      super(Code.IPATCH);
    }
  }
}

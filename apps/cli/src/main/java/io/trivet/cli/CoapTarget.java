package io.trivet.cli;

import io.trivet.cli.coap.CoapClient;
import io.trivet.cli.coap.CoapUri;
import io.trivet.cli.coap.Trace;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which CoAP server, and how long to wait for it.
final class CoapTarget {
  @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "93",
      description = "How long to wait for an answer. (${DEFAULT-VALUE}: as long as a message is sent again)")
  private double timeout;

  @Option(names = {"-v", "--verbose"}, description = "Show each message, to and fro, on standard error.")
  private boolean verbose;

  Duration patience() {
    if (!(timeout > 0 && timeout <= 86_400)) {
      throw new IllegalArgumentException("--timeout " + timeout + ": give seconds, above 0 and up to 86400");
    }
    return Duration.ofNanos((long) (timeout * 1e9));
  }

  Trace trace(PrintWriter errors) {
    return verbose ? new Trace(line -> {
      errors.println(line);
      errors.flush();
    }) : Trace.NONE;
  }

  CoapClient open(CoapUri uri, int blockBytes, PrintWriter errors) throws IOException {
    try {
      return CoapClient.open(uri, blockBytes, trace(errors));
    } catch (IOException e) {
      throw new CommandFailed(uri.server() + ": " + e.getMessage(), e);
    }
  }

  static CoapUri uri(@Nullable String text) {
    if (text == null) {
      throw new AssertionError("picocli asks for what is required");
    }
    return CoapUri.parse(text);
  }
}

package io.trivet.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// A CoAP client.
@Command(
    name = "coap",
    description = "Ask a CoAP server.",
    subcommands = {
      CoapMethodCommand.Get.class,
      CoapMethodCommand.Put.class,
      CoapMethodCommand.Post.class,
      CoapMethodCommand.Delete.class,
      CoapMethodCommand.Fetch.class,
      CoapMethodCommand.Patch.class,
      CoapMethodCommand.IPatch.class,
      CoapObserveCommand.class,
      CoapDiscoverCommand.class
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Ends with 0 after a response of class 2, with 1 after an error, which is told on standard error, with 2 for wrong"
          + " usage, and with 3 where no answer comes.",
      "For example:",
      "  trivet coap put coap://localhost/ps/ward/7 -m 72 --format text/plain",
      "  trivet coap get coap://localhost/ps/ward/7",
      "  trivet coap discover coap://localhost"
    })
final class CoapCommand implements Runnable {
  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public void run() {
    CommandSpec s = spec;
    if (s != null) {
      throw new ParameterException(s.commandLine(), "Give a method, observe or discover.");
    }
  }
}

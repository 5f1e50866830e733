package io.trivet.cli.authority;

import io.trivet.authority.SealedKey;
import io.trivet.cli.CommandFailed;
import io.trivet.cli.Trivet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "open",
    description = "On a device: open a sealed key that came by any other way, such as on a stick.",
    mixinStandardHelpOptions = true)
final class OpenCommand implements Callable<Integer> {
  @Mixin
  private Unsealing unsealing = new Unsealing();

  @Parameters(paramLabel = "FILE", description = "The sealed key, .abe.sealed.")
  private @Nullable Path file;

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Path from = file;
    if (from == null) {
      throw new AssertionError("picocli asks for what is required");
    }
    byte[] content;
    try (InputStream in = Files.newInputStream(from)) {
      content = in.readNBytes(SealedKey.FILE_BYTES_MAX + 1);
    }
    if (content.length > SealedKey.FILE_BYTES_MAX) {
      throw new CommandFailed(from + ": more than " + SealedKey.FILE_BYTES_MAX + " bytes");
    }
    unsealing.run(from.toString(), content, spec);
    return Trivet.OK;
  }
}

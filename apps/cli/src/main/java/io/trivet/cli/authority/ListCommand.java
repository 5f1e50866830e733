package io.trivet.cli.authority;

import io.trivet.authority.Shelf;
import io.trivet.authority.Subject;
import io.trivet.cli.Output;
import io.trivet.cli.Shell;
import io.trivet.cli.Table;
import io.trivet.cli.Trivet;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "list",
    description = "List who has keys, and for what. Needs no passphrase.",
    mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
  @Mixin
  private Keeper keeper = new Keeper();

  @Spec
  private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Shelf shelf = keeper.shelf();
    Table table = new Table("DEVICE", "STATE", "EPOCH", "FOR");
    for (Subject s : shelf.subjects()) {
      table.row(s.device(), state(s, shelf.epoch()), String.valueOf(s.keyEpoch()), Shell.printable(s.scope()));
    }
    table.print(Output.of(spec));
    return Trivet.OK;
  }

  /// What a device can read in the epoch that it is now.
  static String state(Subject s, long epoch) {
    if (!s.isRevoked()) {
      return "active";
    }
    return s.revokedIn().getAsLong() >= epoch ? "revoked, reads until the epoch ends" : "revoked";
  }
}

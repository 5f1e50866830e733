package io.trivet.cli;

import io.trivet.cli.authority.AuthorityCommand;
import io.trivet.cli.smqtt.SmqttCommand;
import io.trivet.server.TrivetVersion;
import io.trivet.server.admin.AdminException;
import io.trivet.server.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The command line's root: the one list of commands, and how they end.
///
/// A command returns its exit code, or throws: a [CommandFailed], [IOException] or [IllegalArgumentException] becomes
/// one line on standard error and exit code 1. Usage that cannot be parsed ends with 2.
@Command(
    name = "trivet",
    description = "An MQTT server that is secure by default, and the tools around it.",
    mixinStandardHelpOptions = true,
    version = "Trivet " + TrivetVersion.TEXT,
    synopsisSubcommandLabel = "COMMAND")
public final class Trivet implements Runnable {
  public static final int OK = 0;
  public static final int FAILED = 1;
  static final int USAGE = 2;

  /// Every command, in the order that the help shows them.
  private static final List<Class<?>> COMMANDS = List.of(
      ServeCommand.class,
      PubCommand.class,
      SubCommand.class,
      CoapCommand.class,
      DeviceCommand.class,
      IpsecCommand.class,
      AuthorityCommand.class,
      SmqttCommand.class,
      StatusCommand.class,
      ConnectionsCommand.class,
      MetricsCommand.class,
      ReloadCommand.class,
      StopCommand.class,
      BackupCommand.class,
      RestoreCommand.class,
      StoreCommand.class,
      ConfigCommand.class,
      OptionsCommand.class,
      RehearseCommand.class);

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show where a failure came from.")
  private boolean debug;

  @Spec
  private @Nullable CommandSpec spec;

  private Trivet() {}

  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code = commandLine(out, err, args).execute(args);
    out.flush();
    if (code != OK) {
      System.exit(code);
    }
  }

  /// A command line that prints to the writers given; tests run whole commands through it.
  ///
  /// @param arguments where the first is a command, only that one is made: looking at the annotations of all takes
  ///     longer than a short command itself
  static CommandLine commandLine(PrintWriter out, PrintWriter err, String... arguments) {
    Trivet root = new Trivet();
    CommandLine line = new CommandLine(root);
    String first = arguments.length == 0 ? "" : arguments[0];
    boolean known = COMMANDS.stream().anyMatch(c -> name(c).equals(first));
    COMMANDS.stream().filter(c -> !known || name(c).equals(first)).forEach(line::addSubcommand);
    line.setOut(out);
    line.setErr(err);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(false);
    line.setUsageHelpWidth(100);
    line.setExecutionExceptionHandler((failure, _, _) -> {
      out.flush();
      err.println("trivet: " + explain(failure));
      if (root.debug) {
        failure.printStackTrace(err);
      }
      err.flush();
      return FAILED;
    });
    return line;
  }

  private static String name(Class<?> command) {
    return command.getAnnotation(Command.class).name();
  }

  /// What a person reads of a failure: one that was meant for people as it is, any other with its kind.
  static String explain(Exception failure) {
    String message = failure.getMessage();
    return switch (failure) {
      case NoSuchFileException f -> f.getFile() + ": no such file";
      case FileAlreadyExistsException f -> f.getFile() + ": exists already";
      case CommandFailed f -> String.valueOf(message);
      case UncheckedIOException f when f.getCause() != null -> explain(f.getCause());
      case AdminException f -> String.valueOf(message);
      case ConfigException f -> String.valueOf(message);
      case IOException f when message != null -> message;
      case IllegalArgumentException f when message != null -> message;
      default -> "unexpected " + failure + " (run again with --debug to see where)";
    };
  }

  /// Without a command there is nothing to do but to say which there are.
  @Override
  public void run() {
    CommandSpec s = spec;
    if (s != null) {
      throw new CommandLine.ParameterException(s.commandLine(), "Give a command.");
    }
  }
}

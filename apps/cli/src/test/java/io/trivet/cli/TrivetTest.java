package io.trivet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

@NullMarked
class TrivetTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Trivet.commandLine(new PrintWriter(out, true), new PrintWriter(err, true)).execute(args);
  }

  @Test
  void listsTheCommandsWhenGivenNone() {
    assertThat(run()).isEqualTo(Trivet.USAGE);
    assertThat(err.toString()).startsWith("Give a command.").contains("Usage: trivet");
  }

  @Test
  void makesOnlyTheCommandThatIsAsked() {
    PrintWriter nowhere = new PrintWriter(out);
    assertThat(Trivet.commandLine(nowhere, nowhere).getSubcommands()).containsKeys("serve", "device", "stop");
    assertThat(Trivet.commandLine(nowhere, nowhere, "device", "list").getSubcommands()).containsOnlyKeys("device");
    assertThat(Trivet.commandLine(nowhere, nowhere, "devise", "list").getSubcommands()).containsKeys("serve", "device");
    assertThat(Trivet.commandLine(nowhere, nowhere, "--help").getSubcommands()).containsKeys("serve", "device");
  }

  @Test
  void suggestsTheCommandThatWasMeant() {
    assertThat(run("devise", "list")).isEqualTo(Trivet.USAGE);
    assertThat(err.toString()).contains("devise").contains("trivet device");
  }

  @Test
  void refusesAnUnknownOptionWithUsage() {
    assertThat(run("--insecure")).isEqualTo(Trivet.USAGE);
    assertThat(err.toString()).contains("--insecure");
  }

  @Test
  void saysWhichVersionItIs() {
    assertThat(run("--version")).isEqualTo(Trivet.OK);
    assertThat(out.toString()).startsWith("Trivet 0.");
  }

  @Test
  void explainsFailuresWithoutTheirStack() {
    assertThat(Trivet.explain(new CommandFailed("no server runs"))).isEqualTo("no server runs");
    assertThat(Trivet.explain(new NoSuchFileException("a.crt"))).isEqualTo("a.crt: no such file");
    assertThat(Trivet.explain(new UncheckedIOException(new IOException("disk full")))).isEqualTo("disk full");
    assertThat(Trivet.explain(new IllegalStateException("x"))).contains("--debug");
  }
}

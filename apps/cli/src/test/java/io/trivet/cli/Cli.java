package io.trivet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;

/// Runs whole commands in this process and keeps what they print.
@NullMarked
record Cli(Path data) {
  record Said(int code, String out, String err) {
    /// What was printed, with everything that differs from run to run replaced by a word.
    String stable(Path data) {
      return out.replace(data.toString(), "DATA")
          .replaceAll("(Password +)\\S+", "$1PASSWORD").replaceAll("-P \\S+", "-P PASSWORD")
          .replaceAll("(Key +)[0-9a-f]{64}", "$1KEY").replaceAll("--psk [0-9a-f]{64}", "--psk KEY")
          .replaceAll("(certificate )[0-9a-f]{10,} until \\S+", "$1SERIAL until WHEN")
          .replaceAll("(created +)\\S+", "$1WHEN");
    }
  }

  Said run(String... command) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of(command));
    all.add("--data");
    all.add(data.toString());
    int code = Trivet.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
    return new Said(code, out.toString(), err.toString());
  }

  /// What a command prints that must succeed.
  String ok(String... command) {
    Said said = run(command);
    assertThat(said.err()).isEmpty();
    assertThat(said.code()).isEqualTo(Trivet.OK);
    return said.stable(data);
  }

  /// What a command says that must fail.
  String refused(String... command) {
    Said said = run(command);
    assertThat(said.code()).as(said.out() + said.err()).isEqualTo(Trivet.FAILED);
    assertThat(said.out()).isEmpty();
    assertThat(said.err()).startsWith("trivet: ").hasLineCount(1);
    return said.err().strip().replace(data.toString(), "DATA");
  }
}

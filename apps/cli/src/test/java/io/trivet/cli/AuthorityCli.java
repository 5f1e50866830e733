package io.trivet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;

/// Runs commands of the authority in this process; its directory and its passphrase's file are in `home`.
@NullMarked
record AuthorityCli(Path home) {
  static final String PASSPHRASE = "correct horse battery";

  Path dir() {
    return home.resolve("authority");
  }

  /// A command that opens the master key, or makes it.
  String keyed(String... command) throws IOException {
    return ok(withPassphrase(command));
  }

  String[] withPassphrase(String... command) throws IOException {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of("--dir", dir().toString(), "--passphrase-file",
        Files.writeString(home.resolve("passphrase"), PASSPHRASE + "\n").toString()));
    return all.toArray(String[]::new);
  }

  /// A command that reads the directory alone.
  String read(String... command) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of("--dir", dir().toString()));
    return ok(all.toArray(String[]::new));
  }

  String ok(String... command) {
    Cli.Said said = run(command);
    assertThat(said.err()).isEmpty();
    assertThat(said.code()).isEqualTo(Trivet.OK);
    return stable(said.out());
  }

  String refused(String... command) {
    Cli.Said said = run(command);
    assertThat(said.code()).as(said.out() + said.err()).isEqualTo(Trivet.FAILED);
    assertThat(said.err()).startsWith("trivet: ").hasLineCount(1);
    return stable(said.err().strip());
  }

  String stable(String text) {
    return text.replace(home.toString(), "HOME").replaceAll("\\b[0-9a-f]{64}\\b", "HASH").replaceAll("\\b[0-9a-f]{32}\\b", "ID")
        .replaceAll("\\d{4}-\\d\\d-\\d\\dT\\S+Z", "WHEN");
  }

  static Cli.Said run(String... command) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of("authority"));
    all.addAll(List.of(command));
    int code = Trivet.commandLine(new PrintWriter(out, true), new PrintWriter(err, true), "authority")
        .execute(all.toArray(String[]::new));
    return new Cli.Said(code, out.toString(), err.toString());
  }
}

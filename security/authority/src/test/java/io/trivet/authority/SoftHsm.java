package io.trivet.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A token in software (Debian's softhsm2), with its files in a directory of the test. The library reads where they are
/// from its configuration when it is first used in a process, so whoever uses it through Java does so in a process of
/// its own: [#java(Class, String...)].
final class SoftHsm {
  static final String PIN = "4711-pin";
  static final Path LIBRARY = Path.of("/usr/lib/softhsm/libsofthsm2.so");
  private static final Pattern SLOT = Pattern.compile("reassigned to slot (\\d+)");

  private final Path conf;

  SoftHsm(Path dir) throws IOException {
    Path tokens = Files.createDirectories(dir.resolve("tokens"));
    conf = Files.writeString(dir.resolve("softhsm2.conf"), "directories.tokendir = " + tokens + "\n");
  }

  /// @return the slot of the new token
  long token(String label) throws IOException, InterruptedException {
    String said = run(List.of("softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "so-pin-1"));
    Matcher m = SLOT.matcher(said);
    assertThat(m.find()).as(said).isTrue();
    return Long.parseLong(m.group(1));
  }

  /// Runs a class with `main` in a fresh Java machine that knows this token.
  String java(Class<?> main, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED", "-cp",
        System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return run(command);
  }

  private String run(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder b = new ProcessBuilder(command).redirectErrorStream(true);
    b.environment().putAll(Map.of("SOFTHSM2_CONF", conf.toString()));
    Process p = b.start();
    p.getOutputStream().close();
    String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!p.waitFor(60, TimeUnit.SECONDS)) {
      p.destroyForcibly();
      throw new IOException(command.getFirst() + " did not end: " + said);
    }
    assertThat(p.exitValue()).as(said).isZero();
    return said;
  }
}

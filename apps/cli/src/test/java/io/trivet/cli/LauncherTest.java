package io.trivet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The launcher in a copy of the house, with a JDK and a Maven that only say how they were called.
@NullMarked
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  private static final Path REPOSITORY = Path.of("../..").toAbsolutePath().normalize();

  @TempDir private Path dir = Path.of("");
  private Path home = Path.of("");
  private Path jdk = Path.of("");

  private record Said(int code, String out, String err) {}

  @BeforeEach
  void buildTheHouse() throws IOException {
    home = dir.resolve("a house with spaces");
    Files.createDirectories(home.resolve(".mvn"));
    Files.createDirectories(home.resolve("apps/cli/src/main/java"));
    Files.createDirectories(home.resolve("apps/cli/target"));
    Files.writeString(home.resolve("pom.xml"), "<project/>");
    Files.writeString(home.resolve("apps/cli/src/main/java/Trivet.java"), "class Trivet {}");
    Files.writeString(home.resolve("apps/cli/target/cli-0.jar"), "");
    Files.copy(REPOSITORY.resolve(".mvn/jdk25.sh"), home.resolve(".mvn/jdk25.sh"));
    Files.copy(REPOSITORY.resolve("trivet"), home.resolve("trivet"));
    script(home.resolve("mvnw"), """
        echo built >>"$(dirname "$0")/builds"
        for a in "$@"; do case $a in -Dtrivet.dist=*) mkdir -p "${a#-Dtrivet.dist=}/lib" ;; esac; done
        [ ! -e "$(dirname "$0")/broken" ] || { echo "[ERROR] it does not compile"; exit 1; }
        """);
    jdk = dir.resolve("jdk 25");
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
    script(jdk.resolve("bin/javac"), "exit 0\n");
    script(jdk.resolve("bin/java"), """
        case "$*" in *" rehearse "*) exit 1 ;; esac
        printf '%s\\n' "$@"
        exit 7
        """);
  }

  private static void script(Path file, String body) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + body);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Said launch(Path from, String java, String... command) throws IOException, InterruptedException {
    Path out = dir.resolve("out");
    Path err = dir.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(command).directory(from.toFile())
        .redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeIf(k -> k.startsWith("TRIVET") || k.equals("JAVA_HOME") || k.equals("JAVA_OPTS"));
    builder.environment().put("TRIVET_JAVA_HOME", java);
    builder.environment().put("TRIVET_JAVA_OPTS", "-Dmine=1 -Dyours=2");
    Process p = builder.start();
    assertThat(p.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Said(p.exitValue(), Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  private Said trivet(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(home.resolve("trivet").toString()));
    command.addAll(List.of(arguments));
    return launch(dir, jdk.toString(), command.toArray(String[]::new));
  }

  private long builds() throws IOException {
    try (var lines = Files.lines(home.resolve("builds"))) {
      return lines.count();
    }
  }

  @Test
  void buildsOnceAndHandsOverArgumentsAsTheyAre() throws IOException, InterruptedException {
    Said first = trivet("device", "add", "a b", "", "$x", "*");
    assertThat(first.err()).startsWith("trivet: building for the first time;").contains("trivet: built in ");
    assertThat(first.code()).as("the command's own exit code").isEqualTo(7);
    List<String> given = first.out().lines().toList();
    assertThat(given).endsWith("io.trivet.cli.Trivet", "device", "add", "a b", "", "$x", "*")
        .contains("-XX:+UseCompactObjectHeaders", "--enable-native-access=ALL-UNNAMED", "-Dmine=1", "-Dyours=2");
    assertThat(given.stream().filter(l -> l.endsWith("/lib/*"))).singleElement().asString()
        .startsWith(home.toRealPath() + "/target/dist/");

    Said second = trivet("status");
    assertThat(second.err()).isEmpty();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void buildsAgainWhenASourceIsNewerOrGone() throws IOException, InterruptedException {
    trivet("status");
    Path source = home.resolve("apps/cli/src/main/java/Trivet.java");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(1)));
    assertThat(trivet("status").err()).startsWith("trivet: the sources have changed, building again");
    assertThat(builds()).isEqualTo(2);
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().minusSeconds(60)));
    assertThat(trivet("status").err()).isEmpty();
    Files.delete(source);
    Files.setLastModifiedTime(source.getParent(), FileTime.from(Instant.now().plusSeconds(2)));
    assertThat(trivet("status").err()).startsWith("trivet: the sources have changed");
  }

  @Test
  void givesTheServerItsOwnCollector() throws IOException, InterruptedException {
    assertThat(trivet("serve").out()).contains("-XX:+UseParallelGC").doesNotContain("TieredStopAtLevel");
    assertThat(trivet("--debug", "serve").out()).contains("-XX:+UseParallelGC");
    assertThat(trivet("device", "show", "serve").out()).contains("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
  }

  @Test
  void worksThroughSymbolicLinksFromAnywhere() throws IOException, InterruptedException {
    Path bin = Files.createDirectories(dir.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("absolute"), home.resolve("trivet"));
    Files.createSymbolicLink(bin.resolve("relative"), Path.of("absolute"));
    Said said = launch(Path.of("/"), jdk.toString(), bin.resolve("relative").toString(), "status");
    assertThat(said.code()).isEqualTo(7);
    assertThat(said.out()).contains("-Dtrivet.command=" + bin.resolve("relative"));
  }

  @Test
  void saysWhyABuildFailed() throws IOException, InterruptedException {
    Files.writeString(home.resolve("broken"), "");
    Said said = trivet("status");
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.out()).isEmpty();
    assertThat(said.err()).contains("[ERROR] it does not compile").contains("all of it is in ");
    Files.delete(home.resolve("broken"));
    assertThat(trivet("status").code()).as("a later build is tried again").isEqualTo(7);
  }

  @Test
  void doesNotWaitForABuildThatWasKilled() throws IOException, InterruptedException {
    Path lock = Files.createDirectories(home.resolve("target/dist/lock"));
    Files.writeString(lock.resolve("pid"), "4194304"); // above any process id
    assertThat(trivet("status").code()).isEqualTo(7);
    assertThat(lock).doesNotExist();
  }

  @Test
  void saysWhatToInstallWithoutAJdk25() throws IOException, InterruptedException {
    Path bare = Files.createDirectories(dir.resolve("bare"));
    // A script of its own stands in for a machine without any JDK 25, wherever this test runs.
    String finder = Files.readString(home.resolve(".mvn/jdk25.sh"))
        .replaceAll("(?s)/usr/lib/jvm/\\*.*?/\\.jdks/\\*", "");
    assertThat(finder).doesNotContain("/opt/java");
    Files.writeString(home.resolve(".mvn/jdk25.sh"), finder);
    ProcessBuilder builder = new ProcessBuilder("/bin/sh", home.resolve("trivet").toString(), "serve")
        .redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("HOME", bare.toString());
    builder.environment().put("PATH", path(bare));
    Process p = builder.start();
    String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(p.waitFor()).isEqualTo(1);
    assertThat(said).startsWith("Trivet needs a JDK 25, and none was found").contains("apt-get install openjdk-25-jdk");
    assertThat(home.resolve("builds")).doesNotExist();
  }

  /// A directory with the few programs the launcher uses, and no javac.
  private static String path(Path bare) throws IOException {
    for (String program : List.of("dirname", "cat", "readlink", "grep")) {
      for (String where : List.of("/usr/bin/", "/bin/")) {
        if (Files.exists(Path.of(where + program)) && !Files.exists(bare.resolve(program))) {
          script(bare.resolve(program), "exec " + where + program + " \"$@\"\n");
        }
      }
    }
    return bare.toString();
  }
}

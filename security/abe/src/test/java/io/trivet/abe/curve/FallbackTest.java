package io.trivet.abe.curve;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.abe.PublicKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What a process of its own chooses, on a system where blst cannot be called and where it may not be.
class FallbackTest {
  /// Says what was chosen.
  public static void main(String[] arguments) {
    System.out.println(PublicKey.arithmetic());
  }

  private static String said(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), FallbackTest.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return said;
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void takesBlstWhereItMayBeCalled() throws Exception {
    assertThat(said("--enable-native-access=ALL-UNNAMED")).isEqualTo("blst: its functions can be called here");
  }

  @Test
  void takesJavaWhereTheLibraryHasNoFunctions() throws Exception {
    assertThat(said("--enable-native-access=ALL-UNNAMED", "-Dos.name=Windows 11"))
        .startsWith("java: blst cannot be called here: ")
        .endsWith("jblst exports no C functions on windows 11");
  }

  @Test
  void takesJavaWhereNativeCodeIsForbidden() throws Exception {
    assertThat(said("--illegal-native-access=deny"))
        .startsWith("java: blst cannot be called here: java.lang.IllegalCallerException");
  }

  @Test
  void saysSoWhereBlstIsAskedForInVain() throws Exception {
    assertThat(said("--illegal-native-access=deny", "-Dio.trivet.abe.curve=blst"))
        .contains("IllegalStateException: blst cannot be called here");
  }
}

package io.trivet.server.config;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// No file, whatever is in it, does more than be read or be refused with an explanation.
@NullMarked
class ConfigFuzzTest {
  @FuzzTest
  void readsOrRefuses(byte[] file) {
    judge(new String(file, java.nio.charset.StandardCharsets.UTF_8));
  }

  /// What other configuration parsers fell over: deep nesting, anchors that multiply, odd scalars, broken text.
  @ParameterizedTest
  @ValueSource(strings = {
      "mqtt: &a\n  receive-maximum: &b 3\nlog: *a\n",
      "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n",
      "mqtt:\n  receive-maximum: !!java.lang.String 3\n",
      "!!javax.script.ScriptEngineManager []\n",
      "mqtt:\n  receive-maximum: !!binary AAAA\n",
      "? [a, b]\n: c\n",
      "mqtt:\n  ? receive-maximum\n  : 3\n",
      "<<: {mqtt: 1}\n",
      "%YAML 9.9\n---\nlog: {}\n",
      "\u0000\u0001", "\uFEFFlog:\n  level: info\n", "log: {level: info", "--- ---", "...", "'", "\t\t\t",
      "mqtt:\n  packet-bytes-max: 99999999999999999999999\n",
      "limits:\n  session-expiry-max: 999999999999d\n",
      "mqtt: {receive-maximum: .inf, topic-levels-max: 0x10, topic-bytes-max: 1_0}\n",
  })
  void readsOrRefusesWhatOthersFellOver(String file) {
    judge(file);
  }

  @org.junit.jupiter.api.Test
  void refusesNestingBeyondItsLimit() {
    judge("[".repeat(100_000));
    judge("{a: ".repeat(100_000));
    judge("mqtt:\n" + "  ".repeat(5_000) + "a: b\n");
  }

  private static void judge(String file) {
    try {
      Config c = Config.parse(file, Path.of("/"));
      Config.parse(OptionText.yaml(c), Path.of("/"));
    } catch (ConfigException e) {
      String message = e.getMessage();
      if (message == null || message.isBlank() || message.length() > 100_000) {
        throw new AssertionError("refused without a word", e);
      }
    }
  }
}

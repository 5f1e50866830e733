package io.trivet.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trivet.base.Clock;
import io.trivet.identity.ClientIdRule;
import io.trivet.identity.Registry;
import io.trivet.identity.certificates.CertificateAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whatever comes through the administrative socket is answered by `ok` or by an `error` that says what is wrong.
@NullMarked
class AdminProtocolFuzzTest {
  @TempDir private static Path dir = Path.of("");

  private static ObjectNode answer(String line) throws IOException {
    Path data = Files.createTempDirectory(dir, "data");
    Clock clock = new Clock() {
      @Override
      public long monotonicNanos() {
        return 0;
      }

      @Override
      public long wallMillis() {
        return 1_800_000_000_000L;
      }
    };
    DeviceCommands devices = new DeviceCommands(Registry.open(data.resolve("devices.json")),
        CertificateAuthority.openOrCreate(data.resolve("ca"), Instant.ofEpochMilli(clock.wallMillis())),
        data.resolve("devices"), target -> java.util.Arrays.fill(target, (byte) 7), clock, ClientIdRule.SAME, () -> {});
    try (Admin admin = new LocalAdmin(devices, Map.of(), () -> {});
        AdminServer server = AdminServer.open(data.resolve("s"), admin)) {
      return server.answer(line);
    }
  }

  private static void judge(String line) throws IOException {
    ObjectNode answer = answer(line);
    assertThat(answer.has("ok")).as(line).isNotEqualTo(answer.has("error"));
    if (answer.has("error")) {
      assertThat(answer.path("error").asText()).as(line).isNotBlank().doesNotContain("internal error");
    }
  }

  @FuzzTest
  void answersAnything(byte[] line) throws IOException {
    judge(new String(line, StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "", " ", "null", "[]", "3", "\"text\"", "{", "{}", "{\"v\":1}", "{\"v\":1,\"command\":null}", "\u0000",
      "{\"v\":1,\"command\":\"device.add\"}",
      "{\"v\":1,\"command\":\"device.add\",\"arguments\":[]}",
      "{\"v\":1,\"command\":\"device.add\",\"arguments\":{\"id\":{\"a\":1}}}",
      "{\"v\":1,\"command\":\"device.add\",\"arguments\":{\"id\":\"../../x\",\"certificate\":true}}",
      "{\"v\":1,\"command\":\"device.add\",\"arguments\":{\"id\":\"a\",\"attributes\":[1,2],\"groups\":{\"a\":1}}}",
      "{\"v\":1,\"command\":\"device.add\",\"arguments\":{\"id\":\"a\",\"attributes\":{\"ward\":{}},\"groups\":[null]}}",
      "{\"v\":1,\"command\":\"device.add\",\"arguments\":{\"id\":\"a\",\"psk\":\"zz\"}}",
      "{\"v\":1,\"command\":\"device.add\",\"arguments\":{\"id\":\"a\",\"psk\":\"00\"}}",
      "{\"v\":1,\"command\":\"device.add\",\"arguments\":{\"id\":\"a\",\"outside\":3}}",
      "{\"v\":1,\"command\":\"device.set\",\"arguments\":{\"id\":\"nobody\"}}",
      "{\"v\":1,\"command\":\"device.rotate\",\"arguments\":{}}",
      "{\"v\":1,\"command\":\"stop\",\"arguments\":{}}",
      "{\"v\":1,\"command\":\"no such thing\",\"arguments\":{}}",
  })
  void answersWhatIsOdd(String line) throws IOException {
    judge(line);
  }

  @Test
  void answersNestingBeyondItsLimit() throws IOException {
    judge("[".repeat(100_000));
    judge("{\"v\":1,\"arguments\":" + "{\"a\":".repeat(50_000));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
      "{\"v\":2,\"command\":\"device.list\"}|a request of version 2, this server speaks 1: use the command line of the "
          + "same release",
      "not json|no JSON",
      "{\"v\":1,\"command\":\"status\",\"arguments\":{}}|no server runs on this data directory: start it with "
          + "'trivet serve'",
  })
  void saysWhatIsWrong(String line, String error) throws IOException {
    assertThat(answer(line).path("error").asText()).isEqualTo(error);
  }
}

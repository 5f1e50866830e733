package io.trivet.net.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.net.transport.Program;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a stack that is not Scandium makes of our server.
final class OpenSslTest {
  private static Program run(SocketServer server, String cipher, String identity, String key) throws Exception {
    return Program.run("hello from openssl\n", "timeout", "8", "openssl", "s_client", "-dtls1_2", "-quiet",
        "-connect", "127.0.0.1:" + server.address.getPort(), "-psk_identity", identity,
        "-psk", HexFormat.of().formatHex(key.getBytes(StandardCharsets.UTF_8)),
        "-cipher", cipher + ":@SECLEVEL=0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PSK-AES128-CCM8", "PSK-AES128-CCM", "PSK-AES128-GCM-SHA256", "PSK-AES256-GCM-SHA384"})
  void conversesByAPreSharedKey(String cipher) throws Exception {
    try (SocketServer server = new SocketServer(PreSharedKeyTest.QUICK, PreSharedKeyTest.KEYS)) {
      Program p = run(server, cipher, "lamp", "a key of the lamp");
      assertThat(server.counters.handshakes.sum()).as(p.output()).isEqualTo(1);
      assertThat(p.output()).contains("hello from openssl");
      assertThat(server.seen.getFirst().peer().protection())
          .contains(cipher.contains("CCM8") ? "CCM_8" : cipher.contains("CCM") ? "CCM" : "GCM");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lamp", "nobody"})
  void isAnsweredAlikeForAWrongKeyAndAnUnknownIdentity(String identity) throws Exception {
    try (SocketServer server = new SocketServer(PreSharedKeyTest.QUICK, PreSharedKeyTest.KEYS)) {
      Program p = run(server, "PSK-AES128-CCM8", identity, "not that key");
      assertThat(p.output()).doesNotContain("alert");
      assertThat(server.counters.handshakes.sum()).isZero();
      assertThat(server.failures).isNotEmpty().allMatch(f -> f.startsWith("PSK_"));
    }
  }
}

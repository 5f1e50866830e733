package io.trivet.lab.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What `openssl s_client` gets to see: versions, suites, the certificate, the stapled status.
@Tag("slow")
class OpenSslTest {
  private static final LabServer SERVER = new LabServer();
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @BeforeAll
  static void start() {
    SERVER.start();
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private record Seen(int code, String output) {}

  private static Seen look(String kind, String... options) {
    List<String> all = new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + SERVER.port(kind),
        "-CAfile", SERVER.authority().toString(), "-verify_return_error"));
    all.addAll(List.of(options));
    try (Command c = Command.start(all.toArray(String[]::new))) {
      int code = c.awaitExit(PATIENCE);
      return new Seen(code, String.join("\n", c.output()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mqtts", "wss"})
  void speaksTls13AndProvesItsName(String kind) {
    Seen seen = look(kind, "-tls1_3", "-verify_hostname", "localhost");
    assertThat(seen.code()).as(seen.output()).isZero();
    assertThat(seen.output()).contains("TLSv1.3").contains("Verify return code: 0 (ok)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"})
  void speaksTls12WithForwardSecrecyAndAuthenticatedEncryption(String suite) {
    Seen seen = look("mqtts", "-tls1_2", "-cipher", suite);
    assertThat(seen.code()).as(seen.output()).isZero();
    assertThat(seen.output()).contains("Cipher is " + suite);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_1", "-tls1"})
  void speaksNothingOlder(String version) {
    Seen seen = look("mqtts", version, "-cipher", "ALL:@SECLEVEL=0");
    assertThat(seen.output()).contains("Cipher is (NONE)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "aNULL", "eNULL", "RC4",
      "3DES"})
  void offersNoWeakSuite(String suite) {
    Seen seen = look("mqtts", "-tls1_2", "-cipher", suite + ":@SECLEVEL=0");
    assertThat(seen.code()).as(seen.output()).isNotZero();
  }

  @Test
  void staplesTheStatusOfItsCertificate() {
    Seen seen = look("mqtts", "-tls1_3", "-status");
    assertThat(seen.output()).contains("OCSP Response Status: successful").contains("Cert Status: good");
  }

  @Test
  void speaksPreSharedKeysInTls12() {
    LabServer.PreSharedKey psk = SERVER.preSharedKey("openssl");
    for (String suite : List.of("ECDHE-PSK-CHACHA20-POLY1305", "PSK-AES128-GCM-SHA256", "PSK-AES128-CCM8")) {
      Seen seen = look("psk", "-tls1_2", "-cipher", suite + ":@SECLEVEL=0", "-psk_identity", psk.identity(),
          "-psk", psk.key());
      assertThat(seen.output()).as(suite).contains("TLSv1.2");
    }
    Seen wrong = look("psk", "-tls1_2", "-psk_identity", "nobody", "-psk", psk.key());
    assertThat(wrong.code()).isNotZero();
  }
}

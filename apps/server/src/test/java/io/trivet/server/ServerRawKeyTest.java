package io.trivet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trivet.base.Bytes;
import io.trivet.identity.OwnerOnly;
import io.trivet.identity.certificates.RawKeys;
import io.trivet.net.dtls.DtlsKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerRawKeyTest {
  @TempDir Path dir;

  private Path certificate(String... kind) throws IOException, InterruptedException {
    Path chain = Files.createTempFile(dir, "server", ".crt");
    ProcessBuilder made = new ProcessBuilder("openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=server",
        "-keyout", dir.resolve("server.key").toString(), "-out", chain.toString());
    made.command().addAll(List.of(kind));
    assertThat(made.redirectErrorStream(true).redirectOutput(dir.resolve("log").toFile()).start().waitFor()).isZero();
    return chain;
  }

  private Path rsa() throws IOException, InterruptedException {
    return certificate("-newkey", "rsa:2048");
  }

  private Path onP256() throws IOException, InterruptedException {
    return certificate("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1");
  }

  private static Bytes der(PublicKey key) {
    return Bytes.wrap(key.getEncoded());
  }

  @Test
  void keepsItsOwnPairWhileTheCertificateIsOfAnotherKind() throws IOException, InterruptedException {
    DataDirectory data = DataDirectory.openOrCreate(dir.resolve("data"));
    Path rsa = rsa();
    DtlsKeys.RawKey first = ServerRawKey.openOrCreate(data, rsa).orElseThrow();
    assertThat(ServerRawKey.openOrCreate(data, onP256())).isEmpty();
    assertThat(RawKeys.parse(Files.readString(data.file("server-rpk.pem")))).isNotEqualTo(der(first.open()));
    Optional<DtlsKeys.RawKey> again = ServerRawKey.openOrCreate(data, rsa);
    assertThat(der(again.orElseThrow().open())).isEqualTo(der(first.open()));
    assertThat(RawKeys.parse(Files.readString(data.file("server-rpk.pem")))).isEqualTo(der(first.open()));
  }

  @Test
  void refusesAPublicHalfOfAnotherPair() throws IOException, InterruptedException {
    DataDirectory data = DataDirectory.openOrCreate(dir.resolve("data"));
    Path rsa = rsa();
    ServerRawKey.openOrCreate(data, rsa);
    String another = RawKeys.pem(RawKeys.generate().getPublic());
    OwnerOnly.write(data.file("server-rpk.own.pem"), another.getBytes(StandardCharsets.US_ASCII));
    assertThatThrownBy(() -> ServerRawKey.openOrCreate(data, rsa)).hasMessageContaining("no pair");
  }
}

package io.trivet.net.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.coap.stream.StreamLimits;
import io.trivet.net.transport.ListenerSpec.Kind;
import io.trivet.net.transport.ListenerSpec.MutualTls;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 8323 as libcoap understands it (Debian's libcoap3-bin).
class LibcoapStreamsTest {
  private final Pki pki = new Pki();

  @TempDir Path files;

  private CoapServer server() {
    return new CoapServer(pki, StreamLimits.DEFAULT);
  }

  private static String run(List<String> options, String uri) throws Exception {
    List<String> command = new ArrayList<>(options);
    command.add(uri);
    return Program.run("", command.toArray(String[]::new)).output();
  }

  private static String uri(String scheme, int port, String path) {
    return scheme + "://127.0.0.1:" + port + "/" + path;
  }

  private String file(String name, byte[] content) throws Exception {
    Path p = files.resolve(name);
    Files.write(p, content);
    return p.toString();
  }

  private List<String> trusting(String program) throws Exception {
    return new ArrayList<>(List.of(program, "-B", "5", "-R",
        file("root.pem", Pki.pem("CERTIFICATE", Pki.encoded(pki.root)).getBytes(StandardCharsets.US_ASCII))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"coap-client-openssl", "coap-client-gnutls"})
  void getsAndPostsOverTcp(String program) throws Exception {
    try (CoapServer s = server()) {
      int port = s.open(TestServer.spec(Kind.PLAIN));
      assertThat(run(List.of(program, "-B", "5"), uri("coap+tcp", port, "hello"))).contains("hello");
      assertThat(run(List.of(program, "-B", "5"), uri("coap+tcp", port, "slow"))).contains("at last");
      assertThat(run(List.of(program, "-B", "5"), uri("coap+tcp", port, "missing"))).contains("4.04");
      assertThat(run(List.of(program, "-B", "5", "-m", "post", "-e", "to and fro"), uri("coap+tcp", port, "echo")))
          .contains("to and fro");
      Awaitility.await().until(() -> s.streams.connections() == 0);
    }
  }

  @Test
  void sendsALargePayloadWholeSinceTheServerTakesIt() throws Exception {
    try (CoapServer s = server()) {
      int port = s.open(TestServer.spec(Kind.PLAIN));
      byte[] large = "0123456789".repeat(30_000).getBytes(StandardCharsets.US_ASCII);
      Path got = files.resolve("got");
      List<String> post = List.of("coap-client-openssl", "-B", "8", "-m", "post", "-f", file("large", large), "-o",
          got.toString());
      String said = run(post, uri("coap+tcp", port, "echo"));
      assertThat(got).as(said).hasBinaryContent(large);
    }
  }

  @Test
  void observesOverTcp() throws Exception {
    try (CoapServer s = server()) {
      int port = s.open(TestServer.spec(Kind.PLAIN));
      Process observer =
          new ProcessBuilder("coap-client-openssl", "-B", "5", "-s", "4", "-w", uri("coap+tcp", port, "obs"))
              .redirectErrorStream(true).start();
      Awaitility.await().until(() -> s.observers.get() == 1);
      for (String news : List.of("one", "two", "three")) {
        run(List.of("coap-client-openssl", "-B", "5", "-m", "put", "-e", news), uri("coap+tcp", port, "obs"));
      }
      // After its time it cancels by a request, and leaves.
      Awaitility.await().until(() -> s.observers.get() == 0);
      assertThat(observer.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(new String(observer.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .containsSubsequence("first", "one", "two", "three");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"coap-client-openssl", "coap-client-gnutls"})
  void provesTheServerOverTls(String program) throws Exception {
    try (CoapServer s = server()) {
      int port = s.open(TestServer.spec(Kind.TLS));
      assertThat(run(trusting(program), uri("coaps+tcp", port, "hello"))).contains("hello");
    }
  }

  @Test
  void provesTheDeviceOverMutualTls() throws Exception {
    try (CoapServer s = server()) {
      int port = s.open(TestServer.spec(Kind.TLS).withMutualTls(MutualTls.REQUIRED));
      Pki.Identity lamp = pki.issue("lamp-7");
      List<String> options = trusting("coap-client-openssl");
      options.addAll(List.of("-c", file("own.pem", lamp.chainPem().toArray()),
          "-j", file("own.key", lamp.keyPem().expose(byte[]::clone))));
      assertThat(run(options, uri("coaps+tcp", port, "who"))).contains("you are lamp-7");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"coap-client-openssl", "coap-client-gnutls"})
  void provesTheDeviceByAPreSharedKey(String program) throws Exception {
    try (CoapServer s = server()) {
      int port = s.open(TestServer.spec(Kind.PSK));
      assertThat(run(List.of(program, "-B", "5", "-u", "lamp-1", "-k", CoapServer.KEY), uri("coaps+tcp", port, "who")))
          .contains("you are lamp-1");
      assertThat(run(List.of(program, "-B", "5", "-u", "stranger", "-k", CoapServer.KEY), uri("coaps+tcp", port, "who")))
          .doesNotContain("you are");
    }
  }
}

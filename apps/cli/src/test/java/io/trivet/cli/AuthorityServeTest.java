package io.trivet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivet.server.DataDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The authority's service, asked by our own command, by curl and by openssl.
@NullMarked
class AuthorityServeTest {
  private static final Pattern URL = Pattern.compile("at (https://127\\.0\\.0\\.1:(\\d+))");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path home = Path.of("");
  private AuthorityCli cli = new AuthorityCli(Path.of(""));
  private Cli server = new Cli(Path.of(""));
  private final StringWriter said = new StringWriter();
  private final StringWriter heard = new StringWriter();
  private Thread service = Thread.ofPlatform().unstarted(() -> {});
  private String url = "";
  private int port;

  @BeforeEach
  void serve() throws Exception {
    cli = new AuthorityCli(home);
    Path data = home.resolve("data");
    DataDirectory.openOrCreate(data);
    server = new Cli(data);
    server.ok("device", "add", "lamp-1", "--cert", "--attr", "ward=7");
    server.ok("device", "add", "lamp-2", "--cert");
    server.ok("device", "add", "lamp-3", "--cert");
    cli.keyed("init");
    cli.ok("device-key", "lamp-1", "--out", home.toString());
    cli.ok("device-key", "lamp-2", "--out", home.toString());
    cli.keyed("issue", "--registry", data.resolve("devices.json").toString(), "lamp-1", "--keys", home.toString());
    cli.keyed("issue", "lamp-2", "--attributes", "ward:8", "--key", home.resolve("lamp-2.pub").toString());
    service = Thread.ofPlatform().start(() -> Trivet.commandLine(
        new PrintWriter(said, true), new PrintWriter(heard, true), "authority").execute("authority", "serve", "--dir",
        cli.dir().toString(), "--data", data.toString(), "--listen", "127.0.0.1:0"));
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Matcher m = URL.matcher(said.toString());
    while (!m.find()) {
      assertThat(System.nanoTime()).as(heard.toString()).isLessThan(deadline);
      Thread.sleep(20);
      m = URL.matcher(said.toString());
    }
    url = m.group(1);
    port = Integer.parseInt(m.group(2));
  }

  @AfterEach
  void stop() throws InterruptedException {
    service.interrupt();
    assertThat(service.join(PATIENCE)).as("stops").isTrue();
  }

  private Path own(String device, String ending) {
    return server.data().resolve("devices").resolve(device).resolve(device + ending);
  }

  private String[] fetch(String device, String as) {
    return new String[] {"fetch", "--server", url, "--cafile", own(device, ".crt").resolveSibling("ca.crt").toString(),
      "--cert", own(device, ".crt").toString(), "--cert-key", own(device, ".key").toString(), "--device-key",
      home.resolve(as + ".device-key").toString(), "--out", home.resolve(device + ".abe").toString()};
  }

  private record Ran(int exit, String output) {}

  private Ran run(String stdin, List<String> command) throws IOException, InterruptedException {
    Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
    p.getOutputStream().write(stdin.getBytes(StandardCharsets.UTF_8));
    p.getOutputStream().close();
    String output = new String(p.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    if (!p.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      p.destroyForcibly();
      throw new IOException(command.getFirst() + " did not end: " + output);
    }
    return new Ran(p.exitValue(), output);
  }

  private Ran curl(String device, String path, String... more) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "15", "-w", "\n%{http_code}", "--cacert",
        server.data().resolve("ca/ca.crt").toString()));
    if (!device.isEmpty()) {
      command.addAll(List.of("--cert", own(device, ".crt").toString(), "--key", own(device, ".key").toString()));
    }
    command.addAll(List.of(more));
    command.add(url + path);
    return run("", command);
  }

  @Test
  void handsEachDeviceItsOwnKey() throws Exception {
    assertThat(cli.ok(fetch("lamp-1", "lamp-1"))).isEqualTo(
        "lamp-1 reads epoch 1 of authority ID for device:lamp-1, epoch:1, ward:7: HOME/lamp-1.abe\n");
    assertThat(cli.ok(fetch("lamp-2", "lamp-2"))).contains("for epoch:1, ward:8: ");
    assertThat(cli.refused(fetch("lamp-2", "lamp-1"))).contains("was sealed for another device key");
    assertThat(cli.refused(fetch("lamp-3", "lamp-1"))).endsWith("no key was issued to this device yet (404): "
        + "'trivet authority issue' at the authority");
    cli.keyed("rotate");
    assertThat(cli.ok(fetch("lamp-1", "lamp-1"))).contains("reads epoch 2");
    cli.keyed("revoke", "lamp-1");
    assertThat(cli.refused(fetch("lamp-1", "lamp-1"))).endsWith("this device was revoked (410)");
    // An answer is logged once it is sent, so who asked may be faster.
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!heard.toString().contains(" 410 lamp-1 /v1/key revoked\n") && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
    assertThat(heard.toString()).contains(" 200 lamp-1 /v1/key\n").contains(" 410 lamp-1 /v1/key revoked\n");
  }

  @Test
  void speaksWithCurl() throws Exception {
    Ran parameters = curl("lamp-1", "/v1/parameters", "-D", "-");
    assertThat(parameters.output()).contains("HTTP/1.1 200 OK").containsIgnoringCase("Content-Type: application/cbor");
    String tag = parameters.output().replaceAll("(?s).*[Ee][Tt]ag: (\"[0-9a-f]{32}-1\").*", "$1");
    assertThat(curl("lamp-1", "/v1/parameters", "-H", "If-None-Match: " + tag)).isEqualTo(new Ran(0, "\n304"));
    assertThat(curl("lamp-1", "/v1/health")).isEqualTo(new Ran(0, "{\"epoch\": 1, \"devices\": 2}\n\n200"));
    Path fetched = home.resolve("fetched");
    assertThat(curl("lamp-1", "/v1/key", "-o", fetched.toString())).isEqualTo(new Ran(0, "\n200"));
    assertThat(fetched).hasSameBinaryContentAs(cli.dir().resolve("keys/lamp-1.1.abe.sealed"));
    assertThat(curl("lamp-1", "/other").output()).endsWith("\n404");
    assertThat(curl("lamp-1", "/v1/key/../../master.key", "--path-as-is").output()).endsWith("\n404");
    assertThat(curl("lamp-1", "/v1/key", "-X", "DELETE").output()).endsWith("\n405");
    assertThat(curl("lamp-1", "/v1/key", "-d", "a body").output()).endsWith("\n413");
    assertThat(curl("lamp-1", "/v1/key", "-H", "X: " + "x".repeat(20_000)).output()).doesNotContain("200");
  }

  @Test
  void refusesWhoShowsNoCertificateOrAnothers() throws Exception {
    Ran none = curl("", "/v1/parameters");
    assertThat(none.exit()).as(none.output()).isNotZero();
    Path key = home.resolve("m.key");
    Path cert = home.resolve("m.crt");
    assertThat(run("", List.of("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-subj", "/CN=lamp-1", "-addext", "subjectAltName=URI:urn:trivet:device:lamp-1", "-days", "2", "-keyout",
        key.toString(), "-out", cert.toString())).exit()).isZero();
    Ran forged = curl("", "/v1/key", "--cert", cert.toString(), "--key", key.toString());
    assertThat(forged.exit()).as(forged.output()).isNotZero();
  }

  @Test
  void refusesARevokedCertificateAlsoOnAConnectionThatIsOpen() throws Exception {
    assertThat(curl("lamp-1", "/v1/health").output()).endsWith("\n200");
    server.ok("device", "rotate", "lamp-2", "--cert", "--out", home.resolve("new").toString());
    Ran revoked = curl("lamp-2", "/v1/health");
    assertThat(revoked.output()).doesNotContain("epoch");
    server.ok("device", "block", "lamp-1");
    assertThat(curl("lamp-1", "/v1/health").output()).endsWith("\n403");
    server.ok("device", "unblock", "lamp-1");
    assertThat(curl("lamp-1", "/v1/health").output()).endsWith("\n200");
  }

  @Test
  void resumesNoSessionOfARevokedDevice() throws Exception {
    Path session = home.resolve("session");
    List<String> base = List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port, "-CAfile",
        server.data().resolve("ca/ca.crt").toString(), "-verify_return_error", "-ign_eof", "-cert",
        own("lamp-2", ".crt").toString(), "-key", own("lamp-2", ".key").toString());
    String request = "GET /v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    List<String> first = new ArrayList<>(base);
    first.addAll(List.of("-sess_out", session.toString()));
    Ran before = run(request, first);
    assertThat(before.output()).contains("TLSv1.3").contains("Verification: OK").contains("\"epoch\": 1");
    assertThat(session).exists();
    // Its certificate is replaced, which revokes the one that the session was made with.
    server.ok("device", "rotate", "lamp-2", "--cert", "--out", home.resolve("new").toString());
    List<String> again = new ArrayList<>(base);
    again.addAll(List.of("-sess_in", session.toString()));
    Ran after = run(request, again);
    assertThat(after.output()).doesNotContain("\"epoch\"");
  }

  @Test
  void speaksTls13AndNothingOlder() throws Exception {
    Ran old = run("", List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port, "-tls1_2", "-cert",
        own("lamp-1", ".crt").toString(), "-key", own("lamp-1", ".key").toString()));
    assertThat(old.exit()).as(old.output()).isNotZero();
    assertThat(old.output()).contains("alert");
  }

  @Test
  void holdsBackWhoAsksTooOften() throws Exception {
    List<String> all = new ArrayList<>();
    Ran many = curl("lamp-1", "/v1/health?[1-20]", "-w", "%{http_code}\n", "-o", "/dev/null");
    many.output().lines().forEach(all::add);
    assertThat(all).contains("200").contains("429");
    assertThat(all.stream().filter("200"::equals).count()).isBetween(10L, 14L);
    assertThat(curl("lamp-2", "/v1/health").output()).as("another device is not held back").endsWith("\n200");
  }
}

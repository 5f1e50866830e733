package io.trivet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Request;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `trivet coap` as a person runs it, before a small server on loopback.
@NullMarked
class CoapCommandTest {
  @TempDir Path dir;
  private CoapServer server = newServer();

  private static CoapServer newServer() {
    try {
      return new CoapServer();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @BeforeEach
  void forget() {
    server.requests.clear();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private record Ended(int code, String out, String err) {}

  private static Ended run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] all = new String[args.length + 1];
    all[0] = "coap";
    System.arraycopy(args, 0, all, 1, args.length);
    int code = Trivet.commandLine(new PrintWriter(out), new PrintWriter(err, true)).execute(all);
    return new Ended(code, out.toString(), err.toString());
  }

  private Request asked() {
    Request r = server.requests.poll();
    if (r == null) {
      throw new AssertionError("nothing was asked");
    }
    return r;
  }

  @Test
  void printsThePayloadAsItIs() {
    assertThat(run("get", server.uri("/temperature"))).isEqualTo(new Ended(0, "22.5 °C", ""));
    assertThat(asked().confirmable()).isTrue();
    assertThat(run("get", "--non", server.uri("/temperature"))).isEqualTo(new Ended(0, "22.5 °C", ""));
    assertThat(asked().confirmable()).isFalse();
  }

  @Test
  void printsBytesThatAreNoTextByteForByte() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream before = System.out;
    try {
      System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
      assertThat(run("get", server.uri("/binary"))).isEqualTo(new Ended(0, "", ""));
    } finally {
      System.setOut(before);
    }
    assertThat(bytes.toByteArray()).isEqualTo(Bytes.hex("00ff80fe0a").toArray());
  }

  @Test
  void printsAllOfAResponseAsJson() throws IOException {
    Ended e = run("get", "--output", "json", server.uri("/temperature"));
    assertThat(e).isEqualTo(new Ended(0, "{\"code\":\"2.05\",\"name\":\"Content\",\"options\":[{\"number\":12,"
        + "\"name\":\"Content-Format\",\"value\":0}],\"payload\":\"22.5 °C\"}" + System.lineSeparator(), ""));
    JsonNode binary = new ObjectMapper().readTree(run("get", "--output", "json", server.uri("/binary")).out());
    assertThat(binary.path("payloadBase64").binaryValue()).isEqualTo(Bytes.hex("00ff80fe0a").toArray());
    Ended missing = run("get", "--output", "json", server.uri("/nothing"));
    assertThat(missing.code()).isEqualTo(Trivet.FAILED);
    assertThat(missing.out()).startsWith("{\"code\":\"4.04\"");
  }

  @Test
  void tellsErrorsOnStandardError() {
    assertThat(run("get", server.uri("/nothing"))).isEqualTo(new Ended(1, "",
        "trivet: the server answered 4.04 Not Found: there is no /nothing" + System.lineSeparator()));
  }

  @ParameterizedTest
  @CsvSource({"put, PUT", "post, POST", "fetch, FETCH", "patch, PATCH", "ipatch, iPATCH"})
  void sendsEachMethodWithItsPayload(String command, String method) {
    assertThat(run(command, server.uri("/once"), "-m", "on ü", "-t", "application/json")).isEqualTo(new Ended(0, "", ""));
    Request r = asked();
    assertThat(r.method().toString()).endsWith(method);
    assertThat(r.payload()).isEqualTo(Bytes.utf8("on ü"));
    assertThat(r.options().contentFormat()).isEqualTo(50);
  }

  @Test
  void deletes() {
    assertThat(run("delete", server.uri("/once")).code()).isZero();
    assertThat(asked().method()).isEqualTo(Code.DELETE);
  }

  @Test
  void takesThePayloadFromWhereItIsTold() throws IOException {
    Path file = Files.write(dir.resolve("p"), new byte[] {0, 1, (byte) 0xff});
    assertThat(run("put", server.uri("/once"), "-f", file.toString()).code()).isZero();
    assertThat(asked().payload()).isEqualTo(Bytes.hex("0001ff"));
    assertThat(run("put", server.uri("/once"), "--payload-hex", "cafe").code()).isZero();
    assertThat(asked().payload()).isEqualTo(Bytes.hex("cafe"));
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream(new byte[] {9, 8}));
      assertThat(run("put", server.uri("/once"), "--stdin").code()).isZero();
    } finally {
      System.setIn(before);
    }
    assertThat(asked().payload()).isEqualTo(Bytes.hex("0908"));
  }

  @Test
  void sendsEveryOptionItIsGiven() {
    assertThat(run("get", "coap://localhost:" + server.port() + "/temperature?a=1&b=%26", "-q", "c=3", "-a", "60",
        "--etag", "0102", "--if-match", "", "--if-match", "ff", "--if-none-match", "-o", "2050=0xbeef", "-o",
        "size2=300", "-o", "65000=7").code()).isZero();
    assertThat(asked().options().toString()).isEqualTo("IF_MATCH=0 B [], IF_MATCH=1 B [ff], URI_HOST=\"localhost\","
        + " ETAG=2 B [0102], IF_NONE_MATCH=0 B [], URI_PATH=\"temperature\", URI_QUERY=\"a=1\", URI_QUERY=\"b=&\","
        + " URI_QUERY=\"c=3\", ACCEPT=60, SIZE2=300, option 2050=2 B [beef], option 65000=1 B [07]");
  }

  @Test
  void waitsForASeparateResponse() {
    Ended e = run("get", "-v", server.uri("/slow"));
    assertThat(e.code()).isZero();
    assertThat(e.out()).isEqualTo("at last");
    assertThat(e.err().lines().map(l -> l.replaceAll("\\[\\w+]|token \\w+|(to|from) /\\S+", "").replaceAll(" +", " ")
        .strip()).toList()).containsExactly("--> CON 0.01 GET {URI_PATH=\"slow\"}", "<-- ACK",
        "<-- CON 2.05 Content {CONTENT_FORMAT=0} 7 B \"at last\"", "--> ACK");
  }

  @Test
  void saysWhereNobodyAnswers() {
    assertThat(run("get", "--timeout", "0.3", server.uri("/silent"))).isEqualTo(new Ended(3, "",
        "trivet: coap://127.0.0.1:" + server.port() + ": no answer within 0.3 s" + System.lineSeparator()));
    String closed = server.uri("/temperature");
    server.close();
    assertThat(run("get", closed)).isEqualTo(new Ended(3, "",
        "trivet: " + closed.replace("/temperature", "") + ": nobody listens there" + System.lineSeparator()));
  }

  @Test
  void showsThatItsAddressIsItsOwn() {
    assertThat(run("get", server.uri("/echo"))).isEqualTo(new Ended(0, "it is you", ""));
    assertThat(server.requests).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"0, 10_000", "64, 1_000", "16, 500", "0, 1_024", "0, 1_025", "1024, 0"})
  void carriesLargeBodiesInBlocks(int blockBytes, String length) throws IOException {
    byte[] body = new byte[Integer.parseInt(length.replace("_", ""))];
    new Random(1).nextBytes(body);
    String hex = java.util.HexFormat.of().formatHex(body); // twice as long, and text
    Path file = Files.writeString(dir.resolve("b"), hex);
    String size = blockBytes == 0 ? "1024" : Integer.toString(blockBytes);
    assertThat(run("put", server.uri("/body"), "-f", file.toString(), "-b", size).err()).isEmpty();
    if (hex.length() > Integer.parseInt(size)) {
      assertThat(run("get", server.uri("/body"), "-b", size)).isEqualTo(new Ended(0, hex, ""));
      assertThat(run("get", server.uri("/body"))).isEqualTo(new Ended(0, hex, ""));
    }
  }

  @Test
  void takesTheSmallerBlocksThatTheServerWants() throws IOException {
    Path file = Files.writeString(dir.resolve("b"), "x".repeat(3_000));
    assertThat(run("put", server.uri("/body"), "-f", file.toString()).code()).isZero();
    List<Long> blocks = server.requests.stream().map(r -> r.options().uint(OptionNumber.BLOCK1, -1)).toList();
    // 1:0/1/1024, then from byte 1,024 on 256 at a time
    assertThat(blocks).startsWith(0xEL, 0x4CL, 0x5CL).endsWith(0xB4L);
    assertThat(run("get", server.uri("/body")).out()).isEqualTo("x".repeat(3_000));
  }

  @Test
  void observesInOrderUntilTheServerEndsIt() {
    Ended e = run("observe", server.uri("/counter"));
    assertThat(e.code()).isEqualTo(Trivet.FAILED);
    assertThat(e.out().lines().map(l -> l.replaceFirst("^\\S+T\\S+Z ", "")).toList())
        .containsExactly("1", "2", "4", "5");
    assertThat(e.err()).isEqualTo("trivet: the server answered 4.04 Not Found: counted out" + System.lineSeparator());
  }

  @Test
  void observesAsManyAsAreWanted() throws IOException {
    Ended e = run("observe", "--json", "-C", "2", server.uri("/counter"));
    assertThat(e.code()).isZero();
    assertThat(e.out()).hasLineCount(2);
    JsonNode last = new ObjectMapper().readTree(e.out().lines().toList().getLast());
    assertThat(last.path("payload").asText()).isEqualTo("2");
    assertThat(last.has("received")).isTrue();
    assertThat(run("observe", "-W", "1", server.uri("/temperature")).err())
        .contains("lets nobody observe this");
    assertThat(run("observe", "-W", "1", "-C", "5", server.uri("/silent")).code()).isEqualTo(3);
  }

  @Test
  void listsWhatAServerOffers() {
    assertThat(run("discover", "coap://127.0.0.1:" + server.port())).isEqualTo(new Ended(0, """
        PATH          TYPE                  FORMAT                             OBSERVE  MORE
        /temperature  temperature-c         text/plain                         yes      -
        /ps           core.ps.data core.ps  application/json application/cbor  -        title="topics"
        """, ""));
    assertThat(run("discover", server.uri("/temperature")).err()).contains("give the server alone");
  }

  @Test
  void findsTheServersOfANetwork() throws Exception {
    NetworkInterface loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
    MulticastSocket socket = new MulticastSocket(0);
    socket.joinGroup(new InetSocketAddress(InetAddress.getByName("224.0.1.187"), 0), loopback);
    try (CoapServer member = new CoapServer(socket)) {
      Ended e = run("discover", "--interface", loopback.getName(), "--port", Integer.toString(member.port()), "-W", "1");
      assertThat(e.err()).isEmpty();
      assertThat(e.out()).startsWith("SERVER ").contains("coap://127.0.0.1:" + member.port())
          .contains("/temperature  temperature-c");
    }
    assertThat(run("discover", "--interface", loopback.getName(), "--port", "9", "-W", "1").code()).isEqualTo(3);
    assertThat(run("discover", "--interface", "nowhere0").err()).contains("nowhere0: no such network interface");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://a/b", "coap://", "coap:///x", "coap://u@a/b", "coap://a/b#c", "coap://a:99999/b",
      "coap://a b/", "ps/a", "coap+tcp+x://a"})
  void refusesWhatIsNoCoapUri(String uri) {
    Ended e = run("get", uri);
    assertThat(e.code()).isEqualTo(Trivet.FAILED);
    assertThat(e.err()).startsWith("trivet: ").hasLineCount(1).doesNotContain("unexpected");
  }

  @Test
  void neverUsesANumberOfOscoreTwice() throws IOException {
    Path context = Files.writeString(dir.resolve("c.json"), """
        {"sender-id": "01", "recipient-id": "00", "master-secret": "0102030405060708090a0b0c0d0e0f10"}
        """);
    for (int i = 0; i < 3; i++) { // the server refuses what it does not know, each time with another number
      assertThat(run("get", server.uri("/temperature"), "--oscore", context.toString()).code()).isEqualTo(Trivet.FAILED);
    }
    List<Bytes> options = server.requests.stream().map(r -> r.options().bytes(OptionNumber.OSCORE).orElseThrow()).toList();
    assertThat(options).hasSize(3).doesNotHaveDuplicates();
    Path numbers = dir.resolve("c.json.sequence");
    assertThat(Files.getPosixFilePermissions(numbers)).hasSize(2);
    Files.write(numbers, new byte[] {1, 2});
    assertThat(run("get", server.uri("/temperature"), "--oscore", context.toString()).err())
        .contains("damaged").hasLineCount(1);
    Files.writeString(context, "{\"sender-id\": \"01\"}");
    assertThat(run("get", server.uri("/temperature"), "--oscore", context.toString()).err())
        .contains("no OSCORE context: master-secret is missing").hasLineCount(1);
    assertThat(server.requests).hasSize(3);
  }

  @Test
  void explainsArgumentsItCannotUse() {
    String uri = server.uri("/once");
    List<String[]> wrong = List.of(
        new String[] {"get", uri, "-b", "100"}, new String[] {"get", uri, "-a", "colour/red"},
        new String[] {"get", uri, "--etag", "xyz"}, new String[] {"get", uri, "-o", "colour=red"},
        new String[] {"get", uri, "-o", "max-age=red"}, new String[] {"get", uri, "--timeout", "0"},
        new String[] {"get", uri, "--output", "xml"}, new String[] {"put", uri, "-f", "/nowhere"},
        new String[] {"put", uri, "--payload-hex", "f"}, new String[] {"observe", uri, "-C", "-1"},
        new String[] {"get", uri, "--device", "../ca"}, new String[] {"get", uri, "--cert", "a"});
    for (String[] args : wrong) {
      Ended e = run(args);
      assertThat(e.code()).as("%s", (Object) args).isEqualTo(Trivet.FAILED);
      assertThat(e.err()).as("%s", (Object) args).startsWith("trivet: ").hasLineCount(1).doesNotContain("unexpected");
    }
    assertThat(server.requests).isEmpty();
    assertThat(run("get").code()).isEqualTo(Trivet.USAGE);
    assertThat(run("put", uri, "-m", "a", "-f", "b").code()).isEqualTo(Trivet.USAGE);
    assertThat(run().code()).isEqualTo(Trivet.USAGE);
    assertThat(run("get", "--help").out()).contains("Usage: trivet coap get");
  }
}

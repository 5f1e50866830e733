package io.trivet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trivet.server.ServerSetup;
import io.trivet.server.TrivetServer;
import io.trivet.server.config.Option;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Messages sealed and opened from the command line, by MQTT and CoAP, with keys of the authority's commands, through a
/// server that takes nothing else.
@NullMarked
class SealedTest {
  private static final String POLICY = "ward:7 and role:nurse";
  private static final String TOPIC = "ward/7/pulse";

  @TempDir Path home;
  private AuthorityCli authority;
  private TrivetServer server;

  @BeforeEach
  void start() throws IOException {
    authority = new AuthorityCli(home);
    authority.keyed("init");
    reader("nurse", "role:nurse, ward:7");
    reader("cleaner", "role:cleaner, ward:7");
    export();
    assertThat(run("smqtt", "sender-key", "pump-1", "--out", file("pump-1.sender-key"), "--senders", file("senders")).code())
        .isZero();
    Files.writeString(home.resolve("rules.yaml"), """
        version: 1
        rules:
          - allow: [publish, subscribe, retain]
            anonymous: true
            topic: "#"
        """);
    server = TrivetServer.start(ServerSetup.in(home.resolve("data"))
        .with(Option.LISTEN_MQTTS, "")
        .with(Option.INSECURE_PLAINTEXT, "127.0.0.1:0")
        .with(Option.INSECURE_COAP, "127.0.0.1:0")
        .with(Option.INSECURE_COAP_WRITES, "true")
        .with(Option.INSECURE_ANONYMOUS, "true")
        .with(Option.RULES, file("rules.yaml"))
        .with(Option.SEALED_TOPICS, "ward/#")
        .with(Option.SEALED_AUTHORITIES, file("authority.pub"))
        .with(Option.SEALED_SENDERS, file("senders")));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void reader(String name, String attributes) throws IOException {
    authority.ok("device-key", name, "--out", home.toString());
    authority.keyed("issue", name, "--attributes", attributes, "--key", file(name + ".pub"));
    opened(name);
  }

  private void opened(String name) throws IOException {
    try (Stream<Path> keys = Files.list(authority.dir().resolve("keys"))) {
      Path sealed = keys.filter(p -> p.getFileName().toString().startsWith(name + ".")).findFirst().orElseThrow();
      authority.ok("open", sealed.toString(), "--device-key", file(name + ".device-key"), "--out", file(name + ".abe"));
    }
  }

  private void export() throws IOException {
    authority.keyed("export", "--public", file("authority.pub"));
  }

  private String file(String name) {
    return home.resolve(name).toString();
  }

  private int port(String kind) {
    return server.report().listening().stream().filter(l -> l.kind().equals(kind)).findFirst().orElseThrow()
        .address().getPort();
  }

  private static Cli.Said run(String... command) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Trivet.commandLine(new PrintWriter(out), new PrintWriter(err, true)).execute(command);
    return new Cli.Said(code, out.toString(), err.toString());
  }

  private Cli.Said mqtt(String command, String... more) {
    List<String> all = new ArrayList<>(List.of(command, "--url", "mqtt://127.0.0.1:" + port("plaintext"), "-q", "1"));
    all.addAll(List.of(more));
    return run(all.toArray(String[]::new));
  }

  private Cli.Said coap(String command, String resource, String... more) {
    List<String> all = new ArrayList<>(
        List.of("coap", command, "coap://127.0.0.1:" + port("coap") + "/ps" + resource, "--timeout", "20"));
    all.addAll(List.of(more));
    return run(all.toArray(String[]::new));
  }

  private String[] sealing(String... more) {
    List<String> all = new ArrayList<>(List.of(more));
    all.addAll(List.of("--encrypt", POLICY, "--authority", file("authority.pub"), "--sender-key", file("pump-1.sender-key")));
    return all.toArray(String[]::new);
  }

  private String[] opening(String reader, String... more) {
    List<String> all = new ArrayList<>(List.of(more));
    all.addAll(List.of("--decrypt", file(reader + ".abe"), "--senders", file("senders")));
    return all.toArray(String[]::new);
  }

  private CompletableFuture<Cli.Said> later(java.util.function.Supplier<Cli.Said> command) {
    return CompletableFuture.supplyAsync(command);
  }

  private static void ok(Cli.Said said) {
    assertThat(said.code()).as(said.out() + said.err()).isZero();
  }

  @Test
  void sealsAndOpensByMqtt() throws Exception {
    CompletableFuture<Cli.Said> sub = later(() ->
        mqtt("sub", opening("nurse", "-t", "ward/#", "-C", "2", "-W", "30", "--json")));
    ok(mqtt("pub", sealing("-t", TOPIC, "-m", "72", "-r")));
    ok(mqtt("pub", sealing("-t", TOPIC, "-m", "80", "-r", "--compact", "--sign-each", "--property", "content-type=text/plain")));
    Cli.Said said = sub.get(40, TimeUnit.SECONDS);
    ok(said);
    List<JsonNode> heard = new ArrayList<>();
    for (String line : said.out().lines().toList()) {
      heard.add(new ObjectMapper().readTree(line));
    }
    // Which of the two were retained already when the reader came does not matter here.
    assertThat(heard).extracting(n -> n.path("payload").asText()).endsWith("80").isSubsetOf("72", "80");
    JsonNode last = heard.getLast();
    assertThat(last.path("topic").asText()).isEqualTo(TOPIC);
    assertThat(last.path("sealed").path("sender").asText()).isEqualTo("pump-1");
    assertThat(last.path("sealed").path("signed").asBoolean()).isTrue();
    assertThat(last.path("properties").path("contentType").asText()).isEqualTo("text/plain");
  }

  @Test
  void opensForWhoComesLateAndForNobodyElse() {
    ok(mqtt("pub", sealing("-t", TOPIC, "-m", "72", "-r")));
    Cli.Said late = mqtt("sub", opening("nurse", "-t", TOPIC, "-C", "1", "-W", "20"));
    ok(late);
    assertThat(late.out().strip()).isEqualTo("72");

    Cli.Said other = mqtt("sub", opening("cleaner", "-t", TOPIC, "-C", "1", "-W", "2"));
    assertThat(other.code()).isEqualTo(SubCommand.OUT_OF_TIME);
    assertThat(other.out()).isEmpty();
    assertThat(other.err().strip())
        .isEqualTo("trivet: " + TOPIC + " was not opened: the reader's attributes do not satisfy the policy");

    Cli.Said blind = mqtt("sub", "-t", TOPIC, "-C", "1", "-W", "20");
    ok(blind);
    assertThat(blind.out()).startsWith("0xd0");
  }

  @Test
  void publishesLinesUnderOneKeyAndRemembersThem() throws Exception {
    Path state = home.resolve("state");
    Path lines = Files.writeString(home.resolve("lines"), "a\nb\nc\n");
    CompletableFuture<Cli.Said> sub = later(() -> mqtt("sub",
        opening("nurse", "-t", TOPIC, "-C", "3", "-W", "30", "--reader-state", state.toString())));
    Thread.sleep(1_500); // what is not retained is for who is there already
    java.io.InputStream before = System.in;
    try (java.io.InputStream in = Files.newInputStream(lines)) {
      System.setIn(in);
      ok(mqtt("pub", sealing("-t", TOPIC, "-l")));
    } finally {
      System.setIn(before);
    }
    Cli.Said said = sub.get(40, TimeUnit.SECONDS);
    ok(said);
    assertThat(said.out().lines()).containsExactly("a", "b", "c");
    assertThat(state).isNotEmptyFile();
    Cli.Said keys = mqtt("sub", "-t", "smqtt/keys/#", "-v", "-W", "2");
    assertThat(keys.out().lines()).as("one key for all three").hasSize(1);
  }

  @Test
  void opensByMqttWhatWasSealedOnCoapAndBack() {
    ok(coap("put", "/" + TOPIC, sealing("-m", "72")));
    Cli.Said sub = mqtt("sub", opening("nurse", "-t", TOPIC, "-C", "1", "-W", "20"));
    ok(sub);
    assertThat(sub.out().strip()).isEqualTo("72");

    ok(mqtt("pub", sealing("-t", TOPIC, "-m", "88", "-r")));
    Cli.Said get = coap("get", "/" + TOPIC, opening("nurse"));
    ok(get);
    assertThat(get.out()).isEqualTo("88");
    Cli.Said observed = coap("observe", "/" + TOPIC, opening("nurse", "-C", "1", "-W", "20"));
    ok(observed);
    assertThat(observed.out()).endsWith(" 88\n");
    Cli.Said several = coap("observe", "?filter=ward/%23", opening("nurse", "-C", "1", "-W", "20"));
    ok(several);
    assertThat(several.out()).endsWith(" 88\n");

    Cli.Said refused = coap("get", "/" + TOPIC, opening("cleaner"));
    assertThat(refused.code()).isEqualTo(Trivet.FAILED);
    assertThat(refused.err()).contains("not opened: the reader's attributes do not satisfy the policy");
  }

  @Test
  void shutsOutWhoWasRevokedFromTheNextEpochOn() throws IOException {
    ok(mqtt("pub", sealing("-t", TOPIC, "-m", "before", "-r")));
    reader("doctor", "role:nurse, ward:7");
    authority.keyed("revoke", "nurse");
    authority.keyed("rotate");
    export();
    server.reload();
    ok(mqtt("pub", sealing("-t", TOPIC, "-m", "after", "-r")));
    opened("doctor");
    Cli.Said doctor = mqtt("sub", opening("doctor", "-t", TOPIC, "-C", "1", "-W", "20"));
    ok(doctor);
    assertThat(doctor.out().strip()).isEqualTo("after");
    Cli.Said revoked = mqtt("sub", opening("nurse", "-t", TOPIC, "-C", "1", "-W", "2"));
    assertThat(revoked.code()).isEqualTo(SubCommand.OUT_OF_TIME);
    assertThat(revoked.err()).contains("do not satisfy the policy");
  }

  @Test
  void believesNoSenderThatIsNotInTheFile() throws IOException {
    ok(mqtt("pub", sealing("-t", "elsewhere", "-m", "72", "-r")));
    ok(run("smqtt", "sender-key", "other", "--out", file("other.sender-key"), "--senders", file("others")));
    Cli.Said said = mqtt("sub", "-t", "elsewhere", "-C", "1", "-W", "7", "--decrypt", file("nurse.abe"), "--senders",
        file("others"));
    assertThat(said.code()).isEqualTo(SubCommand.OUT_OF_TIME);
    assertThat(said.err()).contains("its sender, or the sender's key, is not known here");
    Cli.Said unknown = mqtt("pub", "-t", TOPIC, "-m", "72", "--encrypt", POLICY, "--authority", file("authority.pub"),
        "--sender-key", file("other.sender-key"));
    assertThat(unknown.code()).isEqualTo(Trivet.FAILED);
    assertThat(unknown.err()).contains("the server refused the message to smqtt/keys/other/");
  }

  @Test
  void saysWhatDoesNotGoTogether() throws IOException {
    assertThat(mqtt("pub", "-t", TOPIC, "-m", "x", "--encrypt", POLICY).err())
        .isEqualTo("trivet: --encrypt needs --authority and --sender-key\n");
    assertThat(mqtt("pub", "-t", TOPIC, "-m", "x", "--compact").err()).contains("are for --encrypt");
    assertThat(mqtt("pub", sealing("-t", TOPIC, "-n", "-r")).err()).contains("--null, which says nothing");
    assertThat(mqtt("pub", sealing("-t", TOPIC, "-m", "x", "--scope", "other/#")).err())
        .contains("not sealed: the header does not serve this topic");
    assertThat(mqtt("sub", "-t", TOPIC, "--decrypt", file("nurse.abe")).err()).contains("--decrypt needs --senders");
    assertThat(mqtt("sub", "-t", TOPIC, "--senders", file("senders")).err()).contains("are for --decrypt");
    assertThat(coap("put", "", sealing("-m", "x")).err()).contains("sealing is for topics");
    assertThat(coap("put", "/a", sealing("-m", "x", "-t", "text/plain")).err()).contains("--encrypt goes without --format");
    assertThat(coap("put", "/a", "-m", "x", "--compact").err()).contains("are for --encrypt");
    Path broken = Files.writeString(home.resolve("broken"), "nonsense");
    assertThat(mqtt("pub", "-t", TOPIC, "-m", "x", "--encrypt", POLICY, "--authority", broken.toString(), "--sender-key",
        file("pump-1.sender-key")).err()).contains(broken + ": no parameters");
    assertThat(mqtt("pub", "-t", TOPIC, "-m", "x", "--encrypt", POLICY + " and", "--authority", file("authority.pub"),
        "--sender-key", file("pump-1.sender-key")).err()).contains("not sealed");
    assertThat(run("smqtt", "sender-key", "pump-1", "--out", file("pump-1.sender-key")).err()).contains("exists already");
    assertThat(run("smqtt", "sender-key", "a/b", "--out", file("x")).err()).contains("without / + #");
  }
}

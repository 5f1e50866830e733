package io.trivet.lab.coap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.message.CoapMessage;
import io.trivet.coap.message.DatagramCodec;
import io.trivet.coap.message.Type;
import io.trivet.lab.clients.LabServer;
import io.trivet.server.config.Option;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is done to CoAP servers, done to this one: it answers as it should, goes on serving, and keeps no more than its
/// limits say.
@Tag("slow")
class AttacksTest {
  private static final int PEERS_MAX = 256;
  private static final LabServer SERVER = new LabServer(Map.of(
      Option.COAP_PEERS_MAX, "" + PEERS_MAX,
      Option.COAP_EXCHANGES_MAX, "2000",
      Option.COAP_ACK_TIMEOUT, "100ms",
      Option.COAP_BODY_BYTES_MAX, "64KiB"));

  @BeforeAll
  static void start() {
    SERVER.start();
  }

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private static int port() {
    return SERVER.port("coap");
  }

  private static Options path(String path) {
    return Options.builder().path(path).build();
  }

  private static void put(String path, byte[] value) {
    try (Attacker honest = new Attacker(port())) {
      Optional<CoapMessage> a = honest.ask(Type.CON, Code.PUT, path(path), Bytes.wrap(value));
      assertThat(a.map(m -> m.code().isSuccess())).as("%s", a).contains(true);
    }
  }

  /// An honest client is still served.
  private static void assertServes() {
    put("ps/honest", Bytes.utf8("here").toArray());
    try (Attacker honest = new Attacker(port())) {
      assertThat(honest.ask(Type.CON, Code.GET, path("ps/honest"), Bytes.EMPTY).map(CoapMessage::payload))
          .contains(Bytes.utf8("here"));
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "an empty message with a token,           41 00 00 01 77",
    "an empty message with a payload,         40 00 00 01 ff 61",
    "a token length of 9,                     49 01 00 01 00 00 00 00 00 00 00 00 00",
    "the reserved token length 15,            4f 01 00 01",
    "an extended token that is not there,     4d 01 00 01 ff",
    "an extended token of 65 KB,              4e 01 00 01 ff ff",
    "an option longer than the datagram,      40 01 00 01 bd ff 61",
    "an option of 65 KB,                      40 01 00 01 be ff ff 61",
    "the reserved option delta 15,            40 01 00 01 f1 61",
    "the reserved option length 15,           40 01 00 01 1f 61",
    "an option number above 65535,            40 01 00 01 e1 ff ff 61 e1 ff ff 61",
    "a payload marker without a payload,      40 01 00 01 b2 70 73 ff",
  })
  void resetsWhatBreaksTheFormat(String what, String hex) {
    try (Attacker a = new Attacker(port())) {
      a.send(hex);
      assertThat(a.awaitAnswer()).as(what).contains(CoapMessage.empty(Type.RST, 1));
      a.send("5" + hex.substring(1)); // the same, not confirmable
      assertThat(a.receive()).as(what + ", not confirmable").isEmpty();
    }
    assertServes();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "nothing,                         ''",
    "three bytes,                     40 01 00",
    "version 0,                       00 01 00 01",
    "version 3,                       c0 01 00 01",
    "an acknowledgement of nothing,   60 00 12 34",
    "a reset of nothing,              70 00 12 34",
    "a response nobody asked for,     61 45 12 34 77 ff 61",
  })
  void keepsSilentAtWhatIsForNobody(String what, String hex) {
    try (Attacker a = new Attacker(port())) {
      a.send(hex);
      assertThat(a.receive()).as(what).isEmpty();
    }
    assertServes();
  }

  @Test
  void survivesNoise() {
    Random random = new Random(5);
    try (Attacker a = new Attacker(port())) {
      for (int i = 0; i < 20_000; i++) {
        byte[] noise = new byte[random.nextInt(60)];
        random.nextBytes(noise);
        if (noise.length > 4 && i % 2 == 0) {
          noise[0] = (byte) (0x40 | noise[0] & 0x38);
          noise[1] = (byte) random.nextInt(8);
        }
        a.send(noise);
      }
    }
    assertServes();
  }

  @Test
  void boundsItsOptions() {
    Options.Builder many = Options.builder().path("ps/a");
    for (int i = 0; i < 300; i++) {
      many.add(OptionNumber.URI_QUERY, "");
    }
    try (Attacker a = new Attacker(port())) {
      assertThat(a.ask(Type.CON, Code.GET, many.build(), Bytes.EMPTY).map(CoapMessage::type)).contains(Type.RST);
    }
    assertServes();
  }

  @Test
  void refusesATopicDeeperThanItsLimit() {
    try (Attacker a = new Attacker(port())) {
      Options deep = Options.builder().path("ps/" + "a/".repeat(40) + "a").build();
      assertThat(a.ask(Type.CON, Code.PUT, deep, Bytes.utf8("x")).map(CoapMessage::code)).contains(Code.BAD_REQUEST);
    }
  }

  /// Reflection: an invented sender gets no more than three times what was sent in its name.
  @Test
  void doesNotAmplify() {
    put("ps/big", new byte[1_000]);
    try (Attacker a = new Attacker(port())) {
      int sent = a.request(Type.NON, Code.GET, path("ps/big"), Bytes.EMPTY);
      byte[] got = a.receive().orElseThrow();
      assertThat(got.length).isLessThanOrEqualTo(3 * sent);
      CoapMessage challenge = (CoapMessage) DatagramCodec.decode(got, got.length, 64, 64);
      assertThat(challenge.code()).isEqualTo(Code.UNAUTHORIZED);
      Bytes echo = challenge.options().bytes(OptionNumber.ECHO).orElseThrow();
      Options proved = Options.builder().path("ps/big").add(OptionNumber.ECHO, echo).build();
      assertThat(a.ask(Type.NON, Code.GET, proved, Bytes.EMPTY).map(m -> m.payload().length())).contains(1_000);
      assertThat(a.ask(Type.NON, Code.GET, path("ps/big"), Bytes.EMPTY).map(m -> m.payload().length()))
          .as("from now on").contains(1_000);
    }
  }

  @Test
  void doesNotTakeAnEchoOfAnotherAddress() {
    put("ps/big", new byte[1_000]);
    Bytes echo;
    try (Attacker a = new Attacker(port())) {
      echo = a.ask(Type.NON, Code.GET, path("ps/big"), Bytes.EMPTY).orElseThrow().options()
          .bytes(OptionNumber.ECHO).orElseThrow();
    }
    try (Attacker b = new Attacker(port(), loopback(0))) {
      Options stolen = Options.builder().path("ps/big").add(OptionNumber.ECHO, echo).build();
      assertThat(b.ask(Type.NON, Code.GET, stolen, Bytes.EMPTY).map(CoapMessage::code)).contains(Code.UNAUTHORIZED);
    }
  }

  private static InetAddress loopback(int n) {
    try {
      return InetAddress.getByAddress(new byte[] {127, 1, (byte) (n >> 8), (byte) n});
    } catch (IOException e) {
      throw new AssertionError("four bytes are an address", e);
    }
  }

  @Test
  void remembersNoMoreAddressesThanItsLimit() {
    for (int i = 0; i < 4 * PEERS_MAX; i++) {
      try (Attacker a = new Attacker(port(), loopback(i))) {
        a.request(Type.CON, Code.GET, path("ps/nothing"), Bytes.EMPTY);
      }
    }
    await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
      assertThat(SERVER.metric("trivet_coap_peers")).isPositive().isLessThanOrEqualTo(2 * PEERS_MAX);
      assertThat(SERVER.metric("trivet_coap_exchanges")).isPositive().isLessThanOrEqualTo(2 * 2_000);
    });
    assertServes();
  }

  /// A flood of addresses does not push out those who observe.
  @Test
  void keepsObserversThroughAFlood() {
    try (Attacker observer = new Attacker(port())) {
      prove(observer);
      Options observe = Options.builder().path("ps/watched").add(OptionNumber.OBSERVE, 0).query("qos", "0").build();
      assertThat(observer.ask(Type.CON, Code.GET, observe, Bytes.EMPTY).map(m -> m.options().has(OptionNumber.OBSERVE)))
          .contains(true);
      for (int i = 0; i < 4 * PEERS_MAX; i++) {
        try (Attacker a = new Attacker(port(), loopback(i))) {
          a.request(Type.NON, Code.GET, path("ps/nothing"), Bytes.EMPTY);
        }
      }
      put("ps/watched", Bytes.utf8("still").toArray());
      assertThat(observer.awaitAnswer().map(CoapMessage::payload)).contains(Bytes.utf8("still"));
    }
  }

  private static void prove(Attacker a) {
    put("ps/big", new byte[1_000]);
    Optional<Bytes> echo = a.ask(Type.CON, Code.GET, path("ps/big"), Bytes.EMPTY)
        .flatMap(m -> m.options().bytes(OptionNumber.ECHO));
    echo.ifPresent(e -> a.ask(Type.CON, Code.GET,
        Options.builder().path("ps/big").add(OptionNumber.ECHO, e).build(), Bytes.EMPTY));
  }

  /// An observer that is gone, or whose address was invented, gets one confirmable notification, then nothing.
  @Test
  void stopsNotifyingWhoDoesNotAnswer() {
    long before = SERVER.metric("trivet_coap_timeouts_total");
    try (Attacker gone = new Attacker(port())) {
      prove(gone);
      Options observe = Options.builder().path("ps/lost").add(OptionNumber.OBSERVE, 0).query("qos", "1").build();
      assertThat(gone.ask(Type.CON, Code.GET, observe, Bytes.EMPTY)).isPresent();
      put("ps/lost", Bytes.utf8("1").toArray());
      await().atMost(Duration.ofSeconds(15)).untilAsserted(
          () -> assertThat(SERVER.metric("trivet_coap_timeouts_total")).isGreaterThan(before));
      int datagrams = 0;
      while (gone.receive().isPresent()) {
        datagrams++;
      }
      assertThat(datagrams).as("sent once and again four times").isBetween(1, 5);
      put("ps/lost", Bytes.utf8("2").toArray());
      assertThat(gone.receive()).isEmpty();
    }
  }

  @Test
  void boundsTheObservationsOfOnePeer() {
    try (Attacker a = new Attacker(port())) {
      prove(a);
      int accepted = 0;
      for (int i = 0; i < 300; i++) {
        byte[] d = DatagramCodec.encode(Type.NON, Code.GET, 5_000 + i, Bytes.wrap(new byte[] {1, (byte) (i >> 8), (byte) i}),
            Options.builder().path("ps/many").add(OptionNumber.OBSERVE, 0).build(), Bytes.EMPTY);
        a.send(d);
        accepted += a.answer().filter(m -> m.options().has(OptionNumber.OBSERVE)).isPresent() ? 1 : 0;
      }
      assertThat(accepted).isEqualTo(100);
    }
  }

  /// Withheld blocks: uploads that are begun and never finished hold no more than their limit.
  @Test
  void boundsUploadsThatNeverEnd() {
    List<Code> answers = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      try (Attacker a = new Attacker(port(), loopback(i))) {
        Options first = Options.builder().path("ps/slow/" + i).add(OptionNumber.BLOCK1, 0x0E).build();
        a.request(Type.NON, Code.PUT, first, Bytes.wrap(new byte[1_024]));
        if (i % 500 == 0) {
          a.answer().ifPresent(m -> answers.add(m.code()));
        }
      }
    }
    assertThat(answers).isNotEmpty();
    assertServes();
  }

  @Test
  void refusesABodyAboveItsLimitAtTheFirstBlock() {
    try (Attacker a = new Attacker(port())) {
      Options first = Options.builder().path("ps/large").add(OptionNumber.BLOCK1, 0x0E).add(OptionNumber.SIZE1, 1 << 20).build();
      CoapMessage m = a.ask(Type.CON, Code.PUT, first, Bytes.wrap(new byte[1_024])).orElseThrow();
      assertThat(m.code()).isEqualTo(Code.REQUEST_ENTITY_TOO_LARGE);
      assertThat(m.options().uint(OptionNumber.SIZE1, 0)).isEqualTo(64 << 10);
    }
  }

  /// A last block that comes before the others.
  @Test
  void refusesAnEarlyLastBlock() {
    try (Attacker a = new Attacker(port())) {
      Options last = Options.builder().path("ps/early").add(OptionNumber.BLOCK1, 7 << 4 | 6).build();
      assertThat(a.ask(Type.CON, Code.PUT, last, Bytes.wrap(new byte[10])).map(CoapMessage::code))
          .contains(Code.REQUEST_ENTITY_INCOMPLETE);
    }
  }

  @Test
  void answersDuplicatesWithoutDoingThemAgain() {
    long before = SERVER.metric("trivet_coap_duplicates_total");
    try (Attacker a = new Attacker(port())) {
      byte[] d = DatagramCodec.encode(Type.CON, Code.POST, 9_999, Bytes.hex("01"), path("ps/once"), Bytes.utf8("x"));
      for (int i = 0; i < 50; i++) {
        a.send(d);
        assertThat(a.awaitAnswer().map(CoapMessage::code)).contains(Code.CHANGED);
      }
    }
    assertThat(SERVER.metric("trivet_coap_duplicates_total") - before).isEqualTo(49);
  }
}

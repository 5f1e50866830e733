package io.trivet.coap.block;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.coap.Code;
import io.trivet.coap.ContentFormat;
import io.trivet.coap.Exchange;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.coap.SteppedLoop;
import io.trivet.coap.TestExchange;
import io.trivet.coap.TestPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bursts of blocks both ways as RFC 9177, section 10, draws them, and with loss, doubling and reordering by a seed.
class QBlockLayerTest {
  private static final BlockSettings SETTINGS = new BlockSettings(64 << 10, 1_024, 2, 96 << 10, Duration.ofSeconds(60));
  private static final int EXPONENT = 6;
  private static final int SIZE = 1_024;

  private final SteppedLoop loop = new SteppedLoop();
  private final TestPeer peer = new TestPeer();
  private final List<Request> seen = new ArrayList<>();
  private final List<Exchange> served = new ArrayList<>();
  private final List<Request> others = new ArrayList<>();
  private Response answer = Response.of(Code.CHANGED);
  private final QBlockLayer layer = new QBlockLayer(loop, SETTINGS, QBlockSettings.DEFAULT, e -> {
    seen.add(e.request());
    served.add(e);
    e.respond(answer);
  }, e -> {
    others.add(e.request());
    e.respond(Response.of(Code.NOT_FOUND));
  });

  private static Bytes body(int length) {
    byte[] b = new byte[length];
    new Random(length).nextBytes(b);
    return Bytes.wrap(b);
  }

  private TestExchange ask(Request r) {
    TestExchange e = new TestExchange(peer, "01", r);
    layer.handle(e);
    return e;
  }

  private static Request up(Bytes body, int number, int exponent) {
    int size = 16 << exponent;
    int from = number * size;
    int n = Math.min(size, body.length() - from);
    Options o = Options.builder().path("large").add(OptionNumber.Q_BLOCK1,
            new Block(number, from + n < body.length(), exponent).value())
        .add(OptionNumber.SIZE1, body.length()).add(OptionNumber.REQUEST_TAG, Bytes.hex("01")).build();
    return new Request(false, Code.PUT, o, body.slice(from, n));
  }

  private static Request down(Block... wanted) {
    Options.Builder o = Options.builder().path("large");
    for (Block b : wanted) {
      o.add(OptionNumber.Q_BLOCK2, b.value());
    }
    return new Request(false, Code.GET, o.build(), Bytes.EMPTY);
  }

  private static Block blockOf(Response r, OptionNumber which) {
    return Block.of(r.options(), which, false).orElseThrow().orThrow();
  }

  private static List<Integer> missing(Response r) {
    assertThat(r.code()).isEqualTo(Code.REQUEST_ENTITY_INCOMPLETE);
    assertThat(r.options().contentFormat()).isEqualTo(ContentFormat.MISSING_BLOCKS_CBOR_SEQ);
    return MissingBlocks.read(r.payload()).orThrow();
  }

  // --- Q-Block1 -----------------------------------------------------------------------------------------------------

  @Test
  void putsABodyOfTwoBurstsTogether() {
    Bytes body = body(11 * SIZE + 7);
    for (int i = 0; i < 9; i++) {
      assertThat(ask(up(body, i, EXPONENT)).responses).isEmpty();
    }
    Response word = ask(up(body, 9, EXPONENT)).response();
    assertThat(word.code()).isEqualTo(Code.CONTINUE);
    assertThat(blockOf(word, OptionNumber.Q_BLOCK1)).isEqualTo(new Block(9, true, EXPONENT));
    TestExchange tenth = ask(up(body, 10, EXPONENT));
    assertThat(ask(up(body, 11, EXPONENT)).response().code()).isEqualTo(Code.CHANGED);

    assertThat(tenth.dismissed).isTrue();
    assertThat(seen).hasSize(1);
    assertThat(seen.getFirst().payload()).isEqualTo(body);
    assertThat(seen.getFirst().options()).isEqualTo(Options.builder().path("large").build());
    assertThat(layer.transfers()).isZero();
    assertThat(layer.transferBytes()).as("that it was whole").isEqualTo(256);
  }

  @Test
  void waitsForWhatIsMissingWhenTheBodyHasEndedAndThenAsksForIt() {
    Bytes body = body(4 * SIZE);
    ask(up(body, 0, EXPONENT));
    TestExchange end = ask(up(body, 3, EXPONENT));
    loop.advance(Duration.ofMillis(3_900));
    assertThat(end.responses).isEmpty();
    loop.advance(Duration.ofMillis(200));
    assertThat(missing(end.response())).containsExactly(1, 2);
    TestExchange second = ask(up(body, 2, EXPONENT));
    loop.advance(Duration.ofMillis(4_100));
    assertThat(missing(second.response())).containsExactly(1);
    assertThat(ask(up(body, 1, EXPONENT)).response().code()).isEqualTo(Code.CHANGED);
    assertThat(seen.getFirst().payload()).isEqualTo(body);
  }

  @Test
  void asksForALostBlockAsSoonAsTheNextBurstBegins() {
    Bytes body = body(25 * SIZE);
    for (int i = 0; i < 10; i++) {
      if (i != 1 && i != 9) {
        assertThat(ask(up(body, i, EXPONENT)).responses).isEmpty();
      }
    }
    assertThat(missing(ask(up(body, 10, EXPONENT)).response())).containsExactly(1, 9);
    assertThat(ask(up(body, 11, EXPONENT)).responses).as("asked for once").isEmpty();
    ask(up(body, 1, EXPONENT));
    Response word = ask(up(body, 9, EXPONENT)).response();
    assertThat(word.code()).isEqualTo(Code.CONTINUE);
    assertThat(blockOf(word, OptionNumber.Q_BLOCK1).number()).isEqualTo(9);
  }

  @Test
  void saysOnceHowFarAllHasComeWhenAnEarlierBurstIsFilledLast() {
    Bytes body = body(25 * SIZE);
    for (int i = 1; i < 20; i++) {
      ask(up(body, i, EXPONENT));
    }
    assertThat(blockOf(ask(up(body, 0, EXPONENT)).response(), OptionNumber.Q_BLOCK1).number()).isEqualTo(19);
  }

  @Test
  void asksFourTimesWithGrowingPatienceAndThenForgets() {
    Bytes body = body(4 * SIZE);
    TestExchange e = ask(up(body, 0, EXPONENT));
    loop.advance(Duration.ofSeconds(4 + 8 + 16 + 32 + 1));
    assertThat(e.responses).hasSize(4).allSatisfy(r -> assertThat(missing(r)).containsExactly(1, 2, 3));
    loop.advance(Duration.ofMinutes(4));
    assertThat(layer.transfers()).isEqualTo(1);
    loop.advance(Duration.ofSeconds(10));
    assertThat(layer.transfers()).isZero();
    assertThat(layer.transferBytes()).isZero();
    assertThat(seen).isEmpty();
  }

  @Test
  void leavesConfirmableBlocksToTheirAcknowledgements() {
    Bytes body = body(21 * SIZE);
    for (int i = 0; i < 20; i++) {
      assertThat(ask(up(body, i, EXPONENT).withConfirmable(true)).responses).isEmpty();
    }
    loop.advance(Duration.ofSeconds(60));
    assertThat(ask(up(body, 20, EXPONENT).withConfirmable(true)).response().code()).isEqualTo(Code.CHANGED);
    ask(up(body(3 * SIZE), 0, EXPONENT).withConfirmable(true));
    loop.advance(Duration.ofSeconds(250));
    assertThat(layer.transfers()).isZero();
  }

  @Test
  void doesNotBeginAFinishedBodyAgainForALateBlock() {
    Bytes body = body(2 * SIZE);
    ask(up(body, 0, EXPONENT));
    ask(up(body, 1, EXPONENT));
    assertThat(ask(up(body, 0, EXPONENT)).dismissed).isTrue();
    assertThat(ask(up(body, 1, EXPONENT)).response().code()).as("answered as the first time").isEqualTo(Code.CHANGED);
    assertThat(seen).hasSize(1);
    assertThat(layer.transfers()).isZero();
    loop.advance(Duration.ofSeconds(146));
    assertThat(layer.transferBytes()).isZero();
    ask(up(body, 0, EXPONENT));
    ask(up(body, 1, EXPONENT));
    assertThat(seen).as("after so long it is another one").hasSize(2);
  }

  @Test
  void listensOnceForAPeerThatLeaves() {
    Bytes body = body(SIZE);
    for (int i = 0; i < 50; i++) {
      Request r = up(body, 0, EXPONENT);
      ask(r.with(r.options().with(OptionNumber.REQUEST_TAG, Bytes.wrap(new byte[] {(byte) i}))));
    }
    answer = Response.content(0, body(2 * SIZE));
    for (int i = 0; i < 50; i++) {
      ask(down(new Block(0, true, EXPONENT)));
      loop.advance(Duration.ofSeconds(250));
    }
    assertThat(seen).hasSize(100);
    assertThat(peer.listening()).isLessThanOrEqualTo(3);
  }

  @Test
  void keepsNothingForAPeerThatHasLeft() {
    peer.leave();
    assertThat(ask(up(body(2 * SIZE), 0, EXPONENT)).dismissed).isTrue();
    answer = Response.content(0, body(2 * SIZE));
    ask(down(new Block(0, true, EXPONENT)));
    assertThat(layer.transfers()).isZero();
    assertThat(layer.transferBytes()).isZero();
  }

  @Test
  void refusesWhatCannotBe() {
    Bytes body = body(4 * SIZE);
    Request whole = up(body, 0, EXPONENT);
    assertThat(ask(whole.with(whole.options().without(OptionNumber.REQUEST_TAG))).response().code())
        .isEqualTo(Code.BAD_REQUEST);
    assertThat(ask(whole.with(whole.options().without(OptionNumber.SIZE1))).response().code()).isEqualTo(Code.BAD_REQUEST);
    assertThat(ask(whole.with(whole.options().with(OptionNumber.SIZE1, SIZE))).response().code())
        .as("more of a body that has ended").isEqualTo(Code.BAD_REQUEST);
    assertThat(ask(whole.with(whole.options().with(OptionNumber.BLOCK2, 6))).response().code()).isEqualTo(Code.BAD_OPTION);
    assertThat(ask(whole.with(Bytes.utf8("short"))).response().code()).isEqualTo(Code.BAD_REQUEST);
    assertThat(ask(up(body(65 << 10), 64, EXPONENT)).response().code()).isEqualTo(Code.REQUEST_ENTITY_TOO_LARGE);
    ask(whole);
    assertThat(ask(up(body, 1, 5)).response().code()).as("another size").isEqualTo(Code.BAD_REQUEST);
    Request post = down(new Block(3, true, EXPONENT));
    assertThat(ask(new Request(false, Code.POST, post.options(), Bytes.EMPTY)).response().code())
        .isEqualTo(Code.REQUEST_ENTITY_INCOMPLETE);
    assertThat(ask(down(new Block(2, false, 6), new Block(2, false, 6))).response().code()).isEqualTo(Code.BAD_REQUEST);
    assertThat(ask(down(new Block(1, false, 7))).response().code()).isEqualTo(Code.BAD_REQUEST);
    assertThat(layer.transfers()).isZero();
  }

  @Test
  void keepsNoMoreThanABurstAheadAndOnlySoManyBodies() {
    Bytes body = body(60 * SIZE);
    assertThat(missing(ask(up(body, 50, EXPONENT)).response())).startsWith(0, 1, 2).hasSize(50);
    assertThat(layer.transferBytes()).isZero();
    loop.advance(Duration.ofSeconds(320));
    assertThat(layer.transfers()).as("a body of which nothing was kept").isZero();
    for (int tag = 0; tag < 5; tag++) {
      Request r = up(body, 0, EXPONENT);
      ask(r.with(r.options().with(OptionNumber.REQUEST_TAG, Bytes.wrap(new byte[] {(byte) tag}))));
    }
    assertThat(layer.transfers()).isEqualTo(SETTINGS.bodiesPerPeer());
    peer.leave();
    assertThat(layer.transfers()).isZero();
    assertThat(layer.transferBytes()).isZero();
  }

  @Test
  void leavesWhatIsNotForItAlone() {
    ask(Request.of(Code.GET, "x"));
    peer.reliable = true;
    ask(down(new Block(0, true, EXPONENT)));
    assertThat(others).hasSize(2);
  }

  // --- Q-Block2 -----------------------------------------------------------------------------------------------------

  @Test
  void sendsABurstAtOnceAndTheNextAfterTheClientsWord() {
    Bytes body = body(25 * SIZE);
    answer = Response.content(0, body);
    TestExchange first = ask(down(new Block(0, true, EXPONENT)));
    assertThat(first.responses).hasSize(10);
    TestExchange second = ask(down(new Block(10, true, EXPONENT)));
    assertThat(second.responses).hasSize(10);
    assertThat(blockOf(second.response(), OptionNumber.Q_BLOCK2)).isEqualTo(new Block(10, true, EXPONENT));
    loop.advance(Duration.ofMillis(1_900));
    assertThat(second.responses).hasSize(10);
    loop.advance(Duration.ofMillis(1_200));
    assertThat(second.responses).as("after a pause without a word").hasSize(15);
    assertThat(blockOf(second.last(), OptionNumber.Q_BLOCK2).more()).isFalse();
    Bytes etag = first.response().options().bytes(OptionNumber.ETAG).orElseThrow();
    assertThat(second.responses).allSatisfy(r -> {
      assertThat(r.options().bytes(OptionNumber.ETAG)).contains(etag);
      assertThat(r.options().uint(OptionNumber.SIZE2, 0)).isEqualTo(body.length());
    });
    assertThat(first.responses).hasSize(10);
    assertThat(seen).hasSize(1);
    loop.advance(Duration.ofSeconds(250));
    assertThat(layer.transferBytes()).isZero();
  }

  @Test
  void sendsAgainWhatTheClientMisses() {
    answer = Response.content(0, body(15 * SIZE));
    ask(down(new Block(0, true, EXPONENT)));
    ask(down(new Block(10, true, EXPONENT)));
    TestExchange repair = ask(down(new Block(1, false, EXPONENT), new Block(3, false, EXPONENT)));
    assertThat(numbers(repair)).containsExactly(1, 3);
    assertThat(numbers(ask(down(new Block(7, true, EXPONENT))))).as("the rest of that burst").containsExactly(7, 8, 9);
    assertThat(ask(down(new Block(17, false, EXPONENT), new Block(18, false, EXPONENT))).response().code())
        .isEqualTo(Code.BAD_REQUEST);
    Block[] all = new Block[15];
    for (int i = 0; i < 15; i++) {
      all[i] = new Block(i, false, EXPONENT);
    }
    assertThat(numbers(ask(down(all)))).as("a burst at the most").hasSize(10);
    assertThat(seen).hasSize(1);
  }

  private static List<Integer> numbers(TestExchange e) {
    return e.responses.stream().map(r -> blockOf(r, OptionNumber.Q_BLOCK2).number()).toList();
  }

  @Test
  void doesNotDoAgainWhatAPostDidWhenItsFirstBlockIsLost() {
    answer = Response.content(0, body(3 * SIZE));
    Request post = new Request(false, Code.POST, down(new Block(0, true, EXPONENT)).options(), Bytes.utf8("do it"));
    assertThat(ask(post).responses).hasSize(3);
    Request again = new Request(false, Code.POST, down(new Block(0, false, EXPONENT)).options(), Bytes.EMPTY);
    assertThat(numbers(ask(again))).containsExactly(0);
    assertThat(seen).hasSize(1);
  }

  @Test
  void tellsFetchesOfDifferentQuestionsApart() {
    answer = Response.content(0, body(15 * SIZE));
    ask(new Request(false, Code.FETCH, down(new Block(0, true, EXPONENT)).options(), Bytes.utf8("a")));
    Options next = down(new Block(10, true, EXPONENT)).options();
    assertThat(numbers(ask(new Request(false, Code.FETCH, next, Bytes.utf8("a"))))).containsExactly(10, 11, 12, 13, 14);
    assertThat(numbers(ask(new Request(false, Code.FETCH, next, Bytes.EMPTY)))).containsExactly(10, 11, 12, 13, 14);
    assertThat(seen).hasSize(1);
    ask(new Request(false, Code.FETCH, next, Bytes.utf8("b")));
    assertThat(seen).as("another question").hasSize(2);
  }

  @Test
  void readsAnewWhatIsNotKeptAnyMore() {
    answer = Response.content(0, body(15 * SIZE));
    assertThat(ask(down(new Block(10, true, EXPONENT))).responses).hasSize(10);
    assertThat(seen).hasSize(1);
  }

  @Test
  void stopsABurstThatIsNotWanted() {
    answer = Response.content(0, body(25 * SIZE));
    TestExchange e = ask(down(new Block(0, true, EXPONENT)));
    e.fates.getLast().told(Exchange.Fate.RESET);
    assertThat(layer.transfers()).isZero();
    loop.advance(Duration.ofSeconds(10));
    assertThat(e.responses).hasSize(10);
  }

  @Test
  void goesOnWithANotificationUnderItsOwnToken() {
    Request observing = down(new Block(0, true, EXPONENT));
    TestExchange e = ask(observing.with(observing.options().with(OptionNumber.OBSERVE, 0)));
    List<Exchange.Fate> told = new ArrayList<>();
    served.getFirst().notify(
        Response.content(0, body(13 * SIZE)).with(OptionNumber.OBSERVE, 17), true, told::add);
    assertThat(e.responses).hasSize(11);
    assertThat(e.confirmable).isEqualTo(Stream.concat(Stream.of(true), Collections.nCopies(9, false).stream()).toList());
    assertThat(e.responses.subList(1, 11))
        .allSatisfy(r -> assertThat(r.options().uint(OptionNumber.OBSERVE, 0)).isEqualTo(17));

    TestExchange repair = ask(down(new Block(3, false, EXPONENT)));
    assertThat(repair.response().options().has(OptionNumber.OBSERVE)).as("a repair is no notification").isFalse();
    TestExchange word = ask(down(new Block(10, true, EXPONENT)));
    assertThat(word.dismissed).isTrue();
    assertThat(e.responses).hasSize(14);
    assertThat(e.last().options().uint(OptionNumber.OBSERVE, 0)).isEqualTo(17);

    e.fates.getFirst().told(Exchange.Fate.RESET);
    assertThat(told).containsExactly(Exchange.Fate.RESET);
    assertThat(layer.transfers()).isZero();
  }

  @Test
  void sendsNoMoreOfAnAnswerOnceANewerOneIsSmall() {
    answer = Response.content(0, body(25 * SIZE));
    TestExchange e = ask(down(new Block(0, true, EXPONENT)));
    answer = Response.of(Code.CONTENT, "gone");
    ask(down(new Block(0, true, EXPONENT)));
    loop.advance(Duration.ofSeconds(10));
    assertThat(e.responses).hasSize(10);
  }

  @Test
  void sendsNoBurstForAGroup() {
    answer = Response.content(0, body(5 * SIZE));
    TestExchange e = new TestExchange(peer, "01", down(new Block(0, true, EXPONENT)));
    e.multicast = true;
    layer.handle(e);
    assertThat(e.responses).hasSize(1);
    assertThat(others.getFirst().options().has(OptionNumber.Q_BLOCK2)).isFalse();
  }

  @Test
  void sendsNoBurstToAnAddressThatMayBeAnothers() {
    peer.proven = false;
    answer = Response.content(0, body(5 * SIZE));
    assertThat(ask(down(new Block(0, true, EXPONENT))).responses).hasSize(1);
  }

  @Test
  void sendsOneBlockWhereOneIsWanted() {
    answer = Response.content(0, body(5 * SIZE));
    assertThat(ask(down(new Block(0, false, EXPONENT))).responses).hasSize(1);
  }

  // --- loss ---------------------------------------------------------------------------------------------------------

  /// A client that sends all, then whatever it is asked for, through a network that loses, doubles and mixes up.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void aBodyArrivesWholeThroughALossyNetwork(long seed) {
    Random random = new Random(seed);
    Bytes body = body(33 * SIZE + 5);
    List<Integer> toSend = new ArrayList<>();
    for (int i = 0; i < 34; i++) {
      toSend.add(i);
    }
    List<TestExchange> sent = new ArrayList<>();
    int heard = 0;
    for (int rounds = 0; seen.isEmpty() && rounds < 200; rounds++) {
      List<Integer> onTheWay = new ArrayList<>();
      for (int i : toSend.subList(0, Math.min(10, toSend.size()))) {
        for (int copies = random.nextInt(10) < 2 ? 0 : random.nextInt(10) < 2 ? 2 : 1; copies > 0; copies--) {
          onTheWay.add(i);
        }
      }
      Collections.shuffle(onTheWay, random);
      toSend.subList(0, Math.min(10, toSend.size())).clear();
      for (int i : onTheWay) {
        if (seen.isEmpty()) {
          sent.add(ask(up(body, i, EXPONENT)));
        }
      }
      loop.advance(Duration.ofSeconds(5));
      List<Response> all = sent.stream().flatMap(e -> e.responses.stream()).toList();
      for (; heard < all.size(); heard++) {
        if (all.get(heard).code() == Code.REQUEST_ENTITY_INCOMPLETE && random.nextInt(10) >= 2) {
          missing(all.get(heard)).stream().filter(n -> !toSend.contains(n)).forEach(n -> toSend.addFirst(n));
        }
      }
      if (toSend.isEmpty()) {
        toSend.addAll(new TreeSet<>(List.of(0, 33))); // it has heard nothing for long: it shows that it is still there
      }
    }
    assertThat(seen).hasSize(1);
    assertThat(seen.getFirst().payload()).isEqualTo(body);
    for (int i = 0; i < 34; i++) {
      ask(up(body, i, EXPONENT)); // stragglers
    }
    assertThat(seen).as("done once").hasSize(1);
    assertThat(layer.transfers()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void aResponseArrivesWholeThroughALossyNetwork(long seed) {
    Random random = new Random(seed);
    Bytes body = body(33 * SIZE + 5);
    answer = Response.content(0, body);
    TreeMap<Integer, Bytes> got = new TreeMap<>();
    List<TestExchange> asked = new ArrayList<>(List.of(ask(down(new Block(0, true, EXPONENT)))));
    int heard = 0;
    for (int rounds = 0; got.size() < 34 && rounds < 200; rounds++) {
      List<Response> all = asked.stream().flatMap(e -> e.responses.stream()).toList();
      for (; heard < all.size(); heard++) {
        if (random.nextInt(10) >= 2) {
          got.put(blockOf(all.get(heard), OptionNumber.Q_BLOCK2).number(), all.get(heard).payload());
        }
      }
      loop.advance(Duration.ofSeconds(4));
      List<Block> missing = new ArrayList<>();
      for (int i = 0; i < 34 && missing.size() < 10; i++) {
        if (!got.containsKey(i)) {
          missing.add(new Block(i, false, EXPONENT));
        }
      }
      if (!missing.isEmpty() && random.nextInt(10) >= 2) {
        asked.add(ask(down(missing.toArray(Block[]::new))));
      }
    }
    int at = 0;
    for (Bytes b : got.values()) {
      assertThat(b).isEqualTo(body.slice(at, b.length()));
      at += b.length();
    }
    assertThat(at).isEqualTo(body.length());
  }

  // --- numbers of missing blocks ------------------------------------------------------------------------------------

  @Test
  void writesAsManyMissingBlocksAsFitAndReadsThemBack() {
    assertThat(MissingBlocks.read(MissingBlocks.write(List.of(1, 30, 70_000), 100)).orThrow()).containsExactly(1, 30, 70_000);
    assertThat(MissingBlocks.read(MissingBlocks.write(List.of(1, 30, 70_000), 3)).orThrow()).containsExactly(1, 30);
    assertThat(MissingBlocks.read(Bytes.hex("0101")).orThrow()).containsExactly(1);
    assertThat(MissingBlocks.read(Bytes.hex("20"))).isInstanceOf(Parsed.Invalid.class);
    assertThat(MissingBlocks.read(Bytes.hex("6161"))).isInstanceOf(Parsed.Invalid.class);
  }

  @FuzzTest(maxDuration = "20s")
  void takesAnyMissingBlocks(byte[] input) {
    if (MissingBlocks.read(Bytes.wrap(input)) instanceof Parsed.Valid<List<Integer>>(List<Integer> numbers)) {
      assertThat(MissingBlocks.read(MissingBlocks.write(numbers, 1 << 20)).orThrow()).isEqualTo(numbers);
    }
  }

  @Test
  void takesAnyBlockOptionsAndBodies() {
    Random random = new Random(9_177);
    for (int i = 0; i < 5_000; i++) {
      byte[] option = new byte[random.nextInt(5)];
      byte[] payload = new byte[random.nextInt(1_100)];
      random.nextBytes(option);
      Options.Builder o = Options.builder().path("large");
      for (OptionNumber n : List.of(OptionNumber.Q_BLOCK1, OptionNumber.Q_BLOCK2)) {
        if (random.nextBoolean()) {
          o.add(n.number(), Bytes.wrap(option));
        }
      }
      Optional<Bytes> tag = Optional.of(Bytes.hex("01")).filter(_ -> random.nextInt(4) > 0);
      o.add(OptionNumber.SIZE1, random.nextInt(4) == 0 ? payload.length : random.nextInt(1 << 16));
      tag.ifPresent(t -> o.add(OptionNumber.REQUEST_TAG, t));
      TestExchange e = ask(new Request(random.nextBoolean(), Code.PUT, o.build(), Bytes.wrap(payload)));
      assertThat(e.responses.size()).isLessThan(2);
      assertThat(layer.transferBytes()).isLessThanOrEqualTo(2L * SETTINGS.keptBytesMax());
    }
  }
}

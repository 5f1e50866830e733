package io.trivet.coap.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.trivet.base.Bytes;
import io.trivet.base.Parsed;
import io.trivet.coap.Code;
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
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;

/// The ladders of RFC 7959, section 3, as a resource and its client see them, and what an ill-meaning client gets.
class BlockLayerTest {
  private static final BlockSettings SMALL = new BlockSettings(4_096, 1_024, 2, 8_192, Duration.ofSeconds(60));

  private final SteppedLoop loop = new SteppedLoop();
  private final TestPeer peer = new TestPeer();
  private final List<Request> seen = new ArrayList<>();
  private Response answer = Response.of(Code.CHANGED);
  private final BlockLayer layer = new BlockLayer(loop, SMALL, e -> {
    seen.add(e.request());
    e.respond(answer);
  });

  private static Bytes body(int length, long seed) {
    byte[] b = new byte[length];
    new Random(seed).nextBytes(b);
    return Bytes.wrap(b);
  }

  private TestExchange ask(Request r) {
    TestExchange e = new TestExchange(peer, "01", r);
    layer.handle(e);
    return e;
  }

  private Response put(Bytes body, int number, int exponent) {
    int size = 16 << exponent;
    int from = number * size;
    int n = Math.min(size, body.length() - from);
    boolean more = from + n < body.length();
    return ask(withBlock(Code.PUT, OptionNumber.BLOCK1, new Block(number, more, exponent)).with(body.slice(from, n)))
        .response();
  }

  private Response fetchBlock(int number, int exponent) {
    return ask(withBlock(Code.GET, OptionNumber.BLOCK2, new Block(number, false, exponent))).response();
  }

  private static Request withBlock(Code method, OptionNumber which, Block b) {
    Request r = Request.of(method, "options");
    return r.with(r.options().with(which, b.value()));
  }

  private static Block block(Response r, OptionNumber which) {
    return Block.of(r.options(), which, true).orElseThrow().orThrow();
  }

  /// Figure 2: the client asks without an option; 2.05 2:0/1/128, then 2:1/0/128, 2:2/0/128.
  @Test
  void handsOutABodyInBlocksOfOneState() {
    peer.messageBytesMax = 128 + 128;
    Bytes body = body(300, 1);
    answer = new Response(Code.CONTENT, Options.NONE, body);
    Response first = ask(Request.of(Code.GET, "options")).response();
    assertEquals(new Block(0, true, 3), block(first, OptionNumber.BLOCK2));
    answer = new Response(Code.CONTENT, Options.NONE, body(300, 2));
    Response second = fetchBlock(1, 3);
    Response third = fetchBlock(2, 3);
    assertEquals(new Block(1, true, 3), block(second, OptionNumber.BLOCK2));
    assertEquals(new Block(2, false, 3), block(third, OptionNumber.BLOCK2));
    assertEquals(body.slice(128, 128), second.payload());
    assertEquals(body.slice(256, 44), third.payload());
    assertEquals(first.options().bytes(OptionNumber.ETAG), third.options().bytes(OptionNumber.ETAG));
    assertEquals(1, seen.size(), "later blocks come from what was kept");
  }

  /// Figure 3: the client asks for 64 bytes at once.
  @Test
  void sendsNoLargerBlocksThanTheClientAsksFor() {
    answer = new Response(Code.CONTENT, Options.NONE, body(150, 1));
    assertEquals(new Block(0, true, 2), block(fetchBlock(0, 2), OptionNumber.BLOCK2));
    assertEquals(new Block(2, false, 2), block(fetchBlock(2, 2), OptionNumber.BLOCK2));
  }

  @Test
  void answersFromWhereTheWantedBlockBeginsWhenItSendsSmallerOnes() {
    peer.messageBytesMax = 64 + 128;
    Bytes body = body(600, 1);
    answer = new Response(Code.CONTENT, Options.NONE, body);
    for (int round = 0; round < 2; round++) { // asked anew, then from what is kept
      Response r = fetchBlock(1, 4);
      assertEquals(new Block(4, true, 2), block(r, OptionNumber.BLOCK2));
      assertEquals(body.slice(256, 64), r.payload());
    }
  }

  @Test
  void showsByTheEtagThatAForgottenBodyIsAnother() {
    answer = new Response(Code.CONTENT, Options.NONE, body(150, 1));
    Response first = fetchBlock(0, 2);
    loop.advance(Duration.ofSeconds(61));
    answer = new Response(Code.CONTENT, Options.NONE, body(150, 2));
    Response second = fetchBlock(1, 2);
    assertNotEquals(first.options().bytes(OptionNumber.ETAG), second.options().bytes(OptionNumber.ETAG));
    assertEquals(2, seen.size());
  }

  /// Figures 7 and 8: 1:0/1/128, 2.31 with the size the server would rather have, then on in that.
  @Test
  void putsABodyTogetherOnceAndAsksForSmallerBlocks() {
    peer.messageBytesMax = 32 + 128;
    Bytes body = body(300, 1);
    Response first = put(body, 0, 3);
    assertEquals(Code.CONTINUE, first.code());
    assertEquals(new Block(0, true, 1), block(first, OptionNumber.BLOCK1));
    for (int n = 4; n < 9; n++) {
      assertEquals(Code.CONTINUE, put(body, n, 1).code());
      assertTrue(seen.isEmpty(), "atomic: the resource sees nothing before the last block");
    }
    Response last = put(body, 9, 1);
    assertEquals(Code.CHANGED, last.code());
    assertEquals(new Block(9, false, 1), block(last, OptionNumber.BLOCK1));
    assertEquals(body, seen.getFirst().payload());
    assertFalse(seen.getFirst().options().has(OptionNumber.BLOCK1));
    assertEquals(0, layer.transferBytes());
  }

  @Test
  void putsAnyBodyTogetherInAnySize() {
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      Bytes body = body(1 + random.nextInt(4_096), i);
      int exponent = random.nextInt(7);
      int last = (body.length() - 1) / (16 << exponent);
      for (int n = 0; n <= last; n++) {
        assertEquals(n < last ? Code.CONTINUE : Code.CHANGED, put(body, n, exponent).code());
      }
      assertEquals(body, seen.getLast().payload());
    }
    assertEquals(200, seen.size());
  }

  @Test
  void refusesABlockOutOfOrder() {
    Bytes body = body(300, 1);
    put(body, 0, 2);
    assertEquals(Code.REQUEST_ENTITY_INCOMPLETE, put(body, 2, 2).code());
    assertEquals(Code.REQUEST_ENTITY_INCOMPLETE, put(body, 1, 2).code());
    assertTrue(seen.isEmpty());
  }

  @Test
  void refusesATooLargeBodyAtItsFirstBlock() {
    Request r = withBlock(Code.PUT, OptionNumber.BLOCK1, new Block(0, true, 2)).with(body(64, 1));
    Response refusal = ask(r.with(r.options().with(OptionNumber.SIZE1, 4_097))).response();
    assertEquals(Code.REQUEST_ENTITY_TOO_LARGE, refusal.code());
    assertEquals(4_096, refusal.options().uint(OptionNumber.SIZE1, 0));
    assertEquals(0, layer.transfers());
  }

  /// RFC 9175, section 3.3: blocks of operations with different tags are never put together.
  @Test
  void keepsOperationsOfDifferentRequestTagsApart() {
    for (String tag : List.of("aa", "bb")) {
      Request r = withBlock(Code.PUT, OptionNumber.BLOCK1, new Block(0, true, 0)).with(body(16, tag.hashCode()));
      ask(r.with(r.options().with(OptionNumber.REQUEST_TAG, Bytes.hex(tag))));
    }
    Request r = withBlock(Code.PUT, OptionNumber.BLOCK1, new Block(1, false, 0)).with(body(3, 9));
    assertEquals(Code.REQUEST_ENTITY_INCOMPLETE, ask(r).response().code());
    Request tagged = r.with(r.options().with(OptionNumber.REQUEST_TAG, Bytes.hex("aa")));
    assertEquals(Code.CHANGED, ask(tagged).response().code());
    assertEquals(body(16, "aa".hashCode()), seen.getFirst().payload().slice(0, 16));
  }

  @Test
  void holdsNoMoreThanItsBoundsForWhoNeverEnds() {
    for (int i = 0; i < 500; i++) {
      Request r = withBlock(Code.PUT, OptionNumber.BLOCK1, new Block(0, true, 6)).with(body(1_024, i));
      Request tagged = r.with(r.options().with(OptionNumber.REQUEST_TAG, i));
      layer.handle(new TestExchange(i % 2 == 0 ? peer : new TestPeer(), "01", tagged));
      assertTrue(layer.transferBytes() <= 8_192, "holds " + layer.transferBytes());
    }
    peer.leave();
    loop.advance(Duration.ofSeconds(61));
    put(body(3, 1), 0, 0);
    fetchBlock(5, 0);
    assertEquals(0, layer.transfers());
    assertEquals(0, layer.transferBytes());
  }

  @Test
  void keepsNothingForAPeerThatLeftBeforeItWasAnswered() {
    List<Exchange> waiting = new ArrayList<>();
    BlockLayer slow = new BlockLayer(loop, SMALL, waiting::add);
    slow.handle(new TestExchange(peer, "01", Request.of(Code.GET, "options")));
    peer.leave();
    waiting.getFirst().respond(new Response(Code.CONTENT, Options.NONE, body(3_000, 1)));
    assertEquals(0, slow.transfers());
    assertEquals(0, slow.transferBytes());
  }

  /// A notification carries the first block, a later one is fetched without Observe (section 3.4).
  @Test
  void tellsAnObserverTheFirstBlockAndLetsItFetchTheRest() {
    List<Exchange> observers = new ArrayList<>();
    BlockLayer observed = new BlockLayer(loop, SMALL, observers::add);
    Request r = Request.of(Code.GET, "options");
    TestExchange e = new TestExchange(peer, "f0", r.with(r.options().with(OptionNumber.OBSERVE, 0)));
    observed.handle(e);
    observers.getFirst().respond(Response.of(Code.CONTENT).with(OptionNumber.OBSERVE, 1));
    Bytes body = body(1_500, 3);
    Response second = new Response(Code.CONTENT, Options.NONE, body).with(OptionNumber.OBSERVE, 2);
    observers.getFirst().notify(second, true, Exchange.Fate.Listener.NONE);
    assertEquals(new Block(0, true, 6), block(e.last(), OptionNumber.BLOCK2));
    assertEquals(2, e.last().options().uint(OptionNumber.OBSERVE, -1));
    TestExchange rest = new TestExchange(peer, "f1",
        withBlock(Code.GET, OptionNumber.BLOCK2, new Block(1, false, 6)));
    observed.handle(rest);
    assertEquals(body.slice(1_024, 476), rest.response().payload());
    assertFalse(rest.response().options().has(OptionNumber.OBSERVE));
  }

  static Stream<byte[]> values() {
    return Stream.of(new byte[0], new byte[] {7}, new byte[] {0xE}, new byte[] {-1, -1, -1},
        new byte[] {-1, -1, -1, -2}, new byte[] {-1, 0, 0, 0, 0, 0, 0, 0}, new byte[12]);
  }

  /// Whatever stands in the option is a block or refused, and the layer answers it.
  @MethodSource("values")
  @FuzzTest
  void takesAnyValueOfABlockOption(byte[] value) {
    Bytes v = Bytes.wrap(Arrays.copyOf(value, Math.min(value.length, 64)));
    for (OptionNumber o : List.of(OptionNumber.BLOCK1, OptionNumber.BLOCK2)) {
      Request r = Request.of(Code.PUT, "options");
      Request with = r.with(r.options().with(o, v));
      if (Block.of(with.options(), o, false).orElseThrow() instanceof Parsed.Valid<Block>(Block b)) {
        assertTrue(b.exponent() < Block.BERT);
      }
      ask(with).response();
    }
  }
}

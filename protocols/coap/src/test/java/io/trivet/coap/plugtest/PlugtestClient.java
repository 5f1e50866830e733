package io.trivet.coap.plugtest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.trivet.base.Bytes;
import io.trivet.coap.Code;
import io.trivet.coap.Exchange;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.coap.SteppedLoop;
import io.trivet.coap.TestExchange;
import io.trivet.coap.TestPeer;
import io.trivet.coap.block.Block;
import io.trivet.coap.block.BlockLayer;
import io.trivet.coap.block.BlockSettings;
import io.trivet.coap.resource.Resources;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/// A client that goes through the cases of the plugtests, step by step, against the resources behind the block layer.
final class PlugtestClient {
  final SteppedLoop loop = new SteppedLoop();
  final TestPeer peer = new TestPeer();
  final PlugtestSite site = new PlugtestSite();
  final PlugtestResources resources = new PlugtestResources(loop, site);
  private final Resources tree = resources.mount(Resources.builder()).wellKnownCore(List::of).build();
  private final BlockLayer server = new BlockLayer(loop, BlockSettings.DEFAULT, tree);

  static Options.Builder path(String path) {
    return Options.builder().path(path);
  }

  TestExchange send(boolean confirmable, Code method, Options options, Bytes payload, String token) {
    TestExchange e = new TestExchange(peer, token, new Request(confirmable, method, options, payload));
    server.handle(e);
    loop.run();
    return e;
  }

  Response ask(Code method, Options options, String payload) {
    return send(true, method, options, Bytes.utf8(payload), "c1").response();
  }

  Response get(String path) {
    return ask(Code.GET, path(path).build(), "");
  }

  Response put(String path, String payload, UnaryOperator<Options.Builder> more) {
    return ask(Code.PUT, more.apply(path(path).contentFormat(0)).build(), payload);
  }

  // --- blocks -------------------------------------------------------------------------------------------------------

  /// Asks for the blocks from `first` on until there are no more, and returns what they hold.
  String blocks(Code method, Options options, int first, int exponent, Code expected) {
    StringBuilder whole = new StringBuilder();
    for (int number = first; ; number++) {
      Options o = options.toBuilder().set(OptionNumber.BLOCK2, new Block(number, false, exponent).value()).build();
      Response r = ask(method, o, "");
      assertEquals(expected, r.code(), r.payload().asUtf8());
      Block b = block(r, OptionNumber.BLOCK2);
      assertEquals(number, b.number());
      assertEquals(exponent, b.exponent());
      if (b.more()) {
        assertEquals(1 << exponent + 4, r.payload().length());
      }
      whole.append(r.payload().asUtf8());
      if (!b.more()) {
        return whole.toString();
      }
    }
  }

  /// Sends a body in blocks of 64 bytes and returns the answer to the last.
  Response upload(Code method, String path, String body) {
    int size = 64;
    for (int number = 0; ; number++) {
      int end = Math.min(body.length(), (number + 1) * size);
      boolean more = end < body.length();
      Options o = path(path).contentFormat(0)
          .set(OptionNumber.BLOCK1, new Block(number, more, 2).value()).build();
      Response r = ask(method, o, body.substring(number * size, end));
      assertEquals(new Block(number, more, 2), block(r, OptionNumber.BLOCK1));
      if (!more) {
        return r;
      }
      assertEquals(Code.CONTINUE, r.code());
    }
  }

  static Block block(Response r, OptionNumber which) {
    return Block.of(r.options(), which, false).orElseThrow(() -> new AssertionError("no " + which + " in " + r)).orThrow();
  }

  // --- observation --------------------------------------------------------------------------------------------------

  TestExchange observe(boolean confirmable, String path, int observe, String token) {
    return send(confirmable, Code.GET, path(path).add(OptionNumber.OBSERVE, observe).build(), Bytes.EMPTY, token);
  }

  /// Lets the time of one change pass.
  void period() {
    loop.advance(PlugtestResources.PERIOD);
    loop.run();
  }

  void elapse(Duration time) {
    loop.advance(time);
    loop.run();
  }

  /// The latest notification becomes this.
  void fate(TestExchange e, Exchange.Fate fate) {
    e.fates.getLast().told(fate);
    loop.run();
  }
}

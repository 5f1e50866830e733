package io.trivet.coap.message;

import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import io.trivet.broker.Counter;
import io.trivet.broker.Counters;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.broker.Timers;
import io.trivet.broker.TransportIdentity;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Exchange;
import io.trivet.coap.Handler;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import io.trivet.coap.SteppedLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// An endpoint and a peer that keeps to a script, such as
/// ```
///   --> 40 01 7d 34   CON GET
///   ... 2 s
///   <-- 60 45 7d 34   ACK 2.05
/// ```
/// where `-->` is what the peer sends, `<--` what it must get, in that order and nothing besides, `=>>` what comes by a
/// group's address, and `...` lets time pass. What follows the bytes after two or more blanks explains them.
final class Ladder implements Handler {
  private final SteppedLoop stepped = new SteppedLoop();

  /// Serves message ids from [#messageId] on and tokens that end with [#tokenEnd]; what else is random is at its least.
  private final class Loop implements CoapLoop {
    @Override
    public long nowNanos() {
      return stepped.nowNanos();
    }

    @Override
    public long wallMillis() {
      return stepped.wallMillis();
    }

    @Override
    public Timers timers() {
      return stepped.timers();
    }

    @Override
    public Randomness randomness() {
      return b -> {
        java.util.Arrays.fill(b, (byte) 0);
        if (b.length == 2) {
          b[0] = (byte) (messageId >> 8);
          b[1] = (byte) messageId;
        } else {
          b[0] = (byte) (randomFraction * 255.999);
          b[b.length - 1] = (byte) tokenEnd;
        }
      };
    }

    @Override
    public void later(Runnable work) {
      stepped.later(work);
    }
  }

  int messageId = 0xad7b;
  int tokenEnd = 0x20;

  /// Of all that is drawn at random: 0 for the least, 1 for the most.
  double randomFraction;

  final CoapLoop loop = new Loop();
  final Counters counters = new Counters();
  final DatagramEndpoint endpoint;
  final DatagramPeer peer;

  /// What the handler got, in order.
  final List<Exchange> exchanges = new ArrayList<>();

  /// What the handler does besides keeping the exchange.
  Handler handler = _ -> {};

  /// What came back to this end's requests, and how they ended.
  final List<Response> responses = new ArrayList<>();

  final List<Requester.Failure> failures = new ArrayList<>();

  private final ArrayDeque<byte[]> sent = new ArrayDeque<>();

  Ladder() {
    this(Transmission.DEFAULT, DatagramLimits.DEFAULT);
  }

  Ladder(Transmission transmission, DatagramLimits limits) {
    endpoint = new DatagramEndpoint(loop, transmission, limits, counters, this, (_, d) -> sent.add(d));
    peer = peer(40_000);
  }

  DatagramPeer peer(int port) {
    return endpoint.peer(at(port), Principal.ANONYMOUS, false, 1_152, port);
  }

  static Peer at(int port) {
    return new Peer(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), "coap", false, "",
        TransportIdentity.NONE);
  }

  @Override
  public void handle(Exchange e) {
    exchanges.add(e);
    handler.handle(e);
  }

  Exchange exchange() {
    return exchanges.getLast();
  }

  Requester.Replies replies() {
    return new Requester.Replies() {
      @Override
      public void response(Response response, CoapPeer from) {
        responses.add(response);
      }

      @Override
      public void failed(Requester.Failure failure) {
        failures.add(failure);
      }
    };
  }

  Requester.Pending ask(Request r) {
    return endpoint.requester(peer).send(r, replies());
  }

  Ladder play(String script) {
    for (String line : script.lines().map(String::strip).filter(l -> !l.isEmpty()).toList()) {
      String rest = line.substring(3).strip();
      switch (line.substring(0, 3)) {
        case "-->" -> receive(peer, bytes(rest), false);
        case "=>>" -> receive(peer, bytes(rest), true);
        case "<--" -> expect(line, bytes(rest));
        case "..." -> {
          silent(line);
          stepped.advance(duration(rest));
        }
        default -> throw new AssertionError("no step of a ladder: " + line);
      }
    }
    silent("the end");
    return this;
  }

  void receive(DatagramPeer from, byte[] datagram, boolean multicast) {
    endpoint.receive(from, datagram, datagram.length, multicast);
    stepped.run();
  }

  void advance(Duration d) {
    stepped.advance(d);
  }

  /// What the peer was sent and no script expected, and forgets it.
  List<String> takeSent() {
    List<String> all = sent.stream().map(HexFormat.of()::formatHex).toList();
    sent.clear();
    return all;
  }

  long count(Counter c) {
    return counters.get(c);
  }

  static byte[] bytes(String step) {
    return Bytes.hex(step.split(" {2,}", 2)[0]).toArray();
  }

  private static Duration duration(String text) {
    String[] parts = text.split(" ");
    long n = Long.parseLong(parts[0]);
    return switch (parts[1].toLowerCase(Locale.ROOT)) {
      case "ms" -> Duration.ofMillis(n);
      case "s" -> Duration.ofSeconds(n);
      default -> throw new AssertionError(text);
    };
  }

  private void expect(String line, byte[] wanted) {
    byte[] got = sent.poll();
    if (got == null || !java.util.Arrays.equals(got, wanted)) {
      throw new AssertionError("expected " + line + "\nbut got "
          + (got == null ? "nothing" : HexFormat.ofDelimiter(" ").formatHex(got)));
    }
  }

  private void silent(String before) {
    if (!sent.isEmpty()) {
      throw new AssertionError("before " + before + " nobody expected " + takeSent());
    }
  }
}

package io.trivet.cli;

import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import io.trivet.broker.Counters;
import io.trivet.broker.Peer;
import io.trivet.broker.Principal;
import io.trivet.broker.Timers;
import io.trivet.broker.TransportIdentity;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.Code;
import io.trivet.coap.Exchange;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import io.trivet.coap.block.Block;
import io.trivet.coap.message.DatagramEndpoint;
import io.trivet.coap.message.DatagramLimits;
import io.trivet.coap.message.DatagramPeer;
import io.trivet.coap.message.PeerTable;
import io.trivet.coap.message.Transmission;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.NullMarked;

/// A CoAP server on loopback with a few resources that behave, and some that do not.
@NullMarked
final class CoapServer implements AutoCloseable, CoapLoop {
  private static final int TICK_MILLIS = 10;

  private final DatagramSocket socket;
  private final Timers timers = new Timers();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final DatagramEndpoint endpoint;
  private final PeerTable peers;
  private final Thread thread;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private Bytes kept = Bytes.EMPTY;
  private volatile boolean closed;

  /// What came, in order.
  final Queue<Request> requests = new ConcurrentLinkedQueue<>();

  CoapServer() throws IOException {
    this(new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
  }

  CoapServer(DatagramSocket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(TICK_MILLIS);
    endpoint = new DatagramEndpoint(this, Transmission.DEFAULT, DatagramLimits.DEFAULT, new Counters(), this::serve,
        (to, d) -> {
          try {
            socket.send(new DatagramPacket(d, d.length, to.peer().address()));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    peers = new PeerTable(endpoint);
    thread = Thread.ofPlatform().daemon().start(this::run);
  }

  int port() {
    return socket.getLocalPort();
  }

  String uri(String path) {
    return "coap://127.0.0.1:" + port() + path;
  }

  private void run() {
    byte[] buffer = new byte[2_048];
    while (!closed) {
      try {
        DatagramPacket p = new DatagramPacket(buffer, buffer.length);
        socket.receive(p);
        DatagramPeer from = peers.find((InetSocketAddress) p.getSocketAddress(), a -> endpoint.peer(
            new Peer(a, "coap", false, "", TransportIdentity.NONE), Principal.ANONYMOUS, false, 1_152, a));
        if (from != null) {
          endpoint.receive(from, Arrays.copyOf(buffer, p.getLength()), p.getLength(), false);
        }
      } catch (SocketTimeoutException e) {
        timers.advance(nowNanos());
      } catch (IOException e) {
        return; // closed
      }
      timers.advance(nowNanos());
      for (Runnable r = tasks.poll(); r != null; r = tasks.poll()) {
        r.run();
      }
    }
  }

  private void serve(Exchange e) {
    requests.add(e.request());
    Request r = e.request();
    if (r.options().has(OptionNumber.OSCORE)) {
      e.respond(Response.of(Code.BAD_OPTION, "no OSCORE here"));
      return;
    }
    String path = String.join("/", r.options().uriPath());
    switch (path) {
      case "temperature" -> e.respond(Response.content(0, Bytes.utf8("22.5 °C")));
      case "binary" -> e.respond(Response.content(42, Bytes.hex("00ff80fe0a")));
      case "slow" -> after(700, () -> e.respond(Response.content(0, Bytes.utf8("at last"))));
      case "silent" -> {}
      case "echo" -> {
        boolean shown = r.options().bytes(OptionNumber.ECHO).equals(java.util.Optional.of(Bytes.hex("0123456789abcdef")));
        e.respond(shown ? Response.content(0, Bytes.utf8("it is you")) : new Response(Code.UNAUTHORIZED,
            Options.builder().add(OptionNumber.ECHO, Bytes.hex("0123456789abcdef")).build(), Bytes.EMPTY));
      }
      case "body" -> body(e);
      case "counter" -> counter(e);
      case "once" -> e.respond(Response.of(Code.CHANGED));
      case ".well-known/core" -> e.respond(Response.content(40, Bytes.utf8(
          "</temperature>;rt=\"temperature-c\";ct=0;obs,</ps>;rt=\"core.ps.data core.ps\";ct=\"50 60\";title=\"topics\"")));
      default -> e.respond(Response.of(Code.NOT_FOUND, "there is no /" + path));
    }
  }

  /// Takes blocks of at most 256 bytes, and hands out what it has in such.
  private void body(Exchange e) {
    Options o = e.request().options();
    Block one = Block.of(o, OptionNumber.BLOCK1, false).map(p -> p.orThrow()).orElse(null);
    if (one != null) {
      if (one.exponent() > 4 && one.number() > 0) {
        e.respond(Response.of(Code.REQUEST_ENTITY_INCOMPLETE));
        return;
      }
      if (one.number() == 0) {
        body.reset();
      }
      body.writeBytes(e.request().payload().toArray());
      Block answer = new Block(one.number(), one.more(), Math.min(4, one.exponent()));
      kept = Bytes.wrap(body.toByteArray());
      e.respond(Response.of(one.more() ? Code.CONTINUE : Code.CHANGED).with(OptionNumber.BLOCK1, answer.value()));
      return;
    }
    Block two = Block.of(o, OptionNumber.BLOCK2, false).map(p -> p.orThrow()).orElse(new Block(0, false, 4));
    int size = 16 << Math.min(4, two.exponent());
    int from = Math.min(kept.length(), (int) two.offset());
    int length = Math.min(size, kept.length() - from);
    boolean more = from + length < kept.length();
    e.respond(Response.content(42, kept.slice(from, length))
        .with(OptionNumber.BLOCK2, new Block(two.number(), more, Math.min(4, two.exponent())).value()));
  }

  private void counter(Exchange e) {
    if (!e.request().isObserve()) {
      e.respond(Response.content(0, Bytes.utf8("0")));
      return;
    }
    int[] order = {2, 4, 3, 5}; // the third overtakes the second
    e.respond(Response.content(0, Bytes.utf8("1")).with(OptionNumber.OBSERVE, 1));
    for (int i = 0; i < order.length; i++) {
      int n = order[i];
      after(50 + i * 50L, () -> e.notify(
          Response.content(0, Bytes.utf8(Integer.toString(n))).with(OptionNumber.OBSERVE, n), false, _ -> {}));
    }
    after(300, () -> e.notify(Response.of(Code.NOT_FOUND, "counted out"), true, _ -> {}));
  }

  private void after(long millis, Runnable work) {
    timers.set(new Timers.Timer() {
      @Override
      protected void fire(long nowNanos) {
        work.run();
      }
    }, nowNanos() + millis * 1_000_000);
  }

  @Override
  public long nowNanos() {
    return System.nanoTime();
  }

  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }

  @Override
  public Timers timers() {
    return timers;
  }

  @Override
  public Randomness randomness() {
    return new java.util.Random(1)::nextBytes;
  }

  @Override
  public void later(Runnable work) {
    tasks.add(work);
  }

  @Override
  public void close() {
    closed = true;
    socket.close();
    try {
      thread.join(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.trivet.coap.block;

import io.trivet.base.Bytes;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.Code;
import io.trivet.coap.Exchange;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Response;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Bodies of responses and notifications that are sent in bursts of blocks, each burst after the client's word or a pause
/// (RFC 9177, section 4.4). Kept until the client has had the time to ask for what it misses.
final class QDownloads {
  private final CoapLoop loop;
  private final QBlockSettings bursts;
  private final Bodies<Download> all;

  QDownloads(CoapLoop loop, BlockSettings settings, QBlockSettings bursts) {
    this.loop = loop;
    this.bursts = bursts;
    this.all = new Bodies<>(loop, settings.bodiesPerPeer(), settings.keptBytesMax());
  }

  int count() {
    return all.count();
  }

  long bytes() {
    return all.bytes();
  }

  /// How a message leaves.
  interface Way {
    /// @param first whether it is the first of a burst
    /// @param fate told once, or twice where the peer refuses what was sent
    void send(Response block, boolean first, Exchange.Fate.Listener fate);
  }

  /// As responses to one request.
  static Way way(Exchange e) {
    return (block, first, fate) -> {
      if (first) {
        e.respond(block);
      } else {
        e.notify(block, false, fate);
      }
    };
  }

  /// What belongs together: the Request-Tag told bodies of requests apart, and a FETCH need not say again what it asks.
  private static Transfers.Key key(Exchange e, Request r) {
    return Transfers.Key.of(e.peer(), false,
        r.with(r.options().without(OptionNumber.REQUEST_TAG)).with(Bytes.EMPTY));
  }

  /// Sends the first burst.
  ///
  /// @param r as the resource saw it
  /// @param response with its ETag and its whole body
  void begin(Exchange e, Request r, Response response, int exponent, Way way) {
    Download d = new Download(key(e, r), r.payload().compact(), response, exponent, way);
    if (all.put(d)) {
      all.holds(d, d.body.length() + d.question.length());
      d.burst(0, way);
    }
  }

  /// A newer answer to the same question went out whole: no more of the older one.
  void forget(Exchange e, Request r) {
    all.drop(all.find(key(e, r)));
  }

  /// Whether it is still at hand.
  boolean has(Exchange e, Request r) {
    return find(e, r) != null;
  }

  private @Nullable Download find(Exchange e, Request r) {
    Download d = all.find(key(e, r));
    return d != null && (r.payload().isEmpty() || r.payload().equals(d.question)) ? d : null;
  }

  /// Sends what a further request asks for.
  ///
  /// @param wanted ascending: one block that is a sign to go on from it, or those that are missing
  /// @return whether the body is still at hand
  boolean resume(Exchange e, Request r, List<Block> wanted) {
    Download d = find(e, r);
    if (d == null) {
      return false;
    }
    Block first = wanted.getFirst();
    if (first.number() >= d.blocks()) {
      e.respond(Response.of(Code.BAD_REQUEST, "the body has " + d.blocks() + " blocks"));
    } else if (wanted.size() == 1 && first.more() && first.number() % bursts.maxPayloads() == 0) {
      d.goOn(first.number(), e);
    } else {
      d.repair(wanted, e);
    }
    return true;
  }

  private final class Download extends Bodies.Body {
    private final Bytes question;
    private final Response head;
    private final Bytes body;
    private final int exponent;
    private final Way origin;
    private final boolean isNotification;
    private int next;
    private Way way;

    Download(Transfers.Key key, Bytes question, Response response, int exponent, Way way) {
      super(key);
      this.question = question;
      this.head = response.with(Bytes.EMPTY);
      this.body = response.payload().compact();
      this.exponent = exponent;
      this.origin = way;
      this.way = way;
      this.isNotification = response.options().has(OptionNumber.OBSERVE);
    }

    @Override
    void dropped() {}

    @Override
    protected void fire(long nowNanos) {
      if (next < blocks()) {
        Way w = way;
        burst(next, (block, _, fate) -> w.send(block, false, fate));
      } else {
        all.remove(this);
      }
    }

    private int blocks() {
      return Math.max(1, (body.length() + (1 << exponent + 4) - 1) >> exponent + 4);
    }

    /// Whoever does not want one block wants none.
    private void told(Exchange.Fate fate) {
      if (!fate.isReceived()) {
        all.drop(this);
      }
    }

    /// The next burst; that of a notification under the token of its observation.
    void goOn(int from, Exchange e) {
      if (isNotification) {
        e.dismiss();
        burst(from, (block, _, fate) -> origin.send(block, false, fate));
      } else {
        way = way(e);
        burst(from, way);
      }
    }

    void burst(int from, Way by) {
      int end = Math.min(blocks(), from + bursts.maxPayloads());
      for (int i = from; i < end && isKept; i++) {
        by.send(block(i, true), i == from, this::told);
      }
      next = Math.max(next, end);
      setTimer();
    }

    /// At most one burst of what is missing; a block with its M bit set stands for the rest of its burst too.
    void repair(List<Block> wanted, Exchange e) {
      TreeSet<Integer> numbers = new TreeSet<>();
      for (Block b : wanted) {
        int end = b.more() ? (b.number() / bursts.maxPayloads() + 1) * bursts.maxPayloads() : b.number() + 1;
        for (int i = b.number(); i < Math.min(end, blocks()); i++) {
          numbers.add(i);
        }
      }
      Way by = way(e);
      int sent = 0;
      for (int i : numbers) {
        if (sent == bursts.maxPayloads() || !isKept) {
          break;
        }
        by.send(block(i, false), sent++ == 0, this::told);
      }
      setTimer();
    }

    private void setTimer() {
      loop.timers().cancel(this);
      if (isKept) {
        long pause = bursts.pause().toNanos();
        loop.timers().set(this, loop.nowNanos() + (next < blocks()
            ? pause + (loop.randomness().nextLong() >>> 1) % (pause / 2 + 1) : bursts.kept().toNanos()));
      }
    }

    private Response block(int number, boolean observed) {
      int size = 1 << exponent + 4;
      int offset = number * size;
      int n = Math.min(size, body.length() - offset);
      Options.Builder o = head.options().toBuilder()
          .set(OptionNumber.Q_BLOCK2, new Block(number, number < blocks() - 1, exponent).value())
          .set(OptionNumber.SIZE2, body.length());
      if (!observed) {
        o.remove(OptionNumber.OBSERVE);
      }
      return new Response(head.code(), o.build(), body.slice(offset, n));
    }
  }
}

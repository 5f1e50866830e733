package io.trivet.coap.block;

import io.trivet.base.Bytes;
import io.trivet.broker.Timers;
import io.trivet.coap.CoapLoop;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.Code;
import io.trivet.coap.Exchange;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Response;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Bodies of responses and notifications that are sent in bursts of blocks, each burst after the client's word or a pause
/// (RFC 9177, section 4.4). Kept until the client has had the time to ask for what it misses.
final class QDownloads {
  private final CoapLoop loop;
  private final BlockSettings settings;
  private final QBlockSettings bursts;
  private final Map<Transfers.Key, Download> all = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<CoapPeer, Integer> perPeer = new HashMap<>();
  private long bytes;

  QDownloads(CoapLoop loop, BlockSettings settings, QBlockSettings bursts) {
    this.loop = loop;
    this.settings = settings;
    this.bursts = bursts;
  }

  int count() {
    return all.size();
  }

  long bytes() {
    return bytes;
  }

  /// How a message leaves.
  interface Way {
    void send(Response block, boolean first);
  }

  /// Sends the first burst.
  ///
  /// @param response with its ETag and its whole body
  void begin(Transfers.Key key, Response response, int exponent, Way way) {
    drop(all.get(key));
    CoapPeer peer = key.peer();
    if (perPeer.merge(peer, 1, Integer::sum) == 1) {
      peer.whenGone(() -> gone(peer));
    }
    if (perPeer.getOrDefault(peer, 0) > settings.bodiesPerPeer()) {
      drop(all.values().stream().filter(o -> o.key.peer() == peer).findFirst().orElse(null));
    }
    Download d = new Download(key, response.with(Bytes.EMPTY), response.payload().compact(), exponent);
    all.put(key, d);
    bytes += d.body.length();
    while (bytes > settings.keptBytesMax() && all.size() > 1) {
      drop(all.values().iterator().next());
    }
    d.burst(0, way);
  }

  /// Sends what a further request asks for.
  ///
  /// @param wanted one block that is a sign to go on from it, or those that are missing
  /// @return whether the body is still at hand
  boolean resume(Transfers.Key key, List<Block> wanted, Exchange e) {
    Download d = all.get(key);
    if (d == null) {
      return false;
    }
    Way way = way(e);
    if (wanted.size() == 1 && wanted.getFirst().more()) {
      d.burst(wanted.getFirst().number(), way);
    } else {
      d.repair(wanted, way);
    }
    return true;
  }

  /// As responses to one request.
  static Way way(Exchange e) {
    return (block, first) -> {
      if (first) {
        e.respond(block);
      } else {
        e.notify(block, false, Exchange.Fate.Listener.NONE);
      }
    };
  }

  private void drop(@Nullable Download d) {
    if (d != null && all.remove(d.key, d)) {
      bytes -= d.body.length();
      perPeer.computeIfPresent(d.key.peer(), (_, n) -> n - 1);
      loop.timers().cancel(d.timer);
    }
  }

  private void gone(CoapPeer peer) {
    all.values().stream().filter(d -> d.key.peer() == peer).toList().forEach(this::drop);
    perPeer.remove(peer);
  }

  private final class Download {
    private final Transfers.Key key;
    private final Response head;
    private final Bytes body;
    private final int exponent;
    private int next;
    private @Nullable Way way;

    private final Timers.Timer timer = new Timers.Timer() {
      @Override
      protected void fire(long nowNanos) {
        Way w = way;
        if (next < blocks() && w != null) {
          burst(next, (block, _) -> w.send(block, false));
        } else {
          drop(Download.this);
        }
      }
    };

    Download(Transfers.Key key, Response head, Bytes body, int exponent) {
      this.key = key;
      this.head = head;
      this.body = body;
      this.exponent = exponent;
    }

    private int blocks() {
      return Math.max(1, (body.length() + (1 << exponent + 4) - 1) >> exponent + 4);
    }

    void burst(int from, Way by) {
      if (from >= blocks()) {
        by.send(Response.of(Code.BAD_REQUEST, "the body has " + blocks() + " blocks"), true);
        return;
      }
      way = by;
      int end = Math.min(blocks(), from + bursts.maxPayloads());
      for (int i = from; i < end; i++) {
        by.send(block(i), i == from);
      }
      next = end;
      setTimer();
    }

    void repair(List<Block> wanted, Way by) {
      boolean first = true;
      for (Block b : wanted) {
        if (b.number() < blocks()) {
          by.send(block(b.number()), first);
          first = false;
        }
      }
      if (first) {
        by.send(Response.of(Code.BAD_REQUEST, "the body has " + blocks() + " blocks"), true);
      }
      setTimer();
    }

    private void setTimer() {
      loop.timers().cancel(timer);
      long pause = bursts.pause().toNanos();
      loop.timers().set(timer, loop.nowNanos() + (next < blocks()
          ? pause + (loop.randomness().nextLong() >>> 1) % (pause / 2 + 1) : bursts.kept().toNanos()));
    }

    private Response block(int number) {
      int size = 1 << exponent + 4;
      int offset = number * size;
      int n = Math.min(size, body.length() - offset);
      Options.Builder o = head.options().toBuilder()
          .set(OptionNumber.Q_BLOCK2, new Block(number, number < blocks() - 1, exponent).value())
          .set(OptionNumber.SIZE2, body.length());
      return new Response(head.code(), o.build(), body.slice(offset, n));
    }
  }
}
